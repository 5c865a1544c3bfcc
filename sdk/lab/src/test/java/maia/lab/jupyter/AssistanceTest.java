package maia.lab.jupyter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AssistanceTest {
  @Test
  void plain_documentationComment_losesItsTags() {
    assertThat(
            Assistance.plain(
                "Values in [0, 1) of <code>seed</code>, see {@link #check}.<p>A {@code List<String>}"
                    + " &lt; 2\n @param x the value"))
        .isEqualTo(
            """
            Values in [0, 1) of seed, see #check.
            A List<String> < 2
             @param x the value\
            """);
  }
}
