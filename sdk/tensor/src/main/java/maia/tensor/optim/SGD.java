package maia.tensor.optim;

import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import maia.base.Check;
import maia.tensor.Tensor;

/// Gradient descent with momentum: g grows by decay * p, v = momentum * v + g, p = p - rate * v;
/// with Nesterov's momentum p = p - rate * (g + momentum * v).
public final class SGD implements Optimizer {
  private static final String VELOCITY = "velocity";

  private final float momentum;
  private final Momentum form;
  private final Update update;

  /// How the velocity enters a step.
  public enum Momentum {
    /// As it is.
    HEAVY_BALL,
    /// Looking one step ahead.
    NESTEROV,
  }

  /// Plain descent.
  public SGD(List<Tensor> parameters, double learningRate) {
    this(parameters, learningRate, 0);
  }

  /// Descent with momentum in [0, 1).
  public SGD(List<Tensor> parameters, double learningRate, double momentum) {
    this(groups(parameters, learningRate), momentum, Momentum.HEAVY_BALL);
  }

  /// Descent of groups with momentum in [0, 1).
  public SGD(List<ParamGroup> groups, double momentum, Momentum form) {
    Check.argument(
        momentum >= 0 && momentum < 1, "sgd: momentum must be from 0 to below 1, was %s", momentum);
    Check.argument(
        form == Momentum.HEAVY_BALL || momentum > 0, "sgd: nesterov needs a momentum above 0");
    this.momentum = (float) momentum;
    this.form = form;
    this.update = momentum == 0 ? new Update("sgd", groups) : new Update("sgd", groups, VELOCITY);
  }

  private static List<ParamGroup> groups(List<Tensor> parameters, double learningRate) {
    Check.argument(learningRate > 0, "sgd: learning rate must be positive, was %s", learningRate);
    return List.of(new ParamGroup(parameters, learningRate, 0));
  }

  @Override
  public List<ParamGroup> groups() {
    return update.groups();
  }

  @Override
  public void step(double learningRate) {
    update.each(learningRate, this::apply);
  }

  private void apply(Update.Item item, float[] p, float[] g) {
    float step = (float) item.rate();
    float decay = (float) item.decay();
    for (int i = 0; decay != 0 && i < p.length; i++) {
      g[i] += decay * p[i];
    }
    if (momentum > 0) {
      float[] v = update.vector(VELOCITY, item.index());
      for (int i = 0; i < p.length; i++) {
        v[i] = momentum * v[i] + g[i];
        g[i] = form == Momentum.NESTEROV ? g[i] + momentum * v[i] : v[i];
      }
    }
    for (int i = 0; i < p.length; i++) {
      p[i] -= step * g[i];
    }
  }

  @Override
  public SequencedMap<String, Tensor> stateDict() {
    return update.state();
  }

  @Override
  public void loadStateDict(Map<String, Tensor> state) {
    update.load(state);
  }

  /// Such as `sgd(12 parameters at rate 0.1)`.
  @Override
  public String toString() {
    return update.toString();
  }
}
