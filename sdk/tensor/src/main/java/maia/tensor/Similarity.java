package maia.tensor;

/// Lengths of vectors and how far they are from each other, as in `torch.nn.functional`.
public final class Similarity {
  /// The least length that is divided by, PyTorch's for directions.
  private static final double TINY = 1e-8;

  private Similarity() {}

  /// Vectors along `dim` divided by their `p`-norm, or by 1e-12 where that is smaller.
  public static Tensor normalize(Tensor x, double p, int dim) {
    return x.div(x.norm(p, Dims.KEEP, dim).clampMin(1e-12));
  }

  /// Vectors along `dim` divided by their Euclidean length.
  public static Tensor normalize(Tensor x, int dim) {
    return normalize(x, 2, dim);
  }

  /// The cosine of the angle between vectors along `dim`; lengths below 1e-8 count as that.
  public static Tensor cosine(Tensor a, Tensor b, int dim) {
    Tensor lengths = a.norm(2, Dims.KEEP, dim).clampMin(TINY);
    Tensor others = b.norm(2, Dims.KEEP, dim).clampMin(TINY);
    return a.div(lengths).mul(b.div(others)).sum(dim);
  }

  /// The `p`-norm of a - b + 1e-6 along the last dimension: PyTorch's `pairwise_distance`, whose
  /// small number keeps the gradient of equal vectors finite.
  public static Tensor distance(Tensor a, Tensor b, double p) {
    return a.sub(b).add(1e-6).norm(p, -1);
  }
}
