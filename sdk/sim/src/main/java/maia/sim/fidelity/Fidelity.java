package maia.sim.fidelity;

import java.util.ArrayList;
import java.util.List;
import maia.machine.Machine;
import maia.numerics.DType;
import maia.sim.RunRecord;
import maia.sim.Simulator;

/// The efficiency curve of the hand-written GEMM beside the published one of Maia 200: 36 tiles at
/// 2.0 GHz, launch overhead excluded.
public final class Fidelity {
  /// Published: the best BF16 GEMM of 6,143 shapes, as a share of the peak.
  public static final double PUBLISHED_BF16_BEST = 0.9969;

  /// Published: the best FP8 GEMM, as a share of the peak.
  public static final double PUBLISHED_FP8_BEST = 0.96;

  /// Published: memory-bound BF16 GEMM at most, as a share of the HBM peak.
  public static final double PUBLISHED_BF16_MEMORY = 0.514;

  /// Published: memory-bound FP8 GEMM at most, as a share of the HBM peak.
  public static final double PUBLISHED_FP8_MEMORY = 0.56;

  /// Published: operands above which memory-bound BF16 GEMM exceeds half of the HBM peak, in MiB.
  public static final double PUBLISHED_CROSSING_MIB = 113.5;

  private Fidelity() {}

  /// One product, simulated for time only.
  public static Efficiency gemm(Machine machine, DType type, long m, long n, long k) {
    var plan = GemmPlan.of(machine, type, m, n, k);
    RunRecord run = Simulator.on(machine).run(plan.program(machine), plan.timing());
    return efficiency(machine, plan, run.seconds(), run.bound().toString());
  }

  private static Efficiency efficiency(
      Machine machine, GemmPlan plan, double seconds, String bound) {
    DType type = plan.shape().type();
    return new Efficiency(
        type,
        plan.m(),
        plan.n(),
        plan.k(),
        seconds,
        plan.operandBytes(),
        plan.flops() / seconds / machine.peakFlops(type),
        plan.operandBytes() / seconds / machine.hbm().bytesPerSecond(),
        bound);
  }

  /// A product of many equal superblocks, from two shorter ones: in the steady state every
  /// superblock of a cluster takes the same time. Where the rows do not divide evenly, or there are
  /// too few superblocks, the whole product is simulated.
  public static Efficiency longGemm(Machine machine, DType type, long m, long n, long k) {
    var plan = GemmPlan.of(machine, type, m, n, k);
    int period = machine.clusters();
    int few = 2 * period;
    long height = m / plan.superRows();
    boolean isEven = m % plan.superRows() == 0 && height % plan.unitRows() == 0;
    boolean isSteady = plan.superRows() > few + period && k >= 4L * plan.shape().depth();
    if (!isEven || !isSteady) {
      return gemm(machine, type, m, n, k);
    }
    double shorter = seconds(machine, plan.rows(few, height));
    double longer = seconds(machine, plan.rows(few + period, height));
    double perRow = (longer - shorter) / period;
    double total = shorter + (plan.superRows() - few) * perRow;
    return efficiency(machine, plan, total, "steady state of " + (few + period) + " superrows");
  }

  private static double seconds(Machine machine, GemmPlan plan) {
    return Simulator.on(machine).run(plan.program(machine), plan.timing()).seconds();
  }

  /// A list of square, ragged, wide and deep shapes up to `largest` operations.
  public static List<long[]> shapes(double largest) {
    var shapes = new ArrayList<long[]>();
    for (long edge = 1024; edge <= 16_384; edge += 1024) {
      shapes.add(new long[] {edge, edge, edge});
    }
    for (long[] s :
        new long[][] {
          {12_288, 12_288, 16_384},
          {1024, 16_384, 16_384},
          {16_384, 1024, 16_384},
          {1024, 65_536, 16_384},
          {5000, 7000, 3000},
          {4100, 4100, 4100},
          {8200, 8200, 8200},
          {16, 4096, 4096},
          {16, 8192, 8192},
          {32, 6144, 8192},
          {64, 8192, 8192},
          {16, 16_384, 8192},
          {16, 16_384, 16_384},
          {16, 32_768, 16_384},
          {128, 8192, 8192}
        }) {
      shapes.add(s);
    }
    shapes.removeIf(s -> 2.0 * s[0] * s[1] * s[2] > largest);
    return shapes;
  }

  /// The whole curve, one line per shape and type.
  public static List<Efficiency> curve(Machine machine, List<long[]> shapes, List<DType> types) {
    var lines = new ArrayList<Efficiency>();
    for (DType type : types) {
      for (long[] s : shapes) {
        lines.add(longGemm(machine, type, s[0], s[1], s[2]));
      }
    }
    return lines;
  }
}
