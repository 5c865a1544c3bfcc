package maia.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import maia.lab.cells.CellEngine;
import org.junit.jupiter.api.Test;

class ShellTest {
  @Test
  void lessons_afterTheStartup_allRunAndShowSomething() {
    try (CellEngine shell = CellEngine.bare()) {
      shell.run(Shell.script().replaceAll("(?m)^System\\.out\\..*$", ""));
      for (Shell.Lesson lesson : Shell.lessons()) {
        Object shown = shell.run(lesson.code());
        assertThat(shown == null).as(lesson.code()).isEqualTo(lesson.code().startsWith("var "));
      }
      assertThat(shell.run("run"))
          .asString()
          .matches(Pattern.compile("vector_add: .* us, .*bound by .*", Pattern.DOTALL));
    }
  }

  @Test
  void script_greetsWithTheLessons() {
    for (Shell.Lesson lesson : Shell.lessons()) {
      assertThat(Shell.greeting()).contains("// " + lesson.what() + "\n  " + lesson.code());
      assertThat(Shell.script()).contains("  // " + lesson.what());
    }
  }
}
