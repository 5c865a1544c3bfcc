package maia.models;

import maia.tensor.Functional;
import maia.tensor.Tensor;
import maia.tensor.nn.Bias;
import maia.tensor.nn.Init;
import maia.tensor.nn.LayerNorm;
import maia.tensor.nn.Module;
import maia.tensor.nn.RMSNorm;

/// The normalisation of a family.
final class Norms {
  private Norms() {}

  static Module of(DecoderConfig.Norm norm, int width) {
    return switch (norm.kind()) {
      case RMS -> new RMSNorm(norm.epsilon(), width);
      case RMS_FROM_ONE -> new FromOne(norm.epsilon(), width);
      case LAYER -> new LayerNorm(norm.epsilon(), Bias.LEARNED, width);
    };
  }

  /// x / sqrt(mean(x^2) + epsilon) times one more than the weight, which starts at 0.
  private static final class FromOne extends Module {
    private final double epsilon;

    FromOne(double epsilon, int width) {
      this.epsilon = epsilon;
      parameter("weight", Init.full(0, width));
    }

    @Override
    public Tensor forward(Tensor x) {
      return Functional.rmsNorm(x, parameter("weight").add(1), epsilon);
    }

    @Override
    protected String label() {
      return "RMSNorm(1 + weight, epsilon=" + epsilon + ")";
    }
  }
}
