package maia.npl;

/// How often loops may go round before they count as endless. Eager mode, interpreter and simulator
/// share these numbers, so what one of them stops the others stop too (decision 056).
public final class Endless {
  /// Rounds of one run of a loop that goes on while a condition holds.
  public static final long WHILE_ROUNDS = 1L << 16;

  /// Rounds of a loop over a range, which is known when the loop begins.
  public static final long RANGE_ROUNDS = 1L << 26;

  /// Programs of a grid.
  public static final long PROGRAMS = 1L << 26;

  private Endless() {}

  /// Whether a loop from `from` to before `to` by `step`, which is not 0, takes too many rounds.
  public static boolean isTooLong(long from, long to, long step) {
    return rounds(from, to, step) > RANGE_ROUNDS;
  }

  /// Rounds of a loop from `from` to before `to` by `step`, rounded; 0 when there are none.
  public static double rounds(long from, long to, long step) {
    return Math.max(0, Math.ceil(((double) to - from) / step));
  }
}
