package maia.kernel.ir;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;
import maia.base.MaiaException;
import maia.base.Origin;
import org.jspecify.annotations.Nullable;

/// A mistake in a kernel, found while it is traced, compiled or interpreted, or a feature that is
/// not built.
public final class KernelException extends MaiaException {
  private static final long serialVersionUID = 1L;

  private final @Nullable Mistake mistake;

  /// A mistake of the catalogue at `origin`.
  public KernelException(Mistake mistake, String message, Origin origin) {
    this(mistake, message, origin, null);
  }

  /// A mistake with a second place, given as an exception made there.
  public KernelException(
      Mistake mistake, String message, Origin origin, @Nullable Throwable secondPlace) {
    super(message + " [" + mistake.code() + "]", origin, secondPlace);
    this.mistake = mistake;
  }

  private KernelException(String message, Origin origin, @Nullable Throwable secondPlace) {
    super(message, origin, secondPlace);
    mistake = null;
  }

  /// Which entry of the catalogue it is.
  public Optional<Mistake> mistake() {
    return Optional.ofNullable(mistake);
  }

  /// The stable code, such as `K101`, or an empty string.
  public String code() {
    return mistake().map(Mistake::code).orElse("");
  }

  /// The exception that stands for a second place: its stack trace is the one frame given.
  public static KernelException place(
      String what, Origin.Frame frame, @Nullable KernelException next) {
    KernelException place = new KernelException(what, Origin.NONE, next);
    place.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement(frame.className(), "kernel", frame.file(), frame.line())
        });
    return place;
  }

  /// This exception without the frames of classes that `own` accepts by name, so that the user's
  /// own line stands first.
  public KernelException without(Predicate<String> own) {
    setStackTrace(
        Arrays.stream(getStackTrace())
            .filter(f -> !own.test(f.getClassName()))
            .dropWhile(f -> f.getClassName().startsWith("java."))
            .toArray(StackTraceElement[]::new));
    return this;
  }
}
