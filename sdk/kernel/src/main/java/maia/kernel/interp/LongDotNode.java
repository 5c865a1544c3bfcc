package maia.kernel.interp;

/// Adds the product of two integer matrices to what `out` holds, exactly.
final class LongDotNode implements Node {
  private final Slot a;
  private final Slot b;
  private final Slot out;

  LongDotNode(Slot a, Slot b, Slot out) {
    this.a = a;
    this.b = b;
    this.out = out;
  }

  @Override
  public void run() {
    int r = out.rank();
    int m = out.shape[r - 2];
    int n = out.shape[r - 1];
    for (int i = 0; i < out.longs.length; i++) {
      int batch = i / (m * n);
      int from = a.offset + (r > 2 ? batch * a.strides[0] : 0) + i / n % m * a.strides[r - 2];
      int other = b.offset + (r > 2 ? batch * b.strides[0] : 0) + i % n * b.strides[r - 1];
      long sum = out.longs[i];
      for (int k = 0; k < a.shape[r - 1]; k++) {
        sum += a.longs[from + k * a.strides[r - 1]] * b.longs[other + k * b.strides[r - 2]];
      }
      out.longs[i] = sum;
    }
  }
}
