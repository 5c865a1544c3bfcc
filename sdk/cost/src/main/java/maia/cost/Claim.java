package maia.cost;

/// A public claim about Maia 200, recomputed.
///
/// @param statement what is claimed
/// @param source where
/// @param assumption what the recomputation takes for granted
/// @param computed the arithmetic and its result
/// @param verdict what follows
public record Claim(
    String statement, String source, String assumption, String computed, Verdict verdict) {
  /// What the recomputation says.
  public enum Verdict {
    /// True of the public figures.
    HOLDS("holds"),
    /// Not true of the public figures.
    DOES_NOT_HOLD("does not hold"),
    /// Something needed is not public.
    CANNOT_BE_CHECKED("cannot be checked");

    private final String label;

    Verdict(String label) {
      this.label = label;
    }

    @Override
    public String toString() {
      return label;
    }
  }
}
