package maia.sim;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import maia.base.Origin;
import maia.base.Rich;
import maia.npl.NplException;

/// What a program did under several schedules.
///
/// @param program the program's name
/// @param outcomes one per schedule, the eager one first
/// @param differences arrays that did not get the same bits under all schedules that finished
public record Exploration(String program, List<Outcome> outcomes, List<Difference> differences)
    implements Rich {
  /// How a schedule ended.
  ///
  /// @param schedule the schedule
  /// @param refusal the mistake that stopped it, if one did
  public record Outcome(Schedule schedule, Optional<NplException> refusal) {}

  /// An array with bits that depend on the schedule.
  ///
  /// @param array its name
  /// @param index the first element that differs, in row-major order
  /// @param differing how many elements differ between some two schedules
  /// @param values what that element got, one entry per value, in order of first appearance
  public record Difference(String array, List<Long> index, long differing, List<Value> values) {
    public Difference {
      index = List.copyOf(index);
      values = List.copyOf(values);
    }
  }

  /// A value that an element got.
  ///
  /// @param value as text
  /// @param schedules the schedules under which it did
  /// @param writer the line that wrote it, [Origin#NONE] when nobody did
  public record Value(String value, List<Schedule> schedules, Origin writer) {
    public Value {
      schedules = List.copyOf(schedules);
    }

    @Override
    public String toString() {
      var names = new StringJoiner(", ");
      schedules.stream().limit(SHOWN).forEach(s -> names.add(s.toString()));
      if (schedules.size() > SHOWN) {
        names.add((schedules.size() - SHOWN) + " more");
      }
      String by = writer.isKnown() ? "written at " + writer : "not written";
      return "%s (%s) under %s".formatted(value, by, names);
    }
  }

  private static final int SHOWN = 4;

  public Exploration {
    outcomes = List.copyOf(outcomes);
    differences = List.copyOf(differences);
  }

  /// Whether all schedules finished with the same bits.
  public boolean isStable() {
    return differences.isEmpty() && outcomes.stream().allMatch(o -> o.refusal().isEmpty());
  }

  @Override
  public Map<String, String> mime() {
    return Rich.bundle("text/plain", toString());
  }

  /// A few lines of text.
  @Override
  public String toString() {
    var out = new StringBuilder();
    long refused = outcomes.stream().filter(o -> o.refusal().isPresent()).count();
    out.append(
        "%s: %d schedules, %s"
            .formatted(
                program, outcomes.size(), isStable() ? "the same bits under all" : "not stable"));
    if (refused > 0) {
      out.append("\n  ").append(refused).append(" of them are refused");
    }
    outcomes.stream()
        .filter(o -> o.refusal().isPresent())
        .limit(1)
        .forEach(o ->
            out.append(
                ", the first under %s: %s"
                    .formatted(o.schedule(), o.refusal().orElseThrow().getMessage())));
    for (Difference d : differences) {
      out.append(
          "%n  '%s': %d %s, the first is %s"
              .formatted(
                  d.array(),
                  d.differing(),
                  d.differing() == 1 ? "element differs" : "elements differ",
                  d.index()));
      d.values().forEach(value -> out.append("\n    ").append(value));
    }
    return out.append('\n').toString().replace("\r\n", "\n");
  }
}
