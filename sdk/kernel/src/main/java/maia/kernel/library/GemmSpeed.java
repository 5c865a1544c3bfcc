package maia.kernel.library;

import java.util.List;
import java.util.Locale;
import maia.base.Check;
import maia.base.Stop;
import maia.kernel.KernelLaunch;
import maia.kernel.Launcher;
import maia.kernel.Run;
import maia.kernel.ir.Mapping;
import maia.machine.Machine;
import maia.numerics.DType;
import maia.numerics.HostArray;

/// What the matrix product of the library reaches for given sizes, launch overhead excluded: one
/// point of the efficiency curve.
///
/// ```java
/// GemmSpeed speed = GemmSpeed.of(
///     new Blocks.Problem(8192, 8192, 8192, BF16, BF16, BF16), Mapping.Path.AUTO, launcher);
/// System.out.println(speed.ofPeak());
/// ```
///
/// @param problem sizes and types
/// @param path how shared blocks came to the tiles
/// @param seconds kernel time
/// @param ofPeak share of the tensor units' peak
/// @param ofBandwidth bytes of both operands and the result over time, as a share of the HBM peak
/// @param bound what the run was bound by, or from how many superblocks the time follows
public record GemmSpeed(
    Blocks.Problem problem,
    Mapping.Path path,
    double seconds,
    double ofPeak,
    double ofBandwidth,
    String bound) {
  /// Superblocks of a cluster that a steady run begins with; see [#steady].
  static final int FIRST = 4;

  /// Superblocks of a cluster that are timed behind them.
  static final int MORE = 4;

  /// The share of the peak above which clusters keep pace.
  private static final double BUSY = 0.9;

  private static final double MIB = 1 << 20;

  /// The product in the layout that the library chooses, simulated for time from beginning to end.
  public static GemmSpeed of(Blocks.Problem problem, Mapping.Path path, Launcher launcher) {
    Run run = timed(problem, Layout.choose(problem, launcher.machine(), path), path, launcher);
    return of(problem, path, run.picoseconds() * 1e-12, run.bound(), launcher.machine());
  }

  /// The same from a few superblocks of each size. Superblocks of one size follow each other at a
  /// constant distance once the first ones are through, so the time of many is the time of a few
  /// and that distance times the rest; the busiest cluster decides. Products of few superblocks,
  /// and those that leave the tensor units waiting, whose clusters drift apart, are simulated
  /// whole.
  public static GemmSpeed steady(Blocks.Problem problem, Mapping.Path path, Launcher launcher) {
    Layout layout = Layout.choose(problem, launcher.machine(), path);
    var pace = new SteadyPace(problem, layout, path, launcher);
    if (!pace.isWorthwhile()) {
      return of(problem, path, launcher);
    }
    String how = "steady state of %d superblocks".formatted(FIRST + MORE);
    GemmSpeed steady = of(problem, path, pace.seconds(), how, launcher.machine());
    return steady.ofPeak < BUSY ? of(problem, path, launcher) : steady;
  }

  private static GemmSpeed of(
      Blocks.Problem p, Mapping.Path path, double seconds, String bound, Machine machine) {
    return new GemmSpeed(
        p,
        path,
        seconds,
        flops(p) / seconds / machine.peakFlops(p.elementOfX()),
        bytes(p) / seconds / machine.hbm().bytesPerSecond(),
        bound);
  }

  /// One run for time of `layout` on arrays of the problem's sizes.
  static Run timed(Blocks.Problem p, Layout layout, Mapping.Path path, Launcher launcher) {
    Stop.poll("efficiency curve");
    KernelLaunch launch = layout.launch(Matmul.kernel(p, path)).on(launcher);
    return launch.timing(
        meta(p.elementOfX(), p.m(), p.k()),
        meta(p.elementOfW(), p.k(), p.n()),
        meta((DType) p.y(), p.m(), p.n()));
  }

  private static HostArray meta(DType type, long rows, long columns) {
    Check.argument(
        rows > 0 && columns > 0, "gemm: sizes must be positive, were %d x %d", rows, columns);
    return HostArray.meta(type, rows, columns);
  }

  private static double flops(Blocks.Problem p) {
    return 2.0 * p.m() * p.n() * p.k();
  }

  private static double bytes(Blocks.Problem p) {
    return (double) p.x().bytes(p.m() * p.k())
        + p.w().bytes(p.k() * p.n())
        + p.y().bytes(p.m() * p.n());
  }

  /// Operations of the product.
  public double flops() {
    return flops(problem);
  }

  /// Bytes of both operands and the result.
  public double operandBytes() {
    return bytes(problem);
  }

  /// Every point of `problems` on a path, largest ones by [#steady].
  public static List<GemmSpeed> curve(
      List<Blocks.Problem> problems, Mapping.Path path, Launcher launcher) {
    return problems.stream().map(p -> steady(p, path, launcher)).toList();
  }

  /// One line of a table.
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%-9s %6d x %7d x %6d  %9.3f TFLOP %9.1f MiB %11.1f us  %6.2f %% of peak  %5.2f %% of HBM  %s",
        problem.x().label(),
        problem.m(),
        problem.n(),
        problem.k(),
        flops() * 1e-12,
        operandBytes() / MIB,
        seconds * 1e6,
        100 * ofPeak,
        100 * ofBandwidth,
        bound);
  }
}
