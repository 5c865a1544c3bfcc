package maia.tensor.optim;

import java.util.List;
import maia.base.Check;
import maia.tensor.Tensor;

/// Gradient descent with momentum: v = momentum * v + g, p = p - rate * v.
public final class SGD implements Optimizer {
  private final List<Tensor> parameters;
  private final double learningRate;
  private final float momentum;
  private final List<float[]> velocities;

  /// Plain descent.
  public SGD(List<Tensor> parameters, double learningRate) {
    this(parameters, learningRate, 0);
  }

  /// Descent with momentum in [0, 1).
  public SGD(List<Tensor> parameters, double learningRate, double momentum) {
    Check.argument(learningRate > 0, "sgd: learning rate must be positive, was %s", learningRate);
    Check.argument(
        momentum >= 0 && momentum < 1, "sgd: momentum must be from 0 to below 1, was %s", momentum);
    this.parameters = List.copyOf(parameters);
    this.learningRate = learningRate;
    this.momentum = (float) momentum;
    this.velocities = Update.zeros(this.parameters);
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
    float step = (float) rate;
    Update.each(
        parameters,
        (index, p, g) -> {
          float[] v = velocities.get(index);
          for (int i = 0; i < p.length; i++) {
            v[i] = momentum * v[i] + g[i];
            p[i] -= step * v[i];
          }
        });
  }
}
