package maia.tensor;

import maia.base.MaiaException;
import maia.base.Origin;
import org.jspecify.annotations.Nullable;

/// A tensor operation that cannot run as written: types, devices, gradients or memory.
public final class TensorException extends MaiaException {
  private static final long serialVersionUID = 1L;

  private TensorException(String message, Origin origin, @Nullable Throwable cause) {
    super(message, origin, cause);
    dropInnerFrames(Caller::isOwn);
  }

  /// With the formatted message and the user's line.
  public static TensorException of(String format, Object... values) {
    return new TensorException(format.formatted(values), Caller.origin(), null);
  }

  /// As [#of], with what led to it.
  static TensorException because(@Nullable Throwable cause, String format, Object... values) {
    return new TensorException(format.formatted(values), Caller.origin(), cause);
  }
}
