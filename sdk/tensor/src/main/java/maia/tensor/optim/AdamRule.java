package maia.tensor.optim;

import java.util.List;

/// The update of Adam (Kingma and Ba), with the decay of AdamW (Loshchilov and Hutter) or added to
/// the gradient.
final class AdamRule {
  private static final String MEAN = "mean";
  private static final String SQUARE = "square";
  private static final String LARGEST = "largestSquare";

  private final AdamSettings settings;
  private final Decay decay;
  private final Power kept1;
  private final Power kept2;
  final Update update;

  /// Where weight decay acts.
  enum Decay {
    /// On the parameter, apart from the averages.
    DECOUPLED,
    /// On the gradient, before the averages.
    GRADIENT,
  }

  AdamRule(String name, List<ParamGroup> groups, AdamSettings settings, Decay decay) {
    this.settings = settings;
    this.decay = decay;
    this.kept1 = new Power(settings.beta1());
    this.kept2 = new Power(settings.beta2());
    this.update =
        isLargest()
            ? new Update(name, groups, MEAN, SQUARE, LARGEST)
            : new Update(name, groups, MEAN, SQUARE);
  }

  private boolean isLargest() {
    return settings.squares() == AdamSettings.Squares.LARGEST;
  }

  void step(double learningRate) {
    update.each(learningRate, this::apply);
  }

  private void apply(Update.Item item, float[] p, float[] g) {
    float beta1 = (float) settings.beta1();
    float beta2 = (float) settings.beta2();
    float epsilon = (float) settings.epsilon();
    float size = (float) (item.rate() / (1 - kept1.at(item.steps())));
    float correction = (float) Math.sqrt(1 - kept2.at(item.steps()));
    boolean decoupled = decay == Decay.DECOUPLED;
    float keep = decoupled ? (float) (1 - item.rate() * (float) item.decay()) : 1;
    float pull = decoupled ? 0 : (float) item.decay();
    float[] m = update.vector(MEAN, item.index());
    float[] v = update.vector(SQUARE, item.index());
    float[] divisor = isLargest() ? update.vector(LARGEST, item.index()) : v;
    for (int i = 0; i < p.length; i++) {
      float slope = pull == 0 ? g[i] : g[i] + pull * p[i];
      m[i] = beta1 * m[i] + (1 - beta1) * slope;
      v[i] = beta2 * v[i] + (1 - beta2) * (slope * slope);
      divisor[i] = Math.max(divisor[i], v[i]);
      p[i] = p[i] * keep - size * m[i] / ((float) Math.sqrt(divisor[i]) / correction + epsilon);
    }
  }

  /// A number multiplied with itself over and over: the power of one step from that of the last.
  private static final class Power {
    private final float base;
    private long exponent;
    private double value = 1;

    Power(double base) {
      this.base = (float) base;
    }

    double at(long n) {
      if (n < exponent) {
        exponent = 0;
        value = 1;
      }
      for (; exponent < n; exponent++) {
        value *= base;
      }
      return value;
    }
  }
}
