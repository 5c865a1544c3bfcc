package maia.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import maia.lab.cells.CellEngine;
import maia.lab.notebook.NotebookRunner;
import maia.lab.notebook.NotebookRunner.Mode;
import maia.testkit.Golden;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Examples, notebooks and README still run and print what they show.
class ShowcaseTest {
  private static final Pattern JAVA_BLOCK = Pattern.compile("(?ms)^```java\\n(.*?)^```");

  /// An expected file that starts so belongs to an example that is too long for every build; it is
  /// run with `-Dexamples.long=true` only.
  private static final String LONG = "# long";

  @TestFactory
  Stream<DynamicTest> examples_printWhatIsExpected() throws IOException {
    return Checkout.files("examples", ".java").stream()
        .map(file ->
            DynamicTest.dynamicTest(file.getFileName().toString(), () -> checkExample(file)));
  }

  @TestFactory
  Stream<DynamicTest> notebooks_giveTheirStoredOutputs() throws IOException {
    return Checkout.files("notebooks", ".ipynb").stream()
        .map(file ->
            DynamicTest.dynamicTest(
                file.getFileName().toString(),
                () ->
                    assertThat(NotebookRunner.run(file, Mode.CHECK, text -> {}).problems())
                        .isEmpty()));
  }

  @Test
  void readme_javaBlocksRunInAShell() throws IOException {
    Path readme = Checkout.ROOT.resolve("README.md");
    try (CellEngine shell = CellEngine.ready()) {
      Matcher blocks = JAVA_BLOCK.matcher(Files.readString(readme));
      while (blocks.find()) {
        shell.run(blocks.group(1));
      }
    }
  }

  private static void checkExample(Path file) throws Exception {
    String name = file.getFileName().toString().replace(".java", "");
    Path expected = Checkout.ROOT.resolve("examples/expected/" + name + ".txt");
    boolean isLong = Files.exists(expected) && Files.readString(expected).startsWith(LONG);
    if (isLong && !Boolean.getBoolean("examples.long")) {
      return;
    }
    String printed = run(file);
    Golden.check(expected, isLong ? LONG + "\n" + printed : printed);
  }

  private static String run(Path file) throws IOException, InterruptedException {
    Path output = Files.createTempFile("example", ".txt");
    try {
      Process process =
          new ProcessBuilder(command(file))
              .directory(Checkout.ROOT.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      boolean ended = process.waitFor(10, TimeUnit.MINUTES);
      String printed =
          Files.readString(output).replaceAll("(?m)^WARNING: Using incubator modules.*\\R", "");
      assertThat(ended && process.exitValue() == 0)
          .as("%s must exit with 0, it printed:%n%s", file, printed)
          .isTrue();
      return printed;
    } finally {
      Files.delete(output);
    }
  }

  private static List<String> command(Path file) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
      command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    }
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Djava.awt.headless=true"));
    command.addAll(
        List.of(
            "-Dstdout.encoding=" + StandardCharsets.UTF_8,
            "-cp",
            path.replace(File.pathSeparator + File.pathSeparator, File.pathSeparator)));
    command.add(file.toString());
    return command;
  }
}
