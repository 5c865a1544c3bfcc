package maia.kernel.lower;

import maia.machine.Machine;
import maia.machine.Ports;
import maia.machine.TensorUnit;
import maia.numerics.DType;

/// Cycles that a product occupies the tensor unit: its steps, or the operands or the sums through
/// their ports, whichever takes longest.
public final class TensorTime {
  private static final int BITS = 8;
  private static final int SUM_BYTES = 4;

  private TensorTime() {}

  /// Cycles of one instruction of `m` x `n` x `k` that adds to its accumulator.
  public static long cycles(Machine machine, DType a, DType b, long m, long n, long k) {
    TensorUnit ttu = machine.ttu();
    int depth = ttu.depth(a, b).orElse(1);
    long steps =
        Math.ceilDiv(m, (long) ttu.rows())
            * Math.ceilDiv(n, (long) ttu.columns())
            * Math.ceilDiv(k, (long) depth);
    int widest = Math.max(a.bits(), b.bits());
    long operand = (long) Math.max(ttu.rows(), ttu.columns()) * depth * widest / BITS;
    long fetch = Math.ceilDiv(steps * operand, (long) ttu.operandBytesPerCycle());
    long passes = ttu.resultPorts() == Ports.SEPARATE ? 1 : 2;
    long drain = Math.ceilDiv(m * n * SUM_BYTES * passes, (long) ttu.resultBytesPerCycle());
    return Math.max(steps, Math.max(fetch, drain));
  }
}
