package maia.plan;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/// What a phase takes on one chip of a layout, operator by operator. Launch overhead is apart from
/// kernel time.
///
/// @param title what runs
/// @param model the model
/// @param target the chip
/// @param layout how many chips share the work
/// @param rows tokens that go through the layers
/// @param sequences sequences that each gain a token
/// @param lines operators
/// @param launches kernels, when nothing is fused or captured
/// @param memory what a chip holds
public record PhaseEstimate(
    String title,
    String model,
    Target target,
    Projection.Layout layout,
    long rows,
    int sequences,
    List<Line> lines,
    int launches,
    Projection.MemoryUse memory) {
  /// An operator in all layers together.
  ///
  /// @param operator its name
  /// @param count how often it runs
  /// @param seconds kernel time
  /// @param hbmBytes bytes moved to and from memory
  /// @param weightBytes bytes of weights among them
  /// @param flops operations
  /// @param joules energy
  /// @param bound what bounds it
  /// @param method how its numbers came about
  public record Line(
      String operator,
      long count,
      double seconds,
      double hbmBytes,
      double weightBytes,
      double flops,
      double joules,
      String bound,
      String method) {}

  public PhaseEstimate {
    lines = List.copyOf(lines);
  }

  private double sum(ToDoubleFunction<Line> part) {
    return lines.stream().mapToDouble(part).sum();
  }

  /// Kernel and link time of one pass through all layers, launches excluded: TTFT of a prefill,
  /// TPOT of a decode step.
  public double seconds() {
    return sum(Line::seconds);
  }

  /// Host overhead when every kernel is launched on its own and nothing overlaps.
  public double launchSeconds() {
    return launches * target.launchSeconds();
  }

  /// Time in products.
  public double productSeconds() {
    return sum(l -> l.weightBytes() > 0 ? l.seconds() : 0);
  }

  /// Time in attention.
  public double attentionSeconds() {
    return sum(l -> l.operator().equals("attention") ? l.seconds() : 0);
  }

  /// Time in everything else.
  public double otherSeconds() {
    return seconds() - productSeconds() - attentionSeconds();
  }

  /// Tokens per second of all chips of the layout: a pipeline works on as many batches as it has
  /// groups.
  public double tokensPerSecond() {
    double produced = rows > sequences ? rows : sequences;
    return produced * layout.pipeline() / seconds();
  }

  /// Tokens per second of one chip.
  public double tokensPerSecondPerChip() {
    return tokensPerSecond() / layout.chips();
  }

  /// Joules of all chips of the layout.
  public double joules() {
    return sum(Line::joules) * layout.tensor() * layout.expert();
  }

  /// Tokens per joule.
  public double tokensPerJoule() {
    return (rows > sequences ? rows : sequences) / joules();
  }

  /// Share of the memory bandwidth that is used.
  public double bytesPerSecond() {
    return sum(Line::hbmBytes) / seconds();
  }

  /// A table of operators and the sums.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(Locale.ROOT, "%s, %s on %s with %s\n", model, title, target.name(), layout));
    text.append(
        String.format(
            Locale.ROOT,
            "  %-20s %6s %12s %10s %12s %10s  %s\n",
            "operator",
            "count",
            "time us",
            "share",
            "memory MB",
            "energy mJ",
            "bound"));
    for (Line line : lines) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-20s %6d %12.1f %9.1f%% %12.1f %10.2f  %s\n",
              line.operator(),
              line.count(),
              line.seconds() * 1e6,
              100 * line.seconds() / seconds(),
              line.hbmBytes() / 1e6,
              line.joules() * 1e3,
              line.bound()));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "  products %.3f ms, attention %.3f ms, other %.3f ms = %.3f ms; %d launches %.3f ms apart\n",
            productSeconds() * 1e3,
            attentionSeconds() * 1e3,
            otherSeconds() * 1e3,
            seconds() * 1e3,
            launches,
            launchSeconds() * 1e3));
    text.append(
        String.format(
            Locale.ROOT,
            "  %.0f tokens/s (%.0f per chip), %.3g tokens/J; %s\n",
            tokensPerSecond(),
            tokensPerSecondPerChip(),
            tokensPerJoule(),
            memory));
    String sampled =
        lines.stream()
            .filter(l -> l.method().equals(OperatorEstimate.SAMPLED))
            .map(Line::operator)
            .collect(Collectors.joining("; "));
    if (!sampled.isEmpty()) {
      text.append("  sampled, from simulated smaller sizes: ").append(sampled).append('\n');
    }
    return text.append("  basis: ").append(target.basis()).append('\n').toString();
  }
}
