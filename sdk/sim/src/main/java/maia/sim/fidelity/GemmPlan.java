package maia.sim.fidelity;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import maia.base.Check;
import maia.machine.Machine;
import maia.npl.Program;
import maia.numerics.Array;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.sim.Launch;
import maia.sim.Options;

/// How a product of given sizes is cut: blocks of the tiles, and how many superblocks. Its program
/// is written by hand for all tiles of a chip: the cluster DMA stages panels of A and B in cluster
/// SRAM once, the tiles of the cluster fetch their rows and columns from there, sums are
/// double-buffered, and results leave in pieces between the fetches of the next block.
///
/// @param shape sizes of the blocks
/// @param m rows of C
/// @param n columns of C
/// @param k depth
/// @param superRows superblocks along m
/// @param superColumns superblocks along n
/// @param unitRows rows are dealt to superblocks in multiples of it
/// @param unitColumns columns are dealt to superblocks in multiples of it
/// @param seconds what the plan should take, from arithmetic alone
public record GemmPlan(
    GemmShape shape,
    long m,
    long n,
    long k,
    int superRows,
    int superColumns,
    int unitRows,
    int unitColumns,
    double seconds) {
  private static final int UNIT = ClusterGemm.UNIT;
  private static final int[] HEIGHTS = {32, 64, 96, 128, 160, 192, 224, 256, 320, 384, 448, 512};
  private static final int WIDEST = 512;

  /// Superblocks beyond the fewest that are tried along each side.
  private static final int MORE = 4;

  /// Time before the first product and after the last one.
  private static final double START_SECONDS = 3e-6;

  /// The plan with the shortest estimated time on `machine`.
  public static GemmPlan of(Machine machine, DType type, long m, long n, long k) {
    var plans = new ArrayList<GemmPlan>();
    for (GemmShape shape : shapes(machine, type)) {
      plans(machine, shape, m, n, k, plans);
    }
    return plans.stream()
        .min(Comparator.comparingDouble(GemmPlan::seconds))
        .orElseThrow(() ->
            new IllegalArgumentException(
                "gemm: no block of %s fits the memories of %s"
                    .formatted(type.label(), machine.name())));
  }

  /// The candidates: as many tiles as the cluster has in a square, a row or a column, and blocks
  /// that fill the accumulators.
  private static List<GemmShape> shapes(Machine machine, DType type) {
    int lanes = machine.tilesPerCluster();
    int side = (int) Math.sqrt(lanes);
    int edge = type.bits() > 8 ? 256 : 512;
    int depth = 256;
    var shapes = new ArrayList<GemmShape>();
    for (int[] grid : new int[][] {{side, side}, {1, lanes}, {lanes, 1}}) {
      for (int rows : HEIGHTS) {
        int columns = Math.min(WIDEST, edge * edge / rows / UNIT * UNIT);
        var s =
            new GemmShape(
                type,
                DType.BF16,
                grid[0],
                grid[1],
                rows,
                columns,
                depth,
                4,
                machine.clusterDma().channels(),
                3,
                8);
        for (int slots = 3; slots >= 2; slots--) {
          var tried = s.withSlots(slots);
          if (tried.fits(machine)) {
            shapes.add(tried);
            break;
          }
        }
      }
    }
    return shapes;
  }

  private static void plans(
      Machine machine, GemmShape shape, long m, long n, long k, List<GemmPlan> plans) {
    for (boolean isCoarse : new boolean[] {true, false}) {
      int unitRows = isCoarse ? UNIT * shape.tileRows() : UNIT;
      int unitColumns = isCoarse ? UNIT * shape.tileColumns() : UNIT;
      long fewestRows = fewest(m, unitRows, shape.superRows());
      long fewestColumns = fewest(n, unitColumns, shape.superColumns());
      for (long r = fewestRows; r <= fewestRows + MORE; r++) {
        for (long c = fewestColumns; c <= fewestColumns + MORE; c++) {
          if (r <= Math.ceilDiv(m, (long) unitRows) && c <= Math.ceilDiv(n, (long) unitColumns)) {
            var plan =
                new GemmPlan(shape, m, n, k, (int) r, (int) c, unitRows, unitColumns, Double.NaN);
            plans.add(plan.withSeconds(plan.estimate(machine)));
          }
        }
      }
    }
  }

  private static long fewest(long size, int unit, int most) {
    return Math.ceilDiv(Math.ceilDiv(size, (long) unit), (long) (most / unit));
  }

  /// The same blocks for `count` superrows of `height` rows each.
  GemmPlan rows(int count, long height) {
    return new GemmPlan(
        shape, count * height, n, k, count, superColumns, unitRows, unitColumns, seconds);
  }

  private GemmPlan withSeconds(double time) {
    return new GemmPlan(shape, m, n, k, superRows, superColumns, unitRows, unitColumns, time);
  }

  /// The longest sum over the superblocks of a cluster of what their products and their operands
  /// need.
  private double estimate(Machine machine) {
    var dma = machine.clusterDma();
    double perCluster =
        Math.min(
            dma.channels()
                * (double) dma.outstandingBytes()
                / (machine.hbm().latencyPicoseconds() * 1e-12),
            machine.hbm().streamBytesPerSecond() / machine.clusters());
    int clusters = machine.clusters();
    double[] busy = new double[clusters];
    long count = (long) superRows * superColumns;
    long most = Math.min(count, 4096);
    for (long t = 0; t < most; t++) {
      long i = t / superColumns;
      long j = (t % superColumns + i) % superColumns;
      long height = size(i, m, superRows, unitRows);
      long width = size(j, n, superColumns, unitColumns);
      double bytes = shape.type().bytes(k * (height + width)) + 2.0 * height * width;
      double cycles = Math.max(products(machine, height, width), fetches(machine, height, width));
      busy[(int) (t % clusters)] += Math.max(cycles / machine.clockHertz(), bytes / perCluster);
    }
    double longest = 0;
    for (double time : busy) {
      longest = Math.max(longest, time);
    }
    return START_SECONDS + longest * count / most;
  }

  private double products(Machine machine, long height, long width) {
    var ttu = machine.ttu();
    long rows = Math.ceilDiv(height, (long) UNIT * shape.tileRows());
    long columns = Math.ceilDiv(width, (long) UNIT * shape.tileColumns());
    int depth = ttu.depth(shape.type()).orElseThrow();
    long steps = Math.ceilDiv(k, (long) depth);
    long passes = Math.ceilDiv(k, (long) shape.depth());
    double sums = 4.0 * UNIT * UNIT * passes / ttu.resultBytesPerCycle();
    return rows * columns * Math.max(steps, sums);
  }

  /// Cycles of the busier of the two channels of a tile, and of the port of cluster SRAM.
  private double fetches(Machine machine, long height, long width) {
    var dma = machine.tileDma();
    double passes = Math.ceilDiv(k, (long) shape.depth());
    long rows = share(height, shape.tileRows());
    long columns = share(width, shape.tileColumns());
    double a =
        passes * dma.issueCycles() + (double) shape.type().bytes(k * rows) / dma.bytesPerCycle();
    double b =
        (passes + rows / (double) UNIT) * dma.issueCycles()
            + (double) (shape.type().bytes(k * columns) + shape.result().bytes(rows * columns))
                / dma.bytesPerCycle();
    if (shape.isWide()) {
      double half = 0.5 * shape.type().bytes(k * columns) / dma.bytesPerCycle();
      a += half + passes * dma.issueCycles();
      b -= half;
    }
    double staged = shape.type().bytes(k * (height + width));
    double read = machine.tilesPerCluster() * (double) shape.type().bytes(k * (rows + columns));
    return Math.max(Math.max(a, b), (staged + read) / machine.csram().bytesPerCycle());
  }

  private static long share(long size, int tiles) {
    return Math.ceilDiv(size, (long) UNIT * tiles) * UNIT;
  }

  private static long size(long i, long size, long parts, long unit) {
    long units = Math.ceilDiv(size, unit);
    long first = (i * (units / parts) + Math.min(i, units % parts)) * unit;
    return Math.min(size - first, (units / parts + (i < units % parts ? 1 : 0)) * unit);
  }

  /// The program, the same for all sizes with these blocks.
  public Program program(Machine machine) {
    return ClusterGemm.program(machine, shape);
  }

  /// A launch on the given arrays.
  public Launch launch(List<? extends Array> arrays, Options options) {
    Check.argument(
        arrays.size() == 3, "gemm: takes A, B and C, was given %d arrays", arrays.size());
    return new Launch(
        List.copyOf(arrays),
        List.of(superRows, superColumns, unitRows, unitColumns),
        List.of(),
        options);
  }

  /// A launch for time only.
  public Launch timing() {
    return launch(
        List.of(
            HostArray.meta(shape.type(), m, k),
            HostArray.meta(shape.type(), k, n),
            HostArray.meta(shape.result(), m, n)),
        Options.timingOnly().withTraceLimit(0));
  }

  /// Operations of the product.
  public double flops() {
    return 2.0 * m * n * k;
  }

  /// Bytes of A, B and C.
  public double operandBytes() {
    return shape.type().bytes(m * k) + shape.type().bytes(k * n) + shape.result().bytes(m * n);
  }
}
