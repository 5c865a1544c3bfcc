package maia.tensor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.AbstractStringAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// Asserts on the text of a refusal without the line number that ends it.
public final class Messages {
  private Messages() {}

  /// The message that `code` is refused with, without its origin.
  public static AbstractStringAssert<?> refusal(
      Class<? extends Throwable> type, ThrowingCallable code) {
    Throwable thrown = Assertions.catchThrowable(code);
    assertThatThrownBy(
            () -> {
              throw thrown;
            })
        .isInstanceOf(type);
    return Assertions.assertThat(thrown.getMessage().replaceAll(" \\[\\w+\\.java:\\d+]$", ""));
  }

  /// As [#refusal(Class, ThrowingCallable)], for shapes.
  public static AbstractStringAssert<?> shapeRefusal(ThrowingCallable code) {
    return refusal(ShapeException.class, code);
  }

  /// As [#refusal(Class, ThrowingCallable)], for everything else.
  public static AbstractStringAssert<?> tensorRefusal(ThrowingCallable code) {
    return refusal(TensorException.class, code);
  }
}
