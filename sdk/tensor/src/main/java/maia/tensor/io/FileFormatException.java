package maia.tensor.io;

/// A file that breaks its format, or tensors that a format cannot hold.
public final class FileFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private FileFormatException(String message) {
    super(message);
  }

  /// The exception with a message in the form of [String#format].
  public static FileFormatException of(String format, Object... values) {
    return new FileFormatException(format.formatted(values));
  }

  /// Throws with the message formatted unless `holds`.
  public static void check(boolean holds, String format, Object... values) {
    if (!holds) {
      throw of(format, values);
    }
  }
}
