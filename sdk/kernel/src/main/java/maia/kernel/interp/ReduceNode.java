package maia.kernel.interp;

import maia.npl.Instr.ReduceOp;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Reduce;

/// Reduces a plain slot along one dimension in the fixed order of [Reduce]; integers in ascending
/// order.
final class ReduceNode implements Node {
  private final ReduceOp op;
  private final Slot x;
  private final int length;
  private final int inner;
  private final Slot out;

  ReduceNode(ReduceOp op, Slot x, int axis, Slot out) {
    this.op = op;
    this.x = x;
    this.out = out;
    length = x.shape[axis];
    int after = 1;
    for (int d = axis + 1; d < x.rank(); d++) {
      after *= x.shape[d];
    }
    inner = after;
  }

  @Override
  public void run() {
    int results = out.count();
    for (int i = 0; i < results; i++) {
      int at = i / inner * inner * length + i % inner;
      if (x.isFloat()) {
        out.floats[i] = floats(at);
      } else {
        out.longs[i] = longs(at);
      }
    }
    if (x.isFloat() && out.dtype != DType.F32) {
      Codec.of(out.dtype).round(out.floats, 0, results);
    }
  }

  private float floats(int at) {
    return switch (op) {
      case SUM -> Reduce.sum(x.floats, at, length, inner);
      case MAX -> Reduce.max(x.floats, at, length, inner);
      case MIN -> Reduce.min(x.floats, at, length, inner);
    };
  }

  private long longs(int at) {
    long result = x.longs[at];
    for (int i = 1; i < length; i++) {
      long next = x.longs[at + i * inner];
      result =
          switch (op) {
            case SUM -> Math.addExact(result, next);
            case MAX -> Math.max(result, next);
            case MIN -> Math.min(result, next);
          };
    }
    return result;
  }
}
