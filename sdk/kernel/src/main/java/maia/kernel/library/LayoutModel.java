package maia.kernel.library;

import maia.kernel.ir.Mapping;
import maia.kernel.lower.TensorTime;
import maia.machine.Dma;
import maia.machine.Machine;
import maia.numerics.ElementType;

/// The modelled time of a [Layout]: the busiest cluster's superblocks one after the other, each as
/// long as the slowest of products, loads, epilogue and stores, which overlap; before them the
/// first loads, after them the last stores. Every rate is one of the machine.
///
/// @param path how shared blocks come to the tiles, where that is not the compiler's choice
record LayoutModel(Blocks.Problem p, Machine machine, Mapping.Path path, boolean isByColumns) {
  /// What many ask for at once delivers its rate only to about this share.
  private static final double SHARED = 0.8;

  /// What a cycle of HBM costs beside the time that passes: among equals, the one that reads less.
  private static final double HBM_WEIGHT = 0.1;

  /// A load that is more than this share of what tiles load directly uses all their channels.
  private static final double CUT = 0.7;

  private static final int BOTH = 3;

  /// Semaphores of a turn per lane: two for each operand.
  private static final int PAIRS = 4;

  private static final int EPILOGUE_FLOPS = 4;

  /// HBM moves at least so many bytes at a time.
  private static final long BURST = 64;

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
          time[later][h][w] = superblock(layout, (long) h * unitM, (long) w * unitN, choice, later);
        }
        sum += time[later][h][w];
      }
      most = Math.max(most, sum);
    }
    return most + ends(layout, (long) high * unitM, (long) wide * unitN);
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
      shortest = Math.min(shortest, superblock(layout, height, width, choice, 0));
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

  // ---- a superblock

  /// With each operand shared or loaded by every tile. What tiles load of `later` superblocks waits
  /// behind their stores.
  private double superblock(Layout layout, long rows, long columns, int choice, int later) {
    Blocks b = layout.blocks();
    long steps = Math.ceilDiv(p.k(), (long) b.bk());
    double compute = step(b, rows, columns);
    double moving = moving(layout, rows, columns, b.bk(), choice);
    double arrival = (isQuiet(b, rows, columns) ? 0 : latency()) + moving;
    double turn = (arrival + compute) / b.stages();
    double step = Math.max(Math.max(compute, issue(layout)), Math.max(moving, turn));
    double drain = epilogue(rows, columns);
    double store = p.y().bytes(rows * columns) / throughput(machine.tileDma(), 1);
    return HBM_WEIGHT * reads(layout, rows, columns, steps * b.bk())
        + Math.max(steps * step, Math.max(drain, store))
        + (choice == BOTH ? 0 : store + later * latency())
        + (b.hasTwoAccumulators(p, machine) ? 0 : drain);
  }

  /// Cycles of the tensor unit for one step.
  private long step(Blocks b, long rows, long columns) {
    return TensorTime.cycles(machine, p.elementOfX(), p.elementOfW(), rows, columns, b.bk());
  }

  /// Whether loads from cluster memory leave a DMA channel to the stores.
  private boolean isQuiet(Blocks b, long rows, long columns) {
    double bytes = p.x().bytes(rows * b.bk()) + p.w().bytes(columns * b.bk());
    double busy = bytes / machine.tileDma().bytesPerCycle() + 2 * machine.tileDma().issueCycles();
    return busy <= SHARED * step(b, rows, columns);
  }

  /// Cycles of the cluster's control processor per step: a part is a copy with two waits and two
  /// signals, and one more instruction for every two readers beyond.
  private double issue(Layout layout) {
    double readers = layout.down() * (double) layout.across();
    double parts = layout.down() + layout.across();
    return machine.control().issueCycles() * (parts + readers * 2);
  }

  /// The time of the loads of `k` values of depth.
  private double moving(Layout layout, long rows, long columns, long k, int choice) {
    double x = fetched(p.x(), rows, k);
    double w = isByColumns ? fetched(p.w(), k, columns) : fetched(p.w(), columns, k);
    int lanes = layout.down() * layout.across();
    double panel = (choice & 1) * layout.down() * x + (choice >> 1) * layout.across() * w;
    double staged = (choice & 1) * x + (choice >> 1) * w;
    double direct = x + w - staged;
    double longest = Math.max((choice & 1) == 0 ? x : 0, choice >> 1 == 0 ? w : 0);
    boolean isCut = longest > CUT * direct;
    double hbm = machine.hbm().streamBytesPerSecond() / machine.clockHertz() / machine.clusters();
    double parts = (choice & 1) * layout.down() + (choice >> 1) * (double) layout.across();
    int channels = machine.clusterDma().channels();
    double shared =
        Math.max(
            panel / throughput(machine.clusterDma(), channels)
                + parts * machine.clusterDma().issueCycles() / channels,
            (panel + lanes * staged) / machine.csram().bytesPerCycle());
    double own =
        Math.max(
            isCut
                ? direct / throughput(machine.tileDma(), machine.tileDma().channels())
                : longest / throughput(machine.tileDma(), 1),
            (x + w) / machine.tileIngestBytesPerCycle());
    return Math.max((panel + lanes * direct) / hbm, Math.max(shared, own)) / SHARED;
  }

  /// Bytes that HBM moves for `rows` of `width` elements each: short rows are bursts too.
  private double fetched(ElementType type, long rows, long width) {
    return rows * (double) Math.max(BURST, type.bytes(width));
  }

  /// Cycles of HBM when everything shared is read once.
  private double reads(Layout layout, long rows, long columns, long k) {
    double bytes =
        layout.down() * (double) p.x().bytes(rows * k)
            + layout.across() * (double) p.w().bytes(columns * k);
    return bytes * machine.clusters() * machine.clockHertz() / machine.hbm().streamBytesPerSecond();
  }

  private double epilogue(long rows, long columns) {
    double lanes = machine.tvp().lanes32() * (double) machine.tvp().flopsPerLanePerCycle();
    return rows * columns * Math.max(EPILOGUE_FLOPS / lanes, 1.0 / machine.tvp().lanes32());
  }

  /// The first step's loads and the last block's epilogue and store, which nothing overlaps.
  private double ends(Layout layout, long rows, long columns) {
    double latency = latency();
    double first = moving(layout, rows, columns, layout.blocks().bk(), BOTH);
    double store = p.y().bytes(rows * columns) / throughput(machine.tileDma(), 1);
    return 2 * latency + first + epilogue(rows, columns) + store;
  }

  private double latency() {
    return machine.hbm().latencyPicoseconds() * 1e-12 * machine.clockHertz();
  }

  /// Bytes per cycle between HBM and `channels` channels: their width, or what they have in flight
  /// over the latency.
  private double throughput(Dma dma, int channels) {
    return channels * Math.min(dma.bytesPerCycle(), dma.outstandingBytes() / latency());
  }
}
