package maia.kernel.interp;

import java.util.Arrays;
import maia.numerics.MatMul;
import org.jspecify.annotations.Nullable;

/// Adds the matrix product of two float views to what `out` holds: one fused multiply-add chain per
/// element, in ascending k.
final class DotNode implements Node {
  private final Slot a;
  private final Slot b;
  private final Slot out;
  private final @Nullable Slot clear;

  /// @param clear where present and not zero, `out` starts from zero
  DotNode(Slot a, Slot b, Slot out, @Nullable Slot clear) {
    this.a = a;
    this.b = b;
    this.out = out;
    this.clear = clear;
  }

  @Override
  public void run() {
    if (clear != null && clear.scalar() != 0) {
      Arrays.fill(out.floats, 0f);
    }
    int r = out.rank();
    int m = out.shape[r - 2];
    int n = out.shape[r - 1];
    int batches = out.count() / (m * n);
    for (int i = 0; i < batches; i++) {
      MatMul.multiplyAdd(
          m,
          n,
          a.shape[r - 1],
          a.floats,
          a.offset + i * (r > 2 ? a.strides[0] : 0),
          a.strides[r - 2],
          a.strides[r - 1],
          b.floats,
          b.offset + i * (r > 2 ? b.strides[0] : 0),
          b.strides[r - 2],
          b.strides[r - 1],
          out.floats,
          i * m * n,
          n);
    }
  }
}
