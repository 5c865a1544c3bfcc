package maia.tensor;

import maia.numerics.BlockFormat;
import maia.numerics.DType;

/// How products treat vectors and choose their type.
final class Products {
  private Products() {}

  /// The type in which both operands meet; F32 where one is a block tensor.
  static DType outType(String op, Tensor a, Tensor b) {
    boolean blocks = a.type() instanceof BlockFormat || b.type() instanceof BlockFormat;
    return blocks ? DType.F32 : Shapes.promote(op, a, b);
  }

  static Tensor matmul(Tensor a, Tensor b, DType outType) {
    ShapeException.check(
        a.rank() > 0 && b.rank() > 0,
        "matmul: needs a vector or a matrix on both sides, got %s and %s; use mul",
        Layout.text(a.shape()),
        Layout.text(b.shape()));
    Tensor left = a.rank() == 1 ? a.unsqueeze(0) : a;
    Tensor right = b.rank() == 1 ? b.unsqueeze(1) : b;
    Tensor product = Dispatch.run(new Contraction.MatMul(outType), left, right);
    product = b.rank() == 1 ? product.squeeze(-1) : product;
    return a.rank() == 1 ? product.squeeze(b.rank() == 1 ? -1 : -2) : product;
  }

  /// `x` decoded and repeated to the leading dimensions of `shape`, those in one.
  static Tensor batches(Tensor x, long[] shape, long rows, long columns) {
    long[] full = shape.clone();
    full[shape.length - 2] = rows;
    full[shape.length - 1] = columns;
    Tensor here = Host.here(x);
    Tensor decoded = here.type() instanceof DType ? here : here.dequantize();
    long batches = 1;
    for (int d = 0; d < full.length - 2; d++) {
      batches *= full[d];
    }
    return decoded.expand(full).reshape(batches, rows, columns);
  }
}
