package maia.kernel.library;

import maia.kernel.ir.Mapping;
import maia.machine.Machine;

/// The modelled time of a [Layout]: the busiest cluster's superblocks one after the other, see
/// [SuperblockTime]; before them the first loads, after them the last stores.
///
/// @param path how shared blocks come to the tiles, where that is not the compiler's choice
record LayoutModel(Blocks.Problem p, Machine machine, Mapping.Path path, boolean isByColumns) {
  private static final int BOTH = 3;

  /// Semaphores of a turn per lane: two for each operand.
  private static final int PAIRS = 4;

  /// The model of `x [M,K] x w [N,K]^T` where the compiler chooses the path.
  LayoutModel(Blocks.Problem p, Machine machine) {
    this(p, machine, Mapping.Path.AUTO, false);
  }

  /// The model of `x [M,K] x w [K,N]` on a path.
  LayoutModel(Blocks.Problem p, Machine machine, Mapping.Path path) {
    this(p, machine, path, true);
  }

  /// The time of `layout` on the way of its operands that suits it best.
  double cycles(Layout layout) {
    double best = Double.MAX_VALUE;
    for (int choice : choices()) {
      best = Math.min(best, cycles(layout, choice));
    }
    return best;
  }

  /// How shared blocks come to the tiles in the time that [#cycles(Layout)] gives; AUTO where one
  /// operand is shared and the other is not, or where shared blocks may not fit.
  Mapping.Path pathOf(Layout layout) {
    if (path != Mapping.Path.AUTO) {
      return path;
    }
    int best = 0;
    for (int choice : choices()) {
      best = cycles(layout, choice) < cycles(layout, best) ? choice : best;
    }
    return switch (best) {
      case 0 -> Mapping.Path.DIRECT;
      case BOTH -> fitsCluster(layout) ? Mapping.Path.STAGED : Mapping.Path.AUTO;
      default -> Mapping.Path.AUTO;
    };
  }

  /// Which operands are shared: bit 0 for x, bit 1 for w.
  private int[] choices() {
    return switch (path) {
      case AUTO -> new int[] {0, 1, 2, BOTH};
      case DIRECT -> new int[] {0};
      case STAGED -> new int[] {BOTH};
    };
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

  private double cycles(Layout layout, int choice) {
    int unitM = Layout.unitOfRows(p);
    int unitN = Layout.unitOfColumns(p);
    int[] rows = Layout.groups(p.m(), layout.rows(), layout.down(), unitM);
    int[] columns = Layout.groups(p.n(), layout.columns(), layout.across(), unitN);
    // groups are dealt evenly: the last is never smaller than another
    int high = rows[rows.length - 1];
    int wide = columns[columns.length - 1];
    double[][][] time = new double[2][high + 1][wide + 1];
    double most = 0;
    for (int cluster = 0; cluster < machine.clusters(); cluster++) {
      double sum = 0;
      int end = rows.length * columns.length;
      for (int s = cluster; s < end; s += machine.clusters()) {
        int h = rows[row(s, rows.length, columns.length)];
        int w = columns[column(s, rows.length, columns.length)];
        int later = s == cluster ? 0 : 1;
        if (time[later][h][w] == 0) {
          time[later][h][w] =
              new SuperblockTime(this, layout, (long) h * unitM, (long) w * unitN, choice)
                  .cycles(later == 1);
        }
        sum += time[later][h][w];
      }
      most = Math.max(most, sum);
    }
    return most
        + new SuperblockTime(this, layout, (long) high * unitM, (long) wide * unitN, choice).ends();
  }

  /// What [#cycles] is at least: every superblock as short as the smallest.
  double least(Layout layout) {
    int unitM = Layout.unitOfRows(p);
    int unitN = Layout.unitOfColumns(p);
    int[] rows = Layout.groups(p.m(), layout.rows(), layout.down(), unitM);
    int[] columns = Layout.groups(p.n(), layout.columns(), layout.across(), unitN);
    int each = Math.ceilDiv(rows.length * columns.length, machine.clusters());
    double shortest = Double.MAX_VALUE;
    for (int choice : choices()) {
      long height = (long) rows[0] * unitM;
      long width = (long) columns[0] * unitN;
      var superblock = new SuperblockTime(this, layout, height, width, choice);
      shortest = Math.min(shortest, superblock.cycles(false));
    }
    return each * shortest;
  }

  // ---- the order in which the compiler walks superblocks

  int row(int s, int rows, int columns) {
    int high = machine.clusters();
    int first = s / (columns * high) * high;
    int height = Math.min(rows - first, high);
    int inside = s % (columns * high);
    return first + (inside + inside / height) % height;
  }

  int column(int s, int rows, int columns) {
    int high = machine.clusters();
    int first = s / (columns * high) * high;
    return s % (columns * high) / Math.min(rows - first, high);
  }
}
