package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.Functional;
import maia.tensor.Tensor;

/// Groups of neighbouring channels of x `[N, channels, ..]` normalised together, then each channel
/// times a learned weight plus a learned bias.
public final class GroupNorm extends Module {
  private final int groups;
  private final int channels;
  private final double epsilon;

  /// With PyTorch's epsilon 1e-5; the weight starts at 1, the bias at 0.
  public GroupNorm(int groups, int channels) {
    this(groups, channels, LayerNorm.EPSILON);
  }

  /// With epsilon named.
  public GroupNorm(int groups, int channels, double epsilon) {
    Check.argument(
        groups > 0 && channels > 0 && channels % groups == 0,
        "groupNorm: channels must be a positive multiple of the groups, were %d and %d",
        channels,
        groups);
    this.groups = groups;
    this.channels = channels;
    this.epsilon = epsilon;
    parameter("weight", Init.full(1, channels));
    parameter("bias", Init.full(0, channels));
  }

  @Override
  public Tensor forward(Tensor x) {
    return Functional.groupNorm(x, groups, parameter("weight"), parameter("bias"), epsilon);
  }

  @Override
  protected String label() {
    return "GroupNorm(" + groups + ", " + channels + ", epsilon=" + epsilon + ")";
  }
}
