package maia.base;

import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// A mistake in what the user wrote, with the [Origin] of the offending operation. The message
/// names the rule, the actual values, the way out and the user's line.
public abstract class MaiaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Origin origin;

  /// A mistake at `origin`; `cause` may hold a second place involved, as an exception made there.
  protected MaiaException(String message, Origin origin, @Nullable Throwable cause) {
    super(origin.isKnown() ? message + " [" + origin + "]" : message, cause);
    this.origin = origin;
  }

  /// Drops the innermost frames while `own` accepts their class names, so that the user's own line
  /// stands first; keeps all frames when it accepts every one. A second place given as the cause
  /// loses them too.
  public final void dropInnerFrames(Predicate<String> own) {
    StackTraceElement[] frames = getStackTrace();
    int first = 0;
    while (first < frames.length && own.test(frames[first].getClassName())) {
      first++;
    }
    if (first < frames.length) {
      setStackTrace(Arrays.copyOfRange(frames, first, frames.length));
    }
    if (getCause() instanceof MaiaException place) {
      place.dropInnerFrames(own);
    }
  }

  /// The user's line, or [Origin#NONE].
  public Origin origin() {
    return origin == null ? Origin.NONE : origin;
  }
}
