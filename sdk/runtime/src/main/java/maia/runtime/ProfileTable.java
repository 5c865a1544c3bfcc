package maia.runtime;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import maia.base.Rich;
import maia.sim.Counters;

/// What operations took on the device: a line per operation, as `torch.profiler` shows it.
///
/// @param rows the operations
/// @param notes what the numbers rest on that is not published of the chip, and which checks did
///   not run
public record ProfileTable(List<Row> rows, List<String> notes) implements Rich {
  /// The kernels of one operation.
  ///
  /// @param op its name, or several joined by `+` where one kernel computes them
  /// @param kernels the names of its kernels, each once
  /// @param launches how many kernels it launched
  /// @param microseconds device time of its kernels
  /// @param launchMicroseconds host overhead of the launches, apart
  /// @param share of the device time of all rows, 0 to 1
  /// @param bound what bounds the kernel of it that takes longest
  /// @param hbmBytes bytes read from and written to HBM
  /// @param tensorFlops operations of the tensor units
  /// @param microjoules energy
  public record Row(
      String op,
      List<String> kernels,
      int launches,
      double microseconds,
      double launchMicroseconds,
      double share,
      String bound,
      long hbmBytes,
      long tensorFlops,
      double microjoules) {
    public Row {
      kernels = List.copyOf(kernels);
    }
  }

  /// What a table can be sorted by.
  public enum Column {
    /// The name of the operation, from A to Z.
    OP,
    /// Launches, the most first.
    CALLS,
    /// Device time, the longest first.
    TIME,
    /// Bytes, the most first.
    BYTES,
    /// Energy, the most first.
    ENERGY,
  }

  public ProfileTable {
    rows = List.copyOf(rows);
    notes = List.copyOf(notes);
  }

  /// The rows in the order in which the operations first ran.
  static ProfileTable of(List<Profile.Launch> launches) {
    SequencedMap<String, List<KernelRun>> byOp = new LinkedHashMap<>();
    launches.forEach(l -> byOp.computeIfAbsent(l.op(), _ -> new ArrayList<>()).add(l.kernel()));
    double all = launches.stream().mapToLong(l -> l.kernel().picoseconds()).sum();
    List<Row> rows = new ArrayList<>();
    byOp.forEach((op, runs) -> rows.add(row(op, runs, all)));
    return new ProfileTable(
        rows, Report.of(launches.stream().map(Profile.Launch::kernel).toList()).notes());
  }

  private static Row row(String op, List<KernelRun> runs, double all) {
    long picoseconds = runs.stream().mapToLong(KernelRun::picoseconds).sum();
    List<Counters> counters = runs.stream().map(r -> r.record().counters()).toList();
    return new Row(
        op,
        runs.stream().map(r -> r.record().program()).distinct().toList(),
        runs.size(),
        picoseconds * 1e-6,
        runs.stream().mapToLong(r -> r.record().launchPicoseconds()).sum() * 1e-6,
        all == 0 ? 0 : picoseconds / all,
        runs.stream()
            .max(Comparator.comparingLong(KernelRun::picoseconds))
            .map(KernelRun::bound)
            .orElse("nothing"),
        counters.stream().mapToLong(Counters::hbmBytes).sum(),
        counters.stream().mapToLong(Counters::tensorFlops).sum(),
        runs.stream().mapToDouble(KernelRun::joules).sum() * 1e6);
  }

  /// The same rows in another order; rows that are equal in it keep theirs.
  public ProfileTable sortedBy(Column column) {
    Comparator<Row> order =
        switch (column) {
          case OP -> Comparator.comparing(Row::op);
          case CALLS -> Comparator.comparingInt((Row r) -> -r.launches());
          case TIME -> Comparator.comparingDouble((Row r) -> -r.microseconds());
          case BYTES -> Comparator.comparingLong((Row r) -> -r.hbmBytes());
          case ENERGY -> Comparator.comparingDouble((Row r) -> -r.microjoules());
        };
    return new ProfileTable(rows.stream().sorted(order).toList(), notes);
  }

  /// Device time of all rows in microseconds, launches excluded.
  public double microseconds() {
    return rows.stream().mapToDouble(Row::microseconds).sum();
  }

  /// Host overhead of all launches in microseconds.
  public double launchMicroseconds() {
    return rows.stream().mapToDouble(Row::launchMicroseconds).sum();
  }

  /// Energy of all rows in microjoules.
  public double microjoules() {
    return rows.stream().mapToDouble(Row::microjoules).sum();
  }

  /// Bytes of all rows, read from and written to HBM.
  public long hbmBytes() {
    return rows.stream().mapToLong(Row::hbmBytes).sum();
  }

  /// How many kernels all rows launched.
  public int launches() {
    return rows.stream().mapToInt(Row::launches).sum();
  }

  /// The names of the columns of [#cells].
  public static List<String> columns() {
    return List.of("op", "calls", "device time us", "share", "bound by", "HBM KiB", "energy uJ");
  }

  /// The rows as text, in their order, without the sums.
  public List<List<String>> cells() {
    return rows.stream()
        .map(r ->
            List.of(
                r.op(),
                String.valueOf(r.launches()),
                number("%.3f", r.microseconds()),
                number("%.1f %%", 100 * r.share()),
                r.bound(),
                number("%.1f", r.hbmBytes() / 1024.0),
                number("%.2f", r.microjoules())))
        .toList();
  }

  private List<String> total() {
    return List.of(
        "total",
        String.valueOf(launches()),
        number("%.3f", microseconds()),
        rows.isEmpty() ? "-" : "100.0 %",
        "",
        number("%.1f", hbmBytes() / 1024.0),
        number("%.2f", microjoules()));
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  @Override
  public Map<String, String> mime() {
    StringBuilder html = new StringBuilder("<table><thead>");
    html.append(line("th", columns())).append("</thead><tbody>");
    cells().forEach(row -> html.append(line("td", row)));
    html.append(line("th", total())).append("</tbody></table>");
    notes.forEach(note -> html.append("<p>").append(escaped(note)).append("</p>"));
    return Rich.bundle("text/html", html.toString(), "text/plain", toString());
  }

  private static String line(String tag, List<String> cells) {
    return cells.stream()
        .map(c -> "<" + tag + ">" + escaped(c) + "</" + tag + ">")
        .collect(Collectors.joining("", "<tr>", "</tr>"));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }

  /// An aligned table, the sums, the launch overhead and the notes.
  @Override
  public String toString() {
    int wide = rows.stream().mapToInt(r -> r.op().length()).max().orElse(0);
    String format = "%-" + Math.max(12, wide) + "s %6s %15s %8s  %-22s %10s %11s";
    StringBuilder text = new StringBuilder(format.formatted(columns().toArray()).stripTrailing());
    List<List<String>> lines = new ArrayList<>(cells());
    lines.add(total());
    lines.forEach(row -> text.append('\n').append(format.formatted(row.toArray()).stripTrailing()));
    text.append(number("\nlaunch overhead +%.1f us\n", launchMicroseconds()));
    notes.forEach(note -> text.append(note).append('\n'));
    return text.toString();
  }
}
