package maia.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
  private static final List<String> KNOWN =
      List.of("maia-200", "tpu-v7", "llama-3.1-8b", "llama-3.1-70b");

  @Test
  void slip_findsTheName() {
    assertThat(Nearest.to("maia200", KNOWN)).hasValue("maia-200");
    assertThat(Nearest.to("Llama-3.1-70B", KNOWN)).hasValue("llama-3.1-70b");
    assertThat(Nearest.to("tpu", KNOWN)).hasValue("tpu-v7");
  }

  @Test
  void somethingElse_findsNothing() {
    assertThat(Nearest.to("gemini", KNOWN)).isEmpty();
    assertThat(Nearest.to("x", List.of())).isEmpty();
    assertThat(Nearest.hint("gemini", KNOWN)).isEmpty();
    assertThat(Nearest.hint("maia", KNOWN)).isEqualTo("; did you mean 'maia-200'?");
  }
}
