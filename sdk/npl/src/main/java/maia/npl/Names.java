package maia.npl;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// The names a program declares, for texts that leave out what a declaration already says.
record Names(
    Map<String, Program.Buffer> buffers, Set<String> arrays, Map<String, Integer> families) {
  static Names empty() {
    return new Names(new LinkedHashMap<>(), new HashSet<>(), new LinkedHashMap<>());
  }

  static Names of(Program program) {
    Names names = empty();
    program.arrays().forEach(a -> names.arrays.add(a.name()));
    program.buffers().forEach(b -> names.buffers.putIfAbsent(b.name(), b));
    program.semaphores().forEach(s -> names.families.putIfAbsent(s.name(), s.count()));
    return names;
  }

  boolean isPlainArray(String name) {
    return arrays.contains(name) && !buffers.containsKey(name);
  }

  boolean isPlainBuffer(String name) {
    return buffers.containsKey(name) && !arrays.contains(name);
  }
}
