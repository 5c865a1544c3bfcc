package maia.tensor.optim;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import maia.base.Check;
import maia.tensor.Tensor;

/// Gradients divided by the root of the sum of all their squares (Duchi, Hazan and Singer): s = s +
/// g * g, p = p - rate * g / (sqrt(s) + epsilon). Weight decay is added to the gradient.
public final class Adagrad implements Optimizer {
  private static final String SUM = "sum";

  private final Settings settings;
  private final Update update;

  /// How the rate falls, and what the sums start from.
  ///
  /// @param rateDecay step n, counted from 0, has the rate divided by 1 + n * rateDecay; at least 0
  /// @param initial what each sum of squares starts from, at least 0
  /// @param epsilon added to the root of the sum, positive
  public record Settings(double rateDecay, double initial, double epsilon) {
    /// 0, 0 and 1e-10: PyTorch's.
    public static final Settings USUAL = new Settings(0, 0, 1e-10);

    public Settings {
      Check.argument(
          rateDecay >= 0 && initial >= 0,
          "adagrad: rate decay and initial sum must not be negative, were %s and %s",
          rateDecay,
          initial);
      Check.argument(epsilon > 0, "adagrad: epsilon must be positive, was %s", epsilon);
    }
  }

  /// One group, with the usual settings and no weight decay.
  public Adagrad(List<Tensor> parameters, double learningRate) {
    this(Adam.groups("adagrad", parameters, learningRate, 0), Settings.USUAL);
  }

  /// Adagrad of groups.
  public Adagrad(List<ParamGroup> groups, Settings settings) {
    this.settings = settings;
    this.update = new Update("adagrad", groups, SUM);
    for (int i = 0; i < parameters().size(); i++) {
      Arrays.fill(update.vector(SUM, i), (float) settings.initial());
    }
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
    float rate = (float) (item.rate() / (1 + (item.steps() - 1) * settings.rateDecay()));
    float decay = (float) item.decay();
    float epsilon = (float) settings.epsilon();
    float[] sum = update.vector(SUM, item.index());
    for (int i = 0; i < p.length; i++) {
      float slope = decay == 0 ? g[i] : g[i] + decay * p[i];
      sum[i] += slope * slope;
      p[i] -= rate * slope / ((float) Math.sqrt(sum[i]) + epsilon);
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

  /// Such as `adagrad(12 parameters at rate 0.1)`.
  @Override
  public String toString() {
    return update.toString();
  }
}
