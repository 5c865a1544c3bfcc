package maia.kernel.interp;

/// Writes plain slots one after the other along a dimension.
final class ConcatNode implements Node {
  private final Slot[] parts;
  private final int dim;
  private final Slot out;

  ConcatNode(Slot[] parts, int dim, Slot out) {
    this.parts = parts;
    this.dim = dim;
    this.out = out;
  }

  @Override
  public void run() {
    int row = Lines.of(out.shape, dim).inner() * out.shape[dim];
    int before = 0;
    for (Slot part : parts) {
      int size = Lines.of(part.shape, dim).inner() * part.shape[dim];
      for (int from = 0, to = before; from < part.count(); from += size, to += row) {
        if (out.isFloat()) {
          System.arraycopy(part.floats, from, out.floats, to, size);
        } else {
          System.arraycopy(part.longs, from, out.longs, to, size);
        }
      }
      before += size;
    }
  }
}
