package maia.tensor.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import maia.base.Check;
import maia.tensor.Tensor;

/// Gradients divided by the root of a running average of their squares (Hinton): s = smoothing * s
/// + (1 - smoothing) * g * g, p = p - rate * g / (sqrt(s) + epsilon). Weight decay is added to the
///   gradient.
public final class RMSprop implements Optimizer {
  private static final String SQUARE = "square";
  private static final String MEAN = "mean";
  private static final String VELOCITY = "velocity";

  private final Settings settings;
  private final Update update;

  /// What the averages forget, and what is done with a step.
  ///
  /// @param smoothing what the average of squares keeps per step, from 0 to below 1
  /// @param epsilon added to the root of the average of squares, positive
  /// @param momentum what a velocity keeps per step, from 0 (no velocity) to below 1
  /// @param divisor whose root divides
  public record Settings(double smoothing, double epsilon, double momentum, Divisor divisor) {
    /// 0.99, 1e-8, no momentum: PyTorch's.
    public static final Settings USUAL = new Settings(0.99, 1e-8, 0, Divisor.SQUARES);

    public Settings {
      Check.argument(
          smoothing >= 0 && smoothing < 1 && momentum >= 0 && momentum < 1,
          "rmsprop: smoothing and momentum must be from 0 to below 1, were %s and %s",
          smoothing,
          momentum);
      Check.argument(epsilon > 0, "rmsprop: epsilon must be positive, was %s", epsilon);
    }

    /// The same with a velocity that keeps `share` of itself per step.
    public Settings momentum(double share) {
      return new Settings(smoothing, epsilon, share, divisor);
    }

    /// The same divided by the deviation around the average gradient, PyTorch's `centered`.
    public Settings centred() {
      return new Settings(smoothing, epsilon, momentum, Divisor.VARIANCE);
    }
  }

  /// Whose root divides a gradient.
  public enum Divisor {
    /// That of the average of squares.
    SQUARES,
    /// That of the average of squares less the square of the average.
    VARIANCE,
  }

  /// One group, with the usual settings and no weight decay.
  public RMSprop(List<Tensor> parameters, double learningRate) {
    this(Adam.groups("rmsprop", parameters, learningRate, 0), Settings.USUAL);
  }

  /// RMSprop of groups.
  public RMSprop(List<ParamGroup> groups, Settings settings) {
    this.settings = settings;
    List<String> vectors = new ArrayList<>(List.of(SQUARE));
    if (settings.divisor() == Divisor.VARIANCE) {
      vectors.add(MEAN);
    }
    if (settings.momentum() > 0) {
      vectors.add(VELOCITY);
    }
    this.update = new Update("rmsprop", groups, vectors.toArray(String[]::new));
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
    float decay = (float) item.decay();
    for (int i = 0; decay != 0 && i < p.length; i++) {
      g[i] += decay * p[i];
    }
    scale(item, g);
    float rate = (float) item.rate();
    if (settings.momentum() > 0) {
      float keep = (float) settings.momentum();
      float[] v = update.vector(VELOCITY, item.index());
      for (int i = 0; i < p.length; i++) {
        v[i] = keep * v[i] + g[i];
        p[i] -= rate * v[i];
      }
    } else {
      for (int i = 0; i < p.length; i++) {
        p[i] -= rate * g[i];
      }
    }
  }

  /// Moves the averages and divides the gradient by the root.
  private void scale(Update.Item item, float[] g) {
    float keep = (float) settings.smoothing();
    float take = (float) (1 - settings.smoothing());
    float epsilon = (float) settings.epsilon();
    float[] squares = update.vector(SQUARE, item.index());
    boolean centred = settings.divisor() == Divisor.VARIANCE;
    float[] means = centred ? update.vector(MEAN, item.index()) : squares;
    for (int i = 0; i < g.length; i++) {
      squares[i] = keep * squares[i] + take * (g[i] * g[i]);
      float spread = squares[i];
      if (centred) {
        means[i] += take * (g[i] - means[i]);
        spread = Math.max(0, spread - means[i] * means[i]);
      }
      g[i] /= (float) Math.sqrt(spread) + epsilon;
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

  /// Such as `rmsprop(12 parameters at rate 0.1)`.
  @Override
  public String toString() {
    return update.toString();
  }
}
