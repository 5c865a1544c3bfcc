package maia.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import maia.base.Rich;

/// Two runs side by side: time, work and waiting per engine, bytes and joules per level.
///
/// @param first the first run's name
/// @param second the second run's name
/// @param rows one per quantity
public record Comparison(String first, String second, List<Row> rows) implements Rich {
  private static final double PERCENT = 100;

  /// One quantity of both runs.
  ///
  /// @param group such as `time` or `bytes`
  /// @param name such as `hbm`
  /// @param unit such as `us`
  /// @param first the first run's value
  /// @param second the second run's value
  public record Row(String group, String name, String unit, double first, double second) {
    /// The second value over the first; 1 where both are 0.
    public double ratio() {
      return first == second ? 1 : second / first;
    }
  }

  public Comparison {
    rows = List.copyOf(rows);
  }

  /// Compares `first` with `second`.
  public static Comparison of(RunRecord first, RunRecord second) {
    var rows = new ArrayList<Row>();
    rows.add(new Row("time", "kernel", "us", us(first.picoseconds()), us(second.picoseconds())));
    rows.add(
        new Row(
            "time",
            "instructions",
            "",
            first.counters().instructions(),
            second.counters().instructions()));
    shares(rows, first, second);
    first
        .bytesByLevel()
        .forEach((level, bytes) ->
            rows.add(
                new Row(
                    "bytes", level, "B", bytes, second.bytesByLevel().getOrDefault(level, 0L))));
    first
        .joulesByLevel()
        .forEach((level, joules) ->
            rows.add(
                new Row(
                    "energy",
                    level,
                    "uJ",
                    joules * 1e6,
                    second.joulesByLevel().getOrDefault(level, 0.0) * 1e6)));
    rows.add(
        new Row(
            "energy", "total", "uJ", first.energy().total() * 1e6, second.energy().total() * 1e6));
    rows.add(new Row("power", "peak", "W", first.peakWatts(), second.peakWatts()));
    rows.removeIf(row -> row.first() == 0 && row.second() == 0);
    return new Comparison(name(first, second, first), name(first, second, second), rows);
  }

  private static String name(RunRecord first, RunRecord second, RunRecord one) {
    boolean isSame =
        first.program().equals(second.program())
            && first.machine().name().equals(second.machine().name());
    return isSame
        ? one == first ? "first" : "second"
        : one.program() + " on " + one.machine().name();
  }

  private static double us(long picoseconds) {
    return picoseconds * 1e-6;
  }

  private static void shares(List<Row> rows, RunRecord first, RunRecord second) {
    var a = new Usage(first);
    var b = new Usage(second);
    var queues = new TreeSet<String>();
    a.queues().forEach(queues::add);
    b.queues().forEach(queues::add);
    for (String queue : queues) {
      rows.add(new Row("busy", queue, "%", PERCENT * a.busy(queue), PERCENT * b.busy(queue)));
    }
    for (String queue : queues) {
      var reasons = new TreeMap<String, double[]>();
      for (Stall.Reason reason : Stall.Reason.values()) {
        reasons.put(
            reason.name().toLowerCase(Locale.ROOT),
            new double[] {a.stalled(queue, reason), b.stalled(queue, reason)});
      }
      reasons.forEach((reason, v) ->
          rows.add(new Row("stall", queue + " " + reason, "%", PERCENT * v[0], PERCENT * v[1])));
    }
  }

  /// How many times faster the second run is.
  public double speedup() {
    return rows.stream()
        .filter(row -> row.group().equals("time") && row.name().equals("kernel"))
        .mapToDouble(row -> row.first() / row.second())
        .findFirst()
        .orElse(1);
  }

  @Override
  public Map<String, String> mime() {
    return Rich.bundle("text/plain", toString());
  }

  /// A table.
  @Override
  public String toString() {
    var out = new StringBuilder();
    out.append(
        String.format(
            Locale.ROOT, "%-8s %-22s %16s %16s %8s%n", "", "", clip(first), clip(second), "ratio"));
    for (Row row : rows) {
      out.append(
          String.format(
              Locale.ROOT,
              "%-8s %-22s %16.3f %16.3f %8.3f%n",
              row.group(),
              row.name() + (row.unit().isEmpty() ? "" : " [" + row.unit() + "]"),
              row.first(),
              row.second(),
              row.ratio()));
    }
    out.append(String.format(Locale.ROOT, "the second run is %.3f times as fast%n", speedup()));
    return out.toString().replace("\r\n", "\n");
  }

  private static String clip(String name) {
    return name.length() <= 16 ? name : name.substring(0, 15) + "~";
  }
}
