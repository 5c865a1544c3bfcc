package maia.tensor.optim;

import maia.base.Check;

/// A learning rate that falls when a measured value stops improving, PyTorch's `ReduceLROnPlateau`:
/// the one schedule that is no function of the step.
///
/// ```java
/// Plateau plateau = new Plateau(Plateau.Settings.USUAL);
/// for (int epoch = 0; epoch < epochs; epoch++) {
///   train(optimizer, optimizer.learningRate() * plateau.factor());
///   plateau.see(validate());
/// }
/// ```
public final class Plateau {
  private final Settings settings;
  private State state;

  /// Which way is better.
  public enum Better {
    /// Smaller values, such as losses.
    LOWER,
    /// Larger values, such as accuracies.
    HIGHER,
  }

  /// When the rate falls, and how far.
  ///
  /// @param better which way is better
  /// @param shrink what the factor is multiplied with, between 0 and 1
  /// @param patience how many values without improvement are borne, at least 0
  /// @param threshold by which share of the best a value must be better to count, at least 0
  /// @param rest how many values after a fall count nothing, at least 0
  /// @param lowest the factor stays at or above it, at least 0
  public record Settings(
      Better better, double shrink, int patience, double threshold, int rest, double lowest) {
    /// Losses, a tenth, 10 values, 1e-4, no rest, no limit: PyTorch's.
    public static final Settings USUAL = new Settings(Better.LOWER, 0.1, 10, 1e-4, 0, 0);

    public Settings {
      Check.argument(
          shrink > 0 && shrink < 1, "plateau: shrink must be between 0 and 1, was %s", shrink);
      Check.argument(
          patience >= 0 && threshold >= 0 && rest >= 0 && lowest >= 0,
          "plateau: patience, threshold, rest and lowest must not be negative, were %d, %s, %d and"
              + " %s",
          patience,
          threshold,
          rest,
          lowest);
    }

    /// The same with another patience.
    public Settings patience(int values) {
      return new Settings(better, shrink, values, threshold, rest, lowest);
    }

    /// The same with another shrinking factor.
    public Settings shrink(double by) {
      return new Settings(better, by, patience, threshold, rest, lowest);
    }

    /// The same for values of which larger ones are better.
    public Settings higher() {
      return new Settings(Better.HIGHER, shrink, patience, threshold, rest, lowest);
    }

    private boolean improves(double value, double best) {
      return better == Better.LOWER
          ? value < best * (1 - threshold)
          : value > best * (1 + threshold);
    }
  }

  /// What it remembers: enough to continue.
  ///
  /// @param factor of the optimiser's own rate
  /// @param best the best value so far
  /// @param waited values without improvement in a row
  /// @param resting how many of the next values count nothing
  public record State(double factor, double best, int waited, int resting) {}

  /// From the beginning, with a factor of 1.
  public Plateau(Settings settings) {
    this(
        settings,
        new State(
            1,
            settings.better() == Better.LOWER ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY,
            0,
            0));
  }

  /// Continued from `state`.
  public Plateau(Settings settings, State state) {
    this.settings = settings;
    this.state = state;
  }

  /// The factor of the optimiser's own rate.
  public double factor() {
    return state.factor();
  }

  /// What it remembers.
  public State state() {
    return state;
  }

  /// Takes the value of an epoch into account; the factor from here on. NaN is no improvement.
  public double see(double value) {
    boolean better = settings.improves(value, state.best());
    double best = better ? value : state.best();
    int resting = Math.max(0, state.resting() - 1);
    int waited = better || state.resting() > 0 ? 0 : state.waited() + 1;
    double factor = state.factor();
    if (waited > settings.patience()) {
      factor = Math.min(factor, Math.max(factor * settings.shrink(), settings.lowest()));
      waited = 0;
      resting = settings.rest();
    }
    state = new State(factor, best, waited, resting);
    return factor;
  }
}
