package maia.tensor.optim;

import java.util.List;
import maia.base.Check;
import maia.tensor.Tensor;

/// Adam (Kingma and Ba) with betas 0.9 and 0.999 and epsilon 1e-8; with decoupled weight decay it
/// is AdamW (Loshchilov and Hutter).
public final class Adam implements Optimizer {
  private static final float BETA_1 = 0.9f;
  private static final float BETA_2 = 0.999f;
  private static final float EPSILON = 1e-8f;

  private final List<Tensor> parameters;
  private final double learningRate;
  private final float weightDecay;
  private final List<float[]> means;
  private final List<float[]> squares;
  private double decay1 = 1;
  private double decay2 = 1;

  /// Adam without weight decay.
  public Adam(List<Tensor> parameters, double learningRate) {
    this(parameters, learningRate, 0);
  }

  private Adam(List<Tensor> parameters, double learningRate, double weightDecay) {
    Check.argument(learningRate > 0, "adam: learning rate must be positive, was %s", learningRate);
    Check.argument(
        weightDecay >= 0, "adam: weight decay must not be negative, was %s", weightDecay);
    this.parameters = List.copyOf(parameters);
    this.learningRate = learningRate;
    this.weightDecay = (float) weightDecay;
    this.means = Update.zeros(this.parameters);
    this.squares = Update.zeros(this.parameters);
  }

  /// AdamW: every step first shrinks the parameters by rate times `weightDecay`.
  public static Adam decoupled(List<Tensor> parameters, double learningRate, double weightDecay) {
    return new Adam(parameters, learningRate, weightDecay);
  }

  @Override
  public List<Tensor> parameters() {
    return parameters;
  }

  @Override
  public double learningRate() {
    return learningRate;
  }

  @Override
  public void step(double rate) {
    decay1 *= BETA_1;
    decay2 *= BETA_2;
    float size = (float) (rate / (1 - decay1));
    float correction = (float) Math.sqrt(1 - decay2);
    float keep = (float) (1 - rate * weightDecay);
    Update.each(
        parameters,
        (index, p, g) -> {
          float[] m = means.get(index);
          float[] v = squares.get(index);
          for (int i = 0; i < p.length; i++) {
            m[i] = BETA_1 * m[i] + (1 - BETA_1) * g[i];
            v[i] = BETA_2 * v[i] + (1 - BETA_2) * (g[i] * g[i]);
            p[i] = p[i] * keep - size * m[i] / ((float) Math.sqrt(v[i]) / correction + EPSILON);
          }
        });
  }
}
