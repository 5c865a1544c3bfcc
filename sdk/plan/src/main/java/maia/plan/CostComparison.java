package maia.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import maia.base.Check;

/// The operators of a phase, estimated twice: by closed formulas and by simulated library kernels,
/// whole or sampled.
///
/// @param title the phase
/// @param lines one per operator
public record CostComparison(String title, List<Line> lines) {
  /// An operator in all layers together.
  ///
  /// @param operator its name
  /// @param analyticSeconds kernel time by [AnalyticCost]
  /// @param simulatedSeconds kernel time by [SimulatedCost]
  /// @param analyticBound what bounds it by the formula
  /// @param simulatedBound what bounds it in the simulation
  /// @param method how the simulated time came about
  public record Line(
      String operator,
      double analyticSeconds,
      double simulatedSeconds,
      String analyticBound,
      String simulatedBound,
      String method) {
    /// Simulated over analytic time.
    public double ratio() {
      return simulatedSeconds / analyticSeconds;
    }
  }

  public CostComparison {
    lines = List.copyOf(lines);
  }

  /// Pairs the operators of the same phase, estimated both ways.
  public static CostComparison of(PhaseEstimate analytic, PhaseEstimate simulated) {
    Check.argument(
        analytic.title().equals(simulated.title())
            && analytic.lines().size() == simulated.lines().size(),
        "comparison: needs one phase estimated twice, got '%s' and '%s'",
        analytic.title(),
        simulated.title());
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < analytic.lines().size(); i++) {
      PhaseEstimate.Line a = analytic.lines().get(i);
      PhaseEstimate.Line s = simulated.lines().get(i);
      lines.add(new Line(a.operator(), a.seconds(), s.seconds(), a.bound(), s.bound(), s.method()));
    }
    return new CostComparison(analytic.model() + ", " + analytic.title(), lines);
  }

  /// Simulated over analytic time of all operators together.
  public double ratio() {
    return lines.stream().mapToDouble(Line::simulatedSeconds).sum()
        / lines.stream().mapToDouble(Line::analyticSeconds).sum();
  }

  /// A row per operator.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(title).append('\n');
    text.append(
        String.format(
            Locale.ROOT,
            "  %-20s %12s %12s %7s  %s\n",
            "operator",
            "analytic us",
            "simulated us",
            "ratio",
            "bound: analytic, simulated; method"));
    for (Line line : lines) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-20s %12.1f %12.1f %7.2f  %s, %s; %s\n",
              line.operator(),
              line.analyticSeconds() * 1e6,
              line.simulatedSeconds() * 1e6,
              line.ratio(),
              line.analyticBound(),
              line.simulatedBound(),
              line.method()));
    }
    return text.append(String.format(Locale.ROOT, "  all together: ratio %.2f\n", ratio()))
        .toString();
  }
}
