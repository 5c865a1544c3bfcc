package maia.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import maia.lab.cells.CellEngine;
import org.junit.jupiter.api.Test;

class ShellTest {
  @Test
  void lineToTry_afterTheStartup_showsTimeAndBound() {
    try (CellEngine shell = CellEngine.bare()) {
      shell.run(Shell.script().replaceAll("(?m)^System\\.out\\..*$", ""));
      assertThat(shell.run(Shell.lineToTry()))
          .asString()
          .matches(Pattern.compile("vector_add: .* us, .*bound by .*", Pattern.DOTALL));
    }
  }

  @Test
  void script_greetsWithTheLineToTry() {
    assertThat(Shell.script()).contains("System.out.println(\"  " + Shell.lineToTry() + "\");");
  }
}
