package maia.kernel.library;

import maia.kernel.lower.TensorTime;
import maia.machine.Dma;
import maia.machine.Machine;
import maia.numerics.ElementType;

/// The modelled time of one superblock of a [Layout]: products, loads, epilogue and store overlap,
/// and the slowest of them decides, the others the less the faster they are. Every rate is one of
/// the machine.
final class SuperblockTime {
  private static final int BOTH = 3;

  /// A load that is more than this share of what tiles load directly uses all their channels.
  private static final double CUT = 0.7;

  /// One channel of a tile brings all blocks when that takes at most this share of the products.
  private static final double QUIET = 0.8;

  /// What a cycle of HBM costs beside the time that passes: among equals, the one that reads less.
  private static final double HBM_WEIGHT = 0.02;

  private static final int EPILOGUE_FLOPS = 4;

  /// HBM moves at least so many bytes at a time.
  private static final long BURST = 64;

  private final LayoutModel model;
  private final Layout layout;
  private final long rows;
  private final long columns;
  private final LayoutModel.Way way;
  private final boolean isFresh;

  private final long steps;

  /// Bytes of a tile's block of x.
  private final double x;

  private final double w;

  /// Cycles of the tensor unit in a step.
  private final double compute;

  /// Whether blocks come from cluster memory and leave a DMA channel of the tile to the stores.
  private final boolean isQuiet;

  /// Cycles of HBM in a step, for a cluster that has its share of it.
  private final double hbm;

  /// Cycles of whatever loads longest in a step.
  private final double busiest;

  /// A superblock of `layout`.
  ///
  /// @param rows rows of a program
  /// @param columns columns of a program
  /// @param way how the operands come to the tiles
  /// @param isFresh whether the cluster loads what it keeps
  SuperblockTime(
      LayoutModel model,
      Layout layout,
      long rows,
      long columns,
      LayoutModel.Way way,
      boolean isFresh) {
    this.model = model;
    this.layout = layout;
    this.rows = rows;
    this.columns = columns;
    this.way = way;
    this.isFresh = isFresh;
    Blocks.Problem p = model.p();
    long depth = layout.blocks().bk();
    steps = Math.ceilDiv(p.k(), depth);
    x = fetched(p.x(), rows, depth);
    w = model.isByColumns() ? fetched(p.w(), depth, columns) : fetched(p.w(), columns, depth);
    compute = compute(p, machine(), layout, rows, columns);
    isQuiet = shared() == BOTH && takes(x + w, 2) <= QUIET * compute;
    double rate =
        machine().hbm().streamBytesPerSecond() / machine().clockHertz() / machine().clusters();
    hbm = (panels() + lanes() * (x + w - blocks())) / rate;
    busiest =
        Math.max(
            Math.max(Math.max(hbm, cluster()), Math.max(csram(), direct())),
            Math.max(fromPanels(), ingest()));
  }

  /// Cycles of the products of a superblock, which nothing shortens.
  static double products(
      Blocks.Problem p, Machine machine, Layout layout, long rows, long columns) {
    return Math.ceilDiv(p.k(), (long) layout.blocks().bk())
        * compute(p, machine, layout, rows, columns);
  }

  private static double compute(
      Blocks.Problem p, Machine machine, Layout layout, long rows, long columns) {
    return TensorTime.cycles(
        machine, p.elementOfX(), p.elementOfW(), rows, columns, layout.blocks().bk());
  }

  /// Cycles of the superblock behind the first step's loads. One of the `later` ones of a cluster
  /// begins with loads that were under way, and what its tiles load themselves waits behind the
  /// stores of the one before.
  double cycles(boolean isLater) {
    double drain = epilogue();
    double alone = layout.blocks().hasTwoAccumulators(model.p(), machine()) ? 0 : drain;
    double tensor = steps * compute + alone;
    double moving =
        together(hbm, cluster(), csram(), direct(), fromPanels(), ingest(), issue())
            * (isLater ? steps : steps - 1);
    double behind = shared() == BOTH || !isLater ? 0 : store() + latency();
    double round = isLater ? turns() : rounds();
    // a round of slots is late now and then where the loads keep their way busy
    double unsteady = round * Math.min(1, busiest / compute);
    double overlapped = together(tensor, moving, unsteady, drain, store());
    return HBM_WEIGHT * steps * hbm + Math.max(round, overlapped) + behind;
  }

  /// What [#cycles] is at least, found quickly.
  double least() {
    return Math.max(steps * compute, (steps - 1) * busiest);
  }

  /// Cycles in which slots go round: loaded, used, free again.
  private double turns() {
    return steps * (arrival() + compute) / layout.blocks().stages();
  }

  /// The same when nothing was under way: all slots are asked for at once, and again when they are
  /// free; in the last round, loads follow each other.
  private double rounds() {
    int stages = layout.blocks().stages();
    long full = Math.ceilDiv(steps, (long) stages) - 1;
    double rest = steps - full * stages - 1;
    return full * (arrival() + compute) + rest * Math.max(busiest, issue());
  }

  /// What nothing overlaps: the first step's loads and the last block's epilogue and store.
  double ends() {
    double first = Math.max(busiest, wave());
    return 2 * latency() + first + epilogue() + store();
  }

  /// The time of activities that overlap and wait for each other now and then: the longest, and
  /// noticeably more only where another takes about as long. It is the norm of order 8.
  private static double together(double... times) {
    double most = 0;
    for (double time : times) {
      most = Math.max(most, time);
    }
    double sum = 0;
    for (double time : times) {
      double square = time / most * (time / most);
      double fourth = square * square;
      sum += fourth * fourth;
    }
    return most == 0 ? 0 : most * Math.sqrt(Math.sqrt(Math.sqrt(sum)));
  }

