package maia.tensor;

import java.util.function.BinaryOperator;

/// Parts of matrices chosen by row and column.
final class Triangle {
  private Triangle() {}

  /// `x` where `kept` says so of the row and column numbers of its last two dimensions, else 0.
  static Tensor of(Tensor x, String op, BinaryOperator<Tensor> kept) {
    ShapeException.check(
        x.rank() >= 2,
        "%s: needs at least two dimensions, the shape is %s",
        op,
        Layout.text(x.shape()));
    Tensor rows = Tensor.arange(x.size(-2)).to(x.device()).unsqueeze(1);
    Tensor columns = Tensor.arange(x.size(-1)).to(x.device());
    return kept.apply(rows, columns).where(x, Create.zeroLike(x));
  }
}
