package maia.runtime;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedSet;
import maia.base.Rich;
import maia.machine.Machine;
import maia.numerics.DType;
import maia.sim.Counters;

/// What kernels took, one line each, and their sum.
///
/// @param lines the kernels in execution order
/// @param notes what the numbers rest on that is not published of the chip, and which checks did
///   not run
public record Report(List<Line> lines, List<String> notes) implements Rich {
  /// One kernel run.
  ///
  /// @param kernel its name
  /// @param microseconds kernel time
  /// @param launchMicroseconds host overhead of the launch, apart
  /// @param teraflops achieved operations per second of the tensor units, in TFLOP/s
  /// @param peakShare the same as a share of the dense peak of its input type, 0 without tensor
  ///   work
  /// @param hbmBytes bytes read from and written to HBM
  /// @param microjoules energy
  /// @param bound what bounds it
  public record Line(
      String kernel,
      double microseconds,
      double launchMicroseconds,
      double teraflops,
      double peakShare,
      long hbmBytes,
      double microjoules,
      String bound) {
    static Line of(KernelRun run) {
      var record = run.record();
      Counters counters = record.counters();
      double seconds = record.picoseconds() * 1e-12;
      double flops = counters.tensorFlops() / seconds;
      return new Line(
          record.program(),
          seconds * 1e6,
          record.launchPicoseconds() * 1e-6,
          flops * 1e-12,
          peakShare(record.machine(), counters, seconds),
          counters.hbmReadBytes() + counters.hbmWrittenBytes(),
          run.joules() * 1e6,
          run.bound());
    }

    private static double peakShare(Machine machine, Counters counters, double seconds) {
      double secondsAtPeak = 0;
      for (DType type : DType.values()) {
        long flops = counters.tensorFlopsByType().getOrDefault(type.label(), 0L);
        secondsAtPeak += flops == 0 ? 0 : flops / machine.peakFlops(type);
      }
      return secondsAtPeak / seconds;
    }
  }

  public Report {
    lines = List.copyOf(lines);
    notes = List.copyOf(notes);
  }

  static Report of(List<KernelRun> runs) {
    SequencedSet<String> notes = new LinkedHashSet<>();
    for (KernelRun run : runs) {
      notes.addAll(run.record().notes());
      if (!run.record().checksOff().isEmpty()) {
        notes.add("checks off: " + String.join(", ", run.record().checksOff()));
      }
    }
    return new Report(runs.stream().map(Line::of).toList(), List.copyOf(notes));
  }

  /// Kernel time of all lines in microseconds, launches excluded.
  public double microseconds() {
    return lines.stream().mapToDouble(Line::microseconds).sum();
  }

  /// Achieved share of the tensor peak over all lines, weighted by time; 0 without tensor work.
  public double peakShare() {
    double busy = lines.stream().mapToDouble(l -> l.peakShare() * l.microseconds()).sum();
    return busy == 0 ? 0 : busy / microseconds();
  }

  /// Energy of all lines in microjoules.
  public double microjoules() {
    return lines.stream().mapToDouble(Line::microjoules).sum();
  }

  private List<List<String>> cells() {
    List<List<String>> rows = new ArrayList<>();
    for (Line l : lines) {
      rows.add(
          List.of(
              l.kernel(),
              number("%.3f", l.microseconds()),
              number("%.1f", l.launchMicroseconds()),
              l.teraflops() == 0 ? "-" : number("%.1f", l.teraflops()),
              l.teraflops() == 0 ? "-" : number("%.1f %%", 100 * l.peakShare()),
              number("%.1f", l.hbmBytes() / 1024.0),
              number("%.2f", l.microjoules()),
              l.bound()));
    }
    return rows;
  }

  private static final List<String> COLUMNS =
      List.of(
          "kernel",
          "time us",
          "launch us",
          "TTU TFLOP/s",
          "of peak",
          "HBM KiB",
          "energy uJ",
          "bound");

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  @Override
  public Map<String, String> mime() {
    StringBuilder html = new StringBuilder("<table><thead><tr>");
    COLUMNS.forEach(c -> html.append("<th>").append(c).append("</th>"));
    html.append("</tr></thead><tbody>");
    for (List<String> row : cells()) {
      html.append("<tr>");
      row.forEach(c -> html.append("<td>").append(escaped(c)).append("</td>"));
      html.append("</tr>");
    }
    html.append("</tbody></table>");
    notes.forEach(note -> html.append("<p>").append(escaped(note)).append("</p>"));
    return Rich.bundle("text/html", html.toString(), "text/plain", toString());
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }

  /// An aligned table, the sums and the notes.
  @Override
  public String toString() {
    String format = "%-24s %10s %10s %12s %8s %10s %10s  %s\n";
    StringBuilder text = new StringBuilder(format.formatted(COLUMNS.toArray()));
    cells().forEach(row -> text.append(format.formatted(row.toArray())));
    text.append(
        String.format(
            Locale.ROOT,
            "total kernel time %.3f us, energy %.2f uJ\n",
            microseconds(),
            microjoules()));
    notes.forEach(note -> text.append(note).append('\n'));
    return text.toString();
  }
}
