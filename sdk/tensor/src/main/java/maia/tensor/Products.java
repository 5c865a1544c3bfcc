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
    return decoded.expand(full).reshape(-1, rows, columns);
  }
}
