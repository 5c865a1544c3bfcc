package maia.tensor.nn;

import java.util.OptionalInt;
import maia.base.Check;
import maia.tensor.Functional;
import maia.tensor.Tensor;

/// A learned vector for each of a number of indices: from an integer tensor of any shape to `[..,
/// width]`.
public final class Embedding extends Module {
  private final int rows;
  private final int width;
  private final OptionalInt padding;

  /// Standard normal vectors drawn from `seed`.
  public Embedding(int rows, int width, long seed) {
    this(rows, width, OptionalInt.empty(), seed);
  }

  /// As [#Embedding(int, int, long)] with a row that stands for nothing: it begins as zeros and
  /// gets no gradient.
  public Embedding(int rows, int width, int padding, long seed) {
    this(rows, width, OptionalInt.of(padding), seed);
  }

  private Embedding(int rows, int width, OptionalInt padding, long seed) {
    Check.argument(
        rows > 0 && width > 0, "embedding: sizes must be positive, were %d and %d", rows, width);
    padding.ifPresent(row ->
        Check.argument(
            row >= 0 && row < rows,
            "embedding: the padding row must be one of the %d, was %d",
            rows,
            row));
    this.rows = rows;
    this.width = width;
    this.padding = padding;
    Tensor weight = Init.normal(1, seed, rows, width);
    if (padding.isPresent() && !weight.isMeta()) {
      weight.get(padding.getAsInt()).assign(Tensor.zeros(width));
    }
    parameter("weight", weight);
  }

  /// The vectors, `[rows, width]`.
  public Tensor weight() {
    return parameter("weight");
  }

  @Override
  public Tensor forward(Tensor index) {
    Tensor vectors = Functional.embedding(index, weight());
    return padding.isEmpty()
        ? vectors
        : index.eq(padding.getAsInt()).unsqueeze(-1).where(vectors.detach(), vectors);
  }

  @Override
  protected String label() {
    String empty = padding.isPresent() ? ", padding=" + padding.getAsInt() : "";
    return "Embedding(rows=" + rows + ", width=" + width + empty + ")";
  }
}
