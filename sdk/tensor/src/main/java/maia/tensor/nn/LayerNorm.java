package maia.tensor.nn;

import java.util.Arrays;
import maia.tensor.Functional;
import maia.tensor.Tensor;

/// (x - mean) / sqrt(variance + epsilon) over the last dimensions, times a learned weight, plus a
/// learned bias, both of their shape.
public final class LayerNorm extends Module {
  /// PyTorch's epsilon.
  public static final double EPSILON = 1e-5;

  private final long[] shape;
  private final double epsilon;
  private final Bias bias;

  /// Over the last dimensions of the given shape; the weight starts at 1, the bias at 0.
  public LayerNorm(long... shape) {
    this(EPSILON, Bias.LEARNED, shape);
  }

  /// With epsilon named, and with or without the bias.
  public LayerNorm(double epsilon, Bias bias, long... shape) {
    this.shape = shape.clone();
    this.epsilon = epsilon;
    this.bias = bias;
    parameter("weight", Init.full(1, shape));
    if (bias == Bias.LEARNED) {
      parameter("bias", Init.full(0, shape));
    }
  }

  /// The factors, of the normalised shape.
  public Tensor weight() {
    return parameter("weight");
  }

  /// What is added, of the normalised shape; refused where there is none.
  public Tensor bias() {
    return parameter("bias");
  }

  @Override
  public Tensor forward(Tensor x) {
    return bias == Bias.NONE
        ? Functional.layerNorm(x, weight(), epsilon)
        : Functional.layerNorm(x, weight(), bias(), epsilon);
  }

  @Override
  protected String label() {
    String text = "LayerNorm(" + Arrays.toString(shape) + ", epsilon=" + epsilon;
    return text + (bias == Bias.NONE ? ", bias=none)" : ")");
  }
}
