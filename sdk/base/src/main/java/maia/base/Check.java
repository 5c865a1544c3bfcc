package maia.base;

/// Argument checks at exported boundaries. A message states the rule, the actual values and, where
/// there is one, the way out.
public final class Check {
  private Check() {}

  /// Throws [IllegalArgumentException] with the formatted message unless `holds`.
  public static void argument(boolean holds, String format, Object... values) {
    if (!holds) {
      throw new IllegalArgumentException(format.formatted(values));
    }
  }

  /// Throws [IllegalStateException] that starts with "bug in" unless `holds`: for our own mistakes
  /// only.
  public static void invariant(boolean holds, String unit, String format, Object... values) {
    if (!holds) {
      throw new IllegalStateException("bug in " + unit + ": " + format.formatted(values));
    }
  }
}
