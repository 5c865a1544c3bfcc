package maia.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RichTest {
  @Test
  void bundle_keepsTheOrder() {
    assertThat(Rich.bundle("text/html", "<b>x</b>", "text/plain", "x"))
        .hasToString("{text/html=<b>x</b>, text/plain=x}");
  }

  @Test
  void bundle_oddCount_isRefused() {
    assertThatThrownBy(() -> Rich.bundle("text/plain"))
        .hasMessage("a bundle needs pairs of MIME type and content, got 1 strings");
  }
}
