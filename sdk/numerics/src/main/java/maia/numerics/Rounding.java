package maia.numerics;

/// How a value between two codes is rounded.
public sealed interface Rounding {
  /// To the nearest code, ties to the code whose last bit is 0.
  Rounding NEAREST_EVEN = Fixed.NEAREST_EVEN;

  /// To the nearest code, ties away from zero.
  Rounding NEAREST_AWAY = Fixed.NEAREST_AWAY;

  /// To the neighbour nearer to zero.
  Rounding TOWARD_ZERO = Fixed.TOWARD_ZERO;

  /// Up with the probability of the distance to the lower neighbour. The random bits of element `i`
  /// depend only on `seed` and `i`, so a run replays.
  static Rounding stochastic(long seed) {
    return new Stochastic(seed);
  }

  /// The deterministic modes.
  enum Fixed implements Rounding {
    /// See [Rounding#NEAREST_EVEN].
    NEAREST_EVEN,
    /// See [Rounding#NEAREST_AWAY].
    NEAREST_AWAY,
    /// See [Rounding#TOWARD_ZERO].
    TOWARD_ZERO,
  }

  /// Counter-based random rounding.
  ///
  /// @param seed the stream
  record Stochastic(long seed) implements Rounding {}
}
