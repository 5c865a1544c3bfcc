package maia.tensor.nn;

import java.util.Arrays;
import java.util.OptionalInt;
import maia.base.Check;
import maia.tensor.Dims;
import maia.tensor.Functional;
import maia.tensor.Index;
import maia.tensor.Tensor;

/// A learned vector for each of a number of indices: from an integer tensor of any shape to `[..,
/// width]`.
public final class Embedding extends Module {
  private final int rows;
  private final int width;
  private final OptionalInt padding;
  private final double most;

  /// Standard normal vectors drawn from `seed`.
  public Embedding(int rows, int width, long seed) {
    this(
        rows,
        width,
        OptionalInt.empty(),
        Double.POSITIVE_INFINITY,
        Init.normal(1, seed, rows, width));
  }

  /// As [#Embedding(int, int, long)] with a row that stands for nothing: it begins as zeros and
  /// gets no gradient.
  public Embedding(int rows, int width, int padding, long seed) {
    this(
        rows,
        width,
        OptionalInt.of(padding),
        Double.POSITIVE_INFINITY,
        Init.normal(1, seed, rows, width));
  }

  /// Standard normal vectors drawn from `seed`. In training, rows whose Euclidean length exceeds
  /// `most` are shortened to it, in place, when they are used: PyTorch's `max_norm`.
  public static Embedding limited(int rows, int width, double most, long seed) {
    Check.argument(most > 0, "embedding: the largest norm must be positive, was %s", most);
    Tensor weight = Init.normal(1, seed, rows, width);
    return new Embedding(rows, width, OptionalInt.empty(), most, weight);
  }

  /// Given vectors, `[rows, width]`: PyTorch's `from_pretrained`. They learn; [Module#freeze] ends
  /// that.
  public static Embedding of(Tensor weight) {
    Check.argument(
        weight.rank() == 2,
        "embedding: the vectors must be [rows, width], got %s",
        Arrays.toString(weight.shape()));
    return new Embedding(
        Math.toIntExact(weight.size(0)),
        Math.toIntExact(weight.size(1)),
        OptionalInt.empty(),
        Double.POSITIVE_INFINITY,
        weight);
  }

  private Embedding(int rows, int width, OptionalInt padding, double most, Tensor weight) {
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
    this.most = most;
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
    if (isTraining() && most < Double.POSITIVE_INFINITY && !index.isMeta() && !weight().isMeta()) {
      Tensor.noGrad(() -> shorten(index.flatten()));
    }
    Tensor vectors = Functional.embedding(index, weight());
    return padding.isEmpty()
        ? vectors
        : index.eq(padding.getAsInt()).unsqueeze(-1).where(vectors.detach(), vectors);
  }

  /// Shortens the rows that `used` names; rows named twice are written twice with the same values.
  private void shorten(Tensor used) {
    Tensor rows = Functional.embedding(used, weight());
    Tensor length = rows.norm(2, Dims.KEEP, 1);
    Tensor shorter = rows.mul(length.add(1e-7).reciprocal().mul(most));
    weight().put_(length.gt(most).where(shorter, rows), Index.of(used));
  }

  @Override
  protected String label() {
    String empty = padding.isPresent() ? ", padding=" + padding.getAsInt() : "";
    return "Embedding(rows=" + rows + ", width=" + width + empty + ")";
  }
}
