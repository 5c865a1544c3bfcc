package maia.kernel;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import maia.base.Origin;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;

/// The values a kernel is specialised with: those given, and those its lambda declares.
final class Metas {
  private final Map<String, Object> given;
  private final SequencedMap<String, Object> declared = new LinkedHashMap<>();

  Metas(Map<String, Object> given) {
    this.given = given;
  }

  /// Declared names and the values in force, in order of declaration.
  SequencedMap<String, Object> declared() {
    return declared;
  }

  <T> T value(Tracer trace, String name, Class<T> type, T byDefault) {
    Object value = given.getOrDefault(name, byDefault);
    trace.require(
        type.isInstance(value),
        Mistake.WRONG_META,
        "meta '%s' is declared as %s, was given %s (%s)",
        name,
        type.getSimpleName(),
        value,
        value.getClass().getSimpleName());
    declared.put(name, value);
    return type.cast(value);
  }

  /// Refuses given names that were not declared.
  void checkAllDeclared(Tracer trace) {
    for (String name : given.keySet()) {
      if (!declared.containsKey(name)) {
        // with(...) stands outside the lambda: a line counted from the definition would mislead
        throw new KernelException(
                Mistake.UNKNOWN_META,
                "no meta '%s'; declared are %s%s"
                    .formatted(
                        name,
                        declared.keySet(),
                        declared.isEmpty() ? "" : "; did you mean '" + nearest(name) + "'?"),
                Origin.NONE)
            .without(Tracer::isOwn);
      }
    }
  }

  private String nearest(String name) {
    TreeMap<Integer, String> byDistance = new TreeMap<>();
    declared.keySet().forEach(d -> byDistance.putIfAbsent(distance(name, d), d));
    return byDistance.firstEntry().getValue();
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
