package maia.tensor.nn;

/// Batch normalisation of x `[N, channels, height, width]`, per channel.
public final class BatchNorm2d extends BatchNorm {
  /// With PyTorch's epsilon 1e-5 and momentum 0.1.
  public BatchNorm2d(int channels) {
    this(channels, 1e-5, 0.1);
  }

  /// With epsilon and momentum named.
  public BatchNorm2d(int channels, double epsilon, double momentum) {
    super(channels, 4, 4, epsilon, momentum);
  }
}
