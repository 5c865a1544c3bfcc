package maia.lab.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import maia.lab.notebook.NotebookRunner.Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NotebookRunnerTest {
  private static final Path STORED = Path.of("src/test/resources/notebooks/small.ipynb");

  private final List<String> console = new ArrayList<>();

  @TempDir private Path folder;

  @Test
  void check_unchangedNotebook_isOk() {
    Report report = NotebookRunner.run(STORED, Mode.CHECK, console::add);
    assertThat(report).hasToString("small.ipynb: 7 code cells, 6 run, ok");
  }

  @Test
  void write_twice_givesTheStoredBytes() throws IOException {
    Path copy = Files.copy(STORED, folder.resolve("small.ipynb"));
    NotebookRunner.run(copy, Mode.WRITE, console::add);
    assertThat(Files.readString(copy)).isEqualTo(Files.readString(STORED));
  }

  @Test
  void check_otherOutput_namesCellAndBothTexts() throws IOException {
    Path changed = folder.resolve("changed.ipynb");
    Files.writeString(changed, Files.readString(STORED).replace("\"42\"", "\"43\""));
    assertThat(NotebookRunner.run(changed, Mode.CHECK, console::add).problems())
        .containsExactly(
            """
            changed.ipynb cell 1: output differs; run with --write if the new one is right
              stored: 43
              now:    42\
            """);
  }

  @Test
  void failingCell_stopsTheNotebook() throws IOException {
    Path broken = notebook("int a = 0;\n1 / a", "a");
    assertThat(NotebookRunner.run(broken, Mode.SHOW, console::add))
        .hasToString(
            """
            n.ipynb cell 1: ArithmeticException: / by zero
                java.lang.ArithmeticException: / by zero
                    at cell, line 2:  1 / a
            n.ipynb: 2 code cells, 1 run, FAILED\
            """);
  }

  @Test
  void objectAddress_isAProblem() throws IOException {
    Report report = NotebookRunner.run(notebook("new Object() {}"), Mode.SHOW, console::add);
    assertThat(report.problems()).singleElement().asString().contains("shows an object address");
  }

  @Test
  void show_printsWhatTheCellsPutOut() throws IOException {
    NotebookRunner.run(notebook("IO.println(\"a\");", "2 + 3", ";"), Mode.SHOW, console::add);
    assertThat(console).containsExactly("[1] a", "[2] 5", "[3]");
  }

  private Path notebook(String... cells) throws IOException {
    List<String> json = new ArrayList<>();
    for (String cell : cells) {
      String source = cell.replace("\"", "\\\"").replace("\n", "\\n");
      json.add(
          "{\"cell_type\": \"code\", \"id\": \"c\", \"metadata\": {}, \"outputs\": [], \"source\": \"%s\"}"
              .formatted(source));
    }
    String text = "{\"cells\": [%s], \"metadata\": {}, \"nbformat\": 4, \"nbformat_minor\": 5}";
    return Files.writeString(folder.resolve("n.ipynb"), text.formatted(String.join(",", json)));
  }
}
