package maia.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CheckTest {
  @Test
  void argument_ruleHolds_passes() {
    assertThatCode(() -> Check.argument(true, "never %s", "shown")).doesNotThrowAnyException();
  }

  @Test
  void argument_ruleBroken_saysSo() {
    assertThatThrownBy(() -> Check.argument(false, "size must be positive, was %d", -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("size must be positive, was -1");
  }

  @Test
  void invariant_broken_isABugOfOurs() {
    assertThatThrownBy(() -> Check.invariant(false, "the queue", "clock at %d", 3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("bug in the queue: clock at 3");
  }

  @Test
  void present_value_isReturned() {
    assertThat(Check.present("x", "the table", "key")).isEqualTo("x");
  }

  @Test
  void present_null_isABugOfOurs() {
    assertThatThrownBy(() -> Check.present(null, "the table", "key"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("bug in the table: nothing is known of key");
  }
}
