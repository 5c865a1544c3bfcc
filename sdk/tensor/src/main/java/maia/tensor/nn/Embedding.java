package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.Functional;
import maia.tensor.Tensor;

/// A learned vector for each of a number of indices: from an integer tensor of any shape to `[..,
/// width]`.
public final class Embedding extends Module {
  private final int rows;
  private final int width;

  /// Standard normal vectors drawn from `seed`.
  public Embedding(int rows, int width, long seed) {
    Check.argument(
        rows > 0 && width > 0, "embedding: sizes must be positive, were %d and %d", rows, width);
    this.rows = rows;
    this.width = width;
    parameter("weight", Init.normal(1, seed, rows, width));
  }

  /// The vectors, `[rows, width]`.
  public Tensor weight() {
    return parameter("weight");
  }

  @Override
  public Tensor forward(Tensor index) {
    return Functional.embedding(index, weight());
  }

  @Override
  protected String label() {
    return "Embedding(rows=" + rows + ", width=" + width + ")";
  }
}
