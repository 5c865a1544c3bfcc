package maia.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final ByteArrayOutputStream complaints = new ByteArrayOutputStream();

  @TempDir private Path folder;

  @BeforeEach
  void capture() {
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(complaints, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restore() {
    System.setOut(out);
    System.setErr(err);
  }

  @Test
  void commands_areThoseOfTheHelp() throws IOException {
    Set<String> inHelp = new TreeSet<>();
    try (InputStream help = Main.class.getResourceAsStream("help.txt")) {
      new String(help.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.matches("  [a-z].*"))
          .forEach(line -> inHelp.add(line.strip().split(" ")[0]));
    }
    Set<String> here =
        Commands.ALL.stream().map(Command::name).collect(Collectors.toCollection(TreeSet::new));
    here.addAll(Set.of("build", "help")); // done by the launcher script
    assertThat(inHelp).isEqualTo(here);
  }

  @Test
  void unknownCommand_isOneLineAndExitCode2() {
    assertThat(Main.run(List.of("fly"))).isEqualTo(2);
    assertThat(complaints())
        .isEqualTo("maia: unknown command 'fly'; ./maia --help lists the commands\n");
  }

  @Test
  void quickstart_whereItCannotWrite_isOneLineBeforeTheWork() throws IOException {
    Path file = Files.writeString(folder.resolve("out"), "in the way");
    assertThat(Main.run(List.of("quickstart", "--out", file.toString()))).isEqualTo(2);
    assertThat(complaints())
        .isEqualTo(
            "maia: quickstart cannot write into the folder '%s'; choose another with --out FOLDER\n"
                .formatted(file));
  }

  @Test
  void quickstart_outWithoutAFolder_saysSo() {
    assertThat(Main.run(List.of("quickstart", "--out"))).isEqualTo(2);
    assertThat(complaints()).startsWith("maia: --out needs a folder; ");
  }

  @Test
  void run_missingFile_isOneLineAndExitCode2() {
    assertThat(Main.run(List.of("run", "no.jsh"))).isEqualTo(2);
    assertThat(complaints()).isEqualTo("maia: run: no such file 'no.jsh'\n");
  }

  @Test
  void run_notebookWithAnUnknownOption_isExitCode2() throws IOException {
    Path notebook = Files.writeString(folder.resolve("n.ipynb"), "{}");
    assertThat(Main.run(List.of("run", notebook.toString(), "--fast"))).isEqualTo(2);
  }

  @Test
  void run_script_printsAndShowsTheLastValue() throws IOException {
    Path script =
        Files.writeString(folder.resolve("s.jsh"), "IO.println(\"hello\");\n20 + 1\n/exit\n");
    assertThat(Main.run(List.of("run", script.toString()))).isEqualTo(0);
    assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualTo("hello\n21\n");
  }

  @Test
  void run_failingScript_isExitCode1WithItsLine() throws IOException {
    Path script = Files.writeString(folder.resolve("s.jsh"), "int a = 0;\n1 / a\n");
    assertThat(Main.run(List.of("run", script.toString()))).isEqualTo(1);
    assertThat(complaints())
        .isEqualTo("java.lang.ArithmeticException: / by zero\n    at cell, line 2:  1 / a\n");
  }

  @Test
  void doctor_namesWhatItLookedFor() {
    assertThat(Main.run(List.of("doctor"))).isEqualTo(0);
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .contains("JDK", "vector module", "cores", "memory", "Jupyter", "caches");
  }

  private String complaints() {
    return complaints.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }
}
