package maia.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class StopTest {
  @Test
  void poll_notInterrupted_passes() {
    assertThatCode(() -> Stop.poll("training")).doesNotThrowAnyException();
  }

  @Test
  void poll_interrupted_namesTheWorkAndClearsTheFlag() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Stop.poll("training"))
        .isInstanceOf(CancellationException.class)
        .hasMessage("training was interrupted");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }
}
