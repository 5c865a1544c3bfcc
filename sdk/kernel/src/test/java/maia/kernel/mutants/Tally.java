package maia.kernel.mutants;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import maia.kernel.mutants.Judge.Judgement;
import maia.kernel.mutants.Judge.Verdict;
import maia.kernel.mutants.Mutant.Kind;

/// Counts of judgements by kind of mistake.
final class Tally {
  private final Map<Kind, Map<Verdict, Integer>> counts = new EnumMap<>(Kind.class);

  void add(List<Judgement> judgements) {
    for (Judgement j : judgements) {
      counts
          .computeIfAbsent(j.mutant().kind(), _ -> new EnumMap<>(Verdict.class))
          .merge(j.verdict(), 1, Integer::sum);
    }
  }

  int count(Verdict verdict) {
    return counts.values().stream().mapToInt(m -> m.getOrDefault(verdict, 0)).sum();
  }

  /// Mutants that break a rule or change bits.
  int effective() {
    int all = 0;
    for (Verdict verdict : Verdict.values()) {
      all += verdict == Verdict.EQUIVALENT ? 0 : count(verdict);
    }
    return all;
  }

  /// The share of the mutants with an effect that are reported in the right category at the right
  /// line, or, where only values are wrong, found against the reference.
  double found() {
    return (count(Verdict.RIGHT) + count(Verdict.VALUE)) / (double) effective();
  }

  /// As [#found] of those that break a rule.
  double reported() {
    int broken = effective() - count(Verdict.VALUE);
    return count(Verdict.RIGHT) / (double) broken;
  }

  @Override
  public String toString() {
    var out = new StringBuilder(row("", List.of(Verdict.values())));
    counts.forEach((kind, row) -> {
      var cells = new java.util.ArrayList<Integer>();
      for (Verdict verdict : Verdict.values()) {
        cells.add(row.getOrDefault(verdict, 0));
      }
      out.append(row(kind.name(), cells));
    });
    var sums = new java.util.ArrayList<Integer>();
    for (Verdict verdict : Verdict.values()) {
      sums.add(count(verdict));
    }
    out.append(row("all", sums));
    out.append(
        String.format(
            Locale.ROOT,
            "found %.1f %% of %d with an effect; reported right %.1f %% of those that break a rule%n",
            100 * found(),
            effective(),
            100 * reported()));
    return out.toString();
  }

  private static String row(String name, List<?> cells) {
    var out = new StringBuilder(String.format(Locale.ROOT, "%-15s", name));
    cells.forEach(cell -> out.append(String.format(Locale.ROOT, " %14s", cell)));
    return out.append('\n').toString();
  }
}
