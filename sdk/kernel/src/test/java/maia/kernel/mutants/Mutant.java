package maia.kernel.mutants;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import maia.npl.NplException;
import maia.npl.NplException.Category;
import maia.npl.Program;

/// A program with one mistake.
///
/// @param kind what kind of mistake
/// @param what what was done to which line
/// @param program the program
/// @param expected the categories a report may have, and the lines it may then name; a race names
///   two lines, one of them is enough
record Mutant(Kind kind, String what, Program program, Map<Category, Set<Integer>> expected) {
  enum Kind {
    DROP_WAIT,
    REPEAT_WAIT,
    DROP_SIGNAL,
    REPEAT_SIGNAL,
    OTHER_MEMBER,
    SWAP_SLOT,
    SHIFT_SLICE,
    SHRINK_BUFFER,
    SKIP_COPY,
    ALIAS_BUFFERS,
    OMIT_STORE,
  }

  /// Collects what is expected.
  static final class Expect {
    private final Map<Category, Set<Integer>> lines = new TreeMap<>();

    Expect at(Set<Integer> numbers, Category... categories) {
      for (Category category : categories) {
        lines.computeIfAbsent(category, _ -> new TreeSet<>()).addAll(numbers);
      }
      return this;
    }

    Map<Category, Set<Integer>> lines() {
      return lines;
    }
  }

  boolean isRightCategory(NplException report) {
    return expected.containsKey(report.category());
  }

  boolean isRightLine(NplException report) {
    Set<Integer> lines = expected.getOrDefault(report.category(), Set.of());
    boolean second =
        report.category() == Category.RACE
            && report.getCause() instanceof NplException other
            && lines.contains(other.origin().line());
    return second || lines.contains(report.origin().line());
  }
}