  private Machine machine() {
    return model.machine();
  }

  // ---- one step

  /// Cycles until the blocks of a step are there, from the moment their slots are free.
  private double arrival() {
    return isQuiet ? busiest : latency() + Math.max(busiest, wave());
  }

  /// Cycles in which one channel of a tile takes blocks from cluster memory.
  private double takes(double bytes, int blocks) {
    Dma dma = machine().tileDma();
    return bytes / dma.bytesPerCycle() + (double) blocks * dma.issueCycles();
  }

  private double fromPanels() {
    return isQuiet ? takes(x + w, 2) : way.kept() < 0 ? 0 : takes(keptBlock(), 1);
  }

  /// Cycles of the channels of the cluster DMA, which carry the same, except where blocks are kept:
  /// then a slot of what is pushed belongs to one channel, and the busiest one counts.
  private double cluster() {
    Dma dma = machine().clusterDma();
    double all = parts();
    if (all == 0) {
      return 0;
    }
    double each = panels() / all / throughput(dma, 1) + dma.issueCycles();
    if (way.kept() < 0 || isQuiet) {
      return all * each / dma.channels();
    }
    int stages = layout.blocks().stages();
    double pushed = way.kept() == 0 ? layout.across() : layout.down();
    double most = Math.ceil(stages * pushed / dma.channels()) / stages;
    return (most + (all - pushed) / dma.channels()) * each;
  }

  /// Cycles in which the parts that fall to one channel have left and their signals have come.
  private double wave() {
    Dma dma = machine().clusterDma();
    if (parts() == 0) {
      return 0;
    }
    double each = panels() / parts() / throughput(dma, 1) + dma.issueCycles();
    return Math.ceil(parts() / dma.channels()) * each + machine().sync().clusterCycles();
  }

  private double csram() {
    double stored = isQuiet ? panels() : isFresh ? keptPanel() : 0;
    double taken = isQuiet ? x + w : way.kept() < 0 ? 0 : keptBlock();
    return (stored + lanes() * taken) / machine().csram().bytesPerCycle();
  }

  /// Cycles of the channels of a tile for what it loads from HBM itself.
  private double direct() {
    double longest = Math.max(hasX() ? 0 : x, hasW() ? 0 : w);
    double own = x + w - blocks();
    Dma dma = machine().tileDma();
    if (own == 0) {
      return 0;
    }
    return longest > CUT * own
        ? own / throughput(dma, dma.channels())
            + (double) dma.issueCycles() * Integer.bitCount(BOTH ^ shared())
        : longest / throughput(dma, 1) + dma.issueCycles();
  }

  private double ingest() {
    return (x + w) / machine().tileIngestBytesPerCycle();
  }

  /// Cycles of the cluster's control processor: a part is a copy that waits for each of its
  /// readers, two to an instruction.
  private double issue() {
    int x = loadsX() ? layout.down() * Math.ceilDiv(layout.across(), 2) : 0;
    int w = loadsW() ? layout.across() * Math.ceilDiv(layout.down(), 2) : 0;
    return machine().control().issueCycles() * (double) (x + w);
  }

  // ---- what moves in a step

  private int shared() {
    return way.shared();
  }

  private boolean hasX() {
    return (shared() & 1) != 0;
  }

  private boolean hasW() {
    return (shared() & 2) != 0;
  }

  private boolean loadsX() {
    return hasX() && (isFresh || way.kept() != 0);
  }

  private boolean loadsW() {
    return hasW() && (isFresh || way.kept() != 1);
  }

  /// Bytes of a tile's part of what is kept.
  private double keptBlock() {
    return way.kept() == 0 ? x : w;
  }

  /// Bytes of what is kept.
  private double keptPanel() {
    return way.kept() < 0 ? 0 : way.kept() == 0 ? layout.down() * x : layout.across() * w;
  }

  private double lanes() {
    return layout.down() * (double) layout.across();
  }

  private double parts() {
    return (loadsX() ? layout.down() : 0) + (loadsW() ? (double) layout.across() : 0);
  }

  /// Bytes that HBM moves for `rows` of `width` elements each: short rows are bursts too.
  private static double fetched(ElementType type, long rows, long width) {
    return rows * (double) Math.max(BURST, type.bytes(width));
  }

  /// Bytes that the cluster DMA loads.
  private double panels() {
    return (loadsX() ? layout.down() * x : 0) + (loadsW() ? layout.across() * w : 0);
  }

  /// Bytes of a tile's blocks that it does not load itself.
  private double blocks() {
    return (hasX() ? x : 0) + (hasW() ? w : 0);
  }

  // ---- results

  private double epilogue() {
    double lanes = machine().tvp().lanes32();
    double flops = lanes * machine().tvp().flopsPerLanePerCycle();
    return rows * columns * Math.max(EPILOGUE_FLOPS / flops, 1 / lanes);
  }

  private double store() {
    return model.p().y().bytes(rows * columns) / throughput(machine().tileDma(), 1);
  }

  private double latency() {
    return machine().hbm().latencyPicoseconds() * 1e-12 * machine().clockHertz();
  }

  /// Bytes per cycle between HBM and `channels` channels: their width, or what they have in flight
  /// over the latency.
  private double throughput(Dma dma, int channels) {
    return channels * Math.min(dma.bytesPerCycle(), dma.outstandingBytes() / latency());
  }
}
