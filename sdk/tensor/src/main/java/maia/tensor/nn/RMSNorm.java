package maia.tensor.nn;

import java.util.Arrays;
import maia.tensor.Functional;
import maia.tensor.Tensor;

/// x / sqrt(mean(x^2) + epsilon) over the last dimensions, times a learned weight of their shape.
public final class RMSNorm extends Module {
  /// PyTorch's epsilon: the distance of 1 from the next larger F32.
  public static final double EPSILON = 0x1p-23;

  private final long[] shape;
  private final double epsilon;

  /// Over the last dimensions of the given shape; the weight starts at 1.
  public RMSNorm(long... shape) {
    this(EPSILON, shape);
  }

  /// With epsilon named.
  public RMSNorm(double epsilon, long... shape) {
    this.shape = shape.clone();
    this.epsilon = epsilon;
    parameter("weight", Init.full(1, shape));
  }

  /// The factors, of the normalised shape.
  public Tensor weight() {
    return parameter("weight");
  }

  @Override
  public Tensor forward(Tensor x) {
    return Functional.rmsNorm(x, weight(), epsilon);
  }

  @Override
  protected String label() {
    return "RMSNorm(" + Arrays.toString(shape) + ", epsilon=" + epsilon + ")";
  }
}
