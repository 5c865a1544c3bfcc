package maia.tensor.nn;

/// Batch normalisation of x `[N, channels]` or `[N, channels, length]`, per channel.
public final class BatchNorm1d extends BatchNorm {
  /// With PyTorch's epsilon 1e-5 and momentum 0.1.
  public BatchNorm1d(int channels) {
    this(channels, 1e-5, 0.1);
  }

  /// With epsilon and momentum named.
  public BatchNorm1d(int channels, double epsilon, double momentum) {
    super(channels, 2, 3, epsilon, momentum);
  }
}
