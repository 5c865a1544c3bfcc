package maia.base;

import org.jspecify.annotations.Nullable;

/// Argument checks at exported boundaries. A message states the rule, the actual values and, where
/// there is one, the way out.
public final class Check {
  private Check() {}

  /// Throws [IllegalArgumentException] with the formatted message unless `holds`.
  @Contract("false, _, _ -> fail")
  public static void argument(boolean holds, String format, Object... values) {
    if (!holds) {
      throw new IllegalArgumentException(format.formatted(values));
    }
  }

  /// Throws [IllegalStateException] that starts with "bug in" unless `holds`: for our own mistakes
  /// only.
  @Contract("false, _, _, _ -> fail")
  public static void invariant(boolean holds, String unit, String format, Object... values) {
    if (!holds) {
      throw new IllegalStateException("bug in " + unit + ": " + format.formatted(values));
    }
  }

  /// `value`, which an earlier check or the construction of the table it was looked up in has made
  /// sure of; throws [IllegalStateException] that starts with "bug in" when it is null.
  public static <T> T present(@Nullable T value, String unit, Object key) {
    if (value == null) {
      throw new IllegalStateException("bug in " + unit + ": nothing is known of " + key);
    }
    return value;
  }
}
