package maia.kernel.library;

import java.util.List;
import maia.kernel.ir.Mapping.Path;
import maia.kernel.lower.Kept;
import maia.machine.Machine;

/// The modelled time of a [Layout]: the busiest cluster's superblocks one after the other, see
/// [SuperblockTime]; before them the first loads, after them the last stores.
///
/// @param path how shared blocks come to the tiles, where that is not the compiler's choice
/// @param isByColumns whether `w` is [K,N]
/// @param mayKeep whether blocks may stay in cluster memory
record LayoutModel(
    Blocks.Problem p, Machine machine, Path path, boolean isByColumns, boolean mayKeep) {
  /// A way of both operands into the tiles.
  ///
  /// @param shared which operands the cluster loads: bit 0 for x, bit 1 for w
  /// @param kept which of them stays in cluster memory: 0 for x, 1 for w, or -1
  /// @param path the path that asks for it
  record Way(int shared, int kept, Path path) {}

  private static final int BOTH = 3;
  private static final Way DIRECT = new Way(0, -1, Path.DIRECT);
  private static final Way STAGED = new Way(BOTH, -1, Path.STAGED);
  private static final Way KEEP_ROWS = new Way(BOTH, 0, Path.KEEP_ROWS);
  private static final Way KEEP_COLUMNS = new Way(BOTH, 1, Path.KEEP_COLUMNS);
  private static final List<Way> ALL =
      List.of(
          DIRECT,
          new Way(1, -1, Path.AUTO),
          new Way(2, -1, Path.AUTO),
          STAGED,
          KEEP_ROWS,
          KEEP_COLUMNS);

  /// To keep blocks has to win by this much, as it takes all of cluster memory.
  private static final double KEEPING = 1.02;

  /// Semaphores of a turn per lane: two for each operand.
  private static final int PAIRS = 4;

  /// The model of `x [M,K] x w [N,K]^T` where the compiler chooses the path.
  LayoutModel(Blocks.Problem p, Machine machine) {
    this(p, machine, Path.AUTO, false, true);
  }

  /// The model of `x [M,K] x w [K,N]` on a path.
  LayoutModel(Blocks.Problem p, Machine machine, Path path) {
    this(p, machine, path, true, true);
  }

  /// The model of launches that leave the path to the compiler, which keeps nothing of itself.
  LayoutModel(Blocks.Problem p, Machine machine, Path path, boolean isByColumns) {
    this(p, machine, path, isByColumns, false);
  }

  /// The time of `layout` on the way of its operands that suits it best.
  double cycles(Layout layout) {
    return cycles(layout, Double.MAX_VALUE);
  }

  /// The same where it is at most `limit`; something above it where it is not.
  double cycles(Layout layout, double limit) {
    double best = Double.MAX_VALUE;
    for (Way way : ways()) {
      double most = Math.min(best, limit);
      if (isPossible(layout, way) && isWithin(layout, way, most)) {
        best = Math.min(best, cycles(layout, way, most));
      }
    }
    return best;
  }

  /// How shared blocks come to the tiles in the time that [#cycles(Layout)] gives; AUTO where one
  /// operand is shared and the other is not, or where shared blocks may not fit.
  Path pathOf(Layout layout) {
    if (path != Path.AUTO) {
      return path;
    }
    Way best = DIRECT;
    for (Way way : ways()) {
      boolean isBetter = isPossible(layout, way) && whole(layout, way) < whole(layout, best);
      best = isBetter ? way : best;
    }
    return best.equals(STAGED) && !fitsCluster(layout) ? Path.AUTO : best.path();
  }

  private List<Way> ways() {
    return switch (path) {
      case AUTO -> ALL;
      case DIRECT -> List.of(DIRECT);
      case STAGED -> List.of(STAGED);
      case KEEP_ROWS -> List.of(KEEP_ROWS);
      case KEEP_COLUMNS -> List.of(KEEP_COLUMNS);
    };
  }

  /// Whether what should stay has room, and is read more than once; a path that is asked for is
  /// always timed.
  private boolean isPossible(Layout layout, Way way) {
    if (way.kept() < 0 || path != Path.AUTO) {
      return true;
    }
    if (!mayKeep) {
      return false;
    }
    boolean isOfX = way.kept() == 0;
    Blocks b = layout.blocks();
    long x = layout.down() * p.x().bytes((long) b.bm() * b.bk());
    long w = layout.across() * p.w().bytes((long) b.bn() * b.bk());
    long steps = Math.ceilDiv(p.k(), (long) b.bk()) + Kept.LEAD + machine.clusterDma().channels();
    long staged = Math.max(machine.clusterDma().channels(), b.stages()) * (isOfX ? w : x);
    int again = isOfX ? layout.columns() / layout.across() : layout.rows() / layout.down();
    return again > 1
        && fitsCluster(layout)
        && steps * (isOfX ? x : w) + staged <= machine.csram().bytes();
  }

  /// Whether cluster memory has room for a turn of every channel, and semaphores for it.
  private boolean fitsCluster(Layout layout) {
    Blocks b = layout.blocks();
    long turn =
        layout.down() * p.x().bytes((long) b.bm() * b.bk())
            + layout.across() * p.w().bytes((long) b.bn() * b.bk());
    long turns = Math.max(machine.clusterDma().channels(), b.stages());
    long lanes = (long) layout.down() * layout.across();
    return turns * turn <= machine.csram().bytes()
        && PAIRS * turns * lanes <= machine.sync().perCluster();
  }

  private double whole(Layout layout, Way way) {
    return cycles(layout, way, Double.MAX_VALUE);
  }

  private double cycles(Layout layout, Way way, double limit) {
    return handicap(way) * busiest(layout, way, limit / handicap(way));
  }

  private static double handicap(Way way) {
    return way.kept() < 0 ? 1 : KEEPING;
  }

  /// The time of the busiest cluster, or one above `limit`.
  private double busiest(Layout layout, Way way, double limit) {
    int unitM = Layout.unitOfRows(p);
    int unitN = Layout.unitOfColumns(p);
    int[] rows = Layout.groups(p.m(), layout.rows(), layout.down(), unitM);
    int[] columns = Layout.groups(p.n(), layout.columns(), layout.across(), unitN);
    // groups are dealt evenly: the last is never smaller than another
    int high = rows[rows.length - 1];
    int wide = columns[columns.length - 1];
    var order = new WalkOrder(rows.length, columns.length, machine.clusters(), way.kept());
    double[][][] time = new double[FIRST + 1][high + 1][wide + 1];
    double most = 0;
    for (int cluster = 0; cluster < machine.clusters(); cluster++) {
      double sum = 0;
      for (int s = order.first(cluster); s < order.end(cluster); s += order.step()) {
        int h = rows[order.row(s)];
        int w = columns[order.column(s)];
        int kind = s == order.first(cluster) ? FIRST : order.isFresh(s, cluster) ? FRESH : AGAIN;
        if (time[kind][h][w] == 0) {
          time[kind][h][w] =
              new SuperblockTime(
                      this, layout, (long) h * unitM, (long) w * unitN, way, kind != AGAIN)
                  .cycles(kind != FIRST);
        }
        sum += time[kind][h][w];
        if (sum > limit) {
          return Double.MAX_VALUE;
        }
      }
      most = Math.max(most, sum);
    }
    return most
        + new SuperblockTime(this, layout, (long) high * unitM, (long) wide * unitN, way, true)
            .ends();
  }

  /// A superblock that loads what it keeps after others, one that finds it, the first of a cluster.
  private static final int FRESH = 0;

  private static final int AGAIN = 1;
  private static final int FIRST = 2;

  /// What [#cycles] is at least: the products of every superblock of a cluster.
  double products(Layout layout) {
    return each(layout)
        * SuperblockTime.products(
            p, machine, layout, smallestRows(layout), smallestColumns(layout));
  }

  /// Rows of a program where fewest fall to one; groups are dealt evenly, the first is smallest.
  private long smallestRows(Layout layout) {
    int unit = Layout.unitOfRows(p);
    int groups = layout.rows() / layout.down();
    return Math.ceilDiv(p.m(), (long) layout.down() * unit) / groups * unit;
  }

  private long smallestColumns(Layout layout) {
    int unit = Layout.unitOfColumns(p);
    int groups = layout.columns() / layout.across();
    return Math.ceilDiv(p.n(), (long) layout.across() * unit) / groups * unit;
  }

  /// Superblocks of the cluster that has most.
  private int each(Layout layout) {
    int groups = layout.rows() / layout.down() * (layout.columns() / layout.across());
    return Math.ceilDiv(groups, machine.clusters());
  }

  /// Whether the time on a way may be at most `limit`: every superblock as short as the smallest.
  private boolean isWithin(Layout layout, Way way, double limit) {
    var smallest =
        new SuperblockTime(
            this, layout, smallestRows(layout), smallestColumns(layout), way, way.kept() < 0);
    double each = each(layout) * handicap(way);
    return each * smallest.least() <= limit && each * smallest.cycles(false) <= limit;
  }
}
