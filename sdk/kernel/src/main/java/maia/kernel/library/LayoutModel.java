package maia.kernel.library;

import maia.kernel.ir.Mapping;
import maia.kernel.lower.TensorTime;
import maia.machine.Dma;
import maia.machine.Machine;

/// The modelled time of a [Layout]: the busiest cluster's superblocks one after the other, each as
/// long as the slowest of products, loads, epilogue and stores, which overlap; before them the
/// first loads, after them the last stores. Every rate is one of the machine.
///
/// @param path how shared blocks come to the tiles, where that is not the compiler's choice
record LayoutModel(Blocks.Problem p, Machine machine, Mapping.Path path) {
  /// What many ask for at once delivers its rate only to about this share.
  private static final double SHARED = 0.8;

  /// What a cycle of HBM costs beside the time that passes: among equals, the one that reads less.
  private static final double HBM_WEIGHT = 0.1;

  /// A load that is more than this share of what tiles load directly uses all their channels.
  private static final double CUT = 0.7;

  private static final int EPILOGUE_FLOPS = 4;

  /// The model where the compiler chooses the path.
  LayoutModel(Blocks.Problem p, Machine machine) {
    this(p, machine, Mapping.Path.AUTO);
  }

  double cycles(Layout layout) {
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
          time[later][h][w] = superblock(layout, (long) h * unitM, (long) w * unitN, later);
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
    return each * superblock(layout, (long) rows[0] * unitM, (long) columns[0] * unitN, 0);
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

  private double superblock(Layout layout, long rows, long columns, int later) {
    double best = Double.MAX_VALUE;
    int first = path == Mapping.Path.STAGED ? 3 : 0;
    int last = path == Mapping.Path.DIRECT ? 0 : 3;
    for (int choice = first; choice <= last; choice++) {
      best = Math.min(best, superblock(layout, rows, columns, choice, later));
    }
    Blocks b = layout.blocks();
    long depth = Math.ceilDiv(p.k(), (long) b.bk()) * b.bk();
    return best + HBM_WEIGHT * reads(layout, rows, columns, depth);
  }

  /// As above, with each operand shared (bit 0: x, bit 1: w) or loaded by every tile. What tiles
  /// load of `later` superblocks waits behind their stores.
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
    return Math.max(steps * step, Math.max(drain, store))
        + (choice == 3 ? 0 : store + later * latency())
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
    double x = p.x().bytes(rows * k);
    double w = p.w().bytes(columns * k);
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
    double first = moving(layout, rows, columns, layout.blocks().bk(), 3);
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
