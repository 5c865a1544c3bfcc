package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.Functional;
import maia.tensor.Tensor;

/// Each channel of each x `[N, channels, ..]` normalised on its own: PyTorch's `InstanceNorm1d` to
/// `3d` without running averages, plain or times a learned weight plus a learned bias.
public final class InstanceNorm extends Module {
  private final int channels;
  private final double epsilon;
  private final Affine affine;

  /// What follows the normalisation.
  public enum Affine {
    /// Nothing.
    NONE,
    /// A learned weight and bias per channel.
    LEARNED,
  }

  /// Plain, with PyTorch's epsilon 1e-5.
  public InstanceNorm(int channels) {
    this(channels, LayerNorm.EPSILON, Affine.NONE);
  }

  /// With epsilon named; a weight starts at 1, a bias at 0.
  public InstanceNorm(int channels, double epsilon, Affine affine) {
    Check.argument(channels > 0, "instanceNorm: channels must be positive, were %d", channels);
    this.channels = channels;
    this.epsilon = epsilon;
    this.affine = affine;
    if (affine == Affine.LEARNED) {
      parameter("weight", Init.full(1, channels));
      parameter("bias", Init.full(0, channels));
    }
  }

  @Override
  public Tensor forward(Tensor x) {
    return affine == Affine.NONE
        ? Functional.instanceNorm(x, epsilon)
        : Functional.groupNorm(x, channels, parameter("weight"), parameter("bias"), epsilon);
  }

  @Override
  protected String label() {
    return "InstanceNorm(" + channels + ", epsilon=" + epsilon + ")";
  }
}
