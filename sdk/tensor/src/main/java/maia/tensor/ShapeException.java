package maia.tensor;

import maia.base.MaiaException;
import maia.base.Origin;

/// Shapes or dimensions that do not fit an operation.
public final class ShapeException extends MaiaException {
  private static final long serialVersionUID = 1L;

  private ShapeException(String message, Origin origin) {
    super(message, origin, null);
    dropInnerFrames(Caller::isOwn);
  }

  /// With the formatted message and the user's line.
  public static ShapeException of(String format, Object... values) {
    return new ShapeException(format.formatted(values), Caller.origin());
  }

  /// Throws with the formatted message unless `holds`.
  public static void check(boolean holds, String format, Object... values) {
    if (!holds) {
      throw of(format, values);
    }
  }
}
