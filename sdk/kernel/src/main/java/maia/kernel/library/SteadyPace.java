package maia.kernel.library;

import java.util.HashMap;
import java.util.Map;
import maia.kernel.Launcher;
import maia.kernel.ir.Mapping;

/// The time of a product of many superblocks, from short products that consist of superblocks of
/// one size each.
final class SteadyPace {
  private final Blocks.Problem problem;
  private final Layout layout;
  private final Mapping.Path path;
  private final Launcher launcher;
  private final int[] rows;
  private final int[] columns;
  private final int unitM;
  private final int unitN;

  SteadyPace(Blocks.Problem problem, Layout layout, Mapping.Path path, Launcher launcher) {
    this.problem = problem;
    this.layout = layout;
    this.path = path;
    this.launcher = launcher;
    unitM = Layout.unitOfRows(problem);
    unitN = Layout.unitOfColumns(problem);
    rows = Layout.groups(problem.m(), layout.rows(), layout.down(), unitM);
    columns = Layout.groups(problem.n(), layout.columns(), layout.across(), unitN);
  }

  /// The units of a superblock along rows and columns.
  private record Size(int rows, int columns) {}

  /// The time of the first superblocks, and of each one behind them.
  private record Pace(double start, double each) {}

  private int clusters() {
    return launcher.machine().clusters();
  }

  /// Whether the short products together are well below the whole one, and look like it: a column
  /// of superblocks as high as the whole one's, which the clusters share evenly.
  boolean isWorthwhile() {
    long each = (long) rows.length * columns.length / clusters();
    return clusters() % high() == 0 && each >= 3L * (2 * GemmSpeed.FIRST + GemmSpeed.MORE);
  }

  /// Superblocks of a column.
  private int high() {
    return Math.min(rows.length, clusters());
  }

  double seconds() {
    Map<Size, Pace> paces = new HashMap<>();
    var order = new WalkOrder(rows.length, columns.length, clusters(), layout.path().kept());
    double longest = 0;
    for (int cluster = 0; cluster < clusters(); cluster++) {
      double time = 0;
      double start = 0;
      for (int s = order.first(cluster); s < order.end(cluster); s += order.step()) {
        Size size = new Size(rows[order.row(s)], columns[order.column(s)]);
        Pace pace = paces.computeIfAbsent(size, this::pace);
        start = Math.max(start, pace.start() - GemmSpeed.FIRST * pace.each());
        time += pace.each();
      }
      longest = Math.max(longest, start + time);
    }
    return longest;
  }

  private Pace pace(Size size) {
    double few = seconds(size, GemmSpeed.FIRST);
    double more = seconds(size, GemmSpeed.FIRST + GemmSpeed.MORE);
    return new Pace(few, (more - few) / GemmSpeed.MORE);
  }

  /// The time of a product in which every cluster takes `each` superblocks of one size.
  private double seconds(Size size, int each) {
    int high = high();
    int wide = each * clusters() / high;
    long m = rows.length == 1 ? problem.m() : (long) size.rows() * unitM * layout.down() * high;
    long n = (long) size.columns() * unitN * layout.across() * wide;
    var part = new Blocks.Problem(m, n, problem.k(), problem.x(), problem.w(), problem.y());
    var same =
        new Layout(
            layout.down(),
            layout.across(),
            high * layout.down(),
            wide * layout.across(),
            layout.blocks(),
            layout.path());
    return GemmSpeed.timed(part, same, path, launcher).picoseconds() * 1e-12;
  }
}
