package maia.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import maia.base.DiskCache;
import maia.lab.puzzle.Puzzle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectCommandsTest {
  private static final Path CHECKOUT = Path.of("../..").toAbsolutePath().normalize();

  @TempDir Path folder;

  @Test
  void newProject_compiles_andNamesTheSdksVersion() throws IOException {
    Path project = folder.resolve("my-study");
    NewProject.create(project, CHECKOUT);
    assertThat(Files.readString(project.resolve("pom.xml")))
        .contains("<artifactId>my-study</artifactId>")
        .contains("--add-modules jdk.incubator.vector")
        .doesNotContain("{{");
    assertThat(project.resolve("mvnw")).isExecutable();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      var sources =
          files.getJavaFileObjects(
              project.resolve("src/main/java/Main.java"),
              project.resolve("src/test/java/MainTest.java"));
      List<String> options =
          List.of(
              "-d",
              folder.toString(),
              "-cp",
              System.getProperty("java.class.path"),
              "-Xlint:all,-path",
              "-Werror");
      assertThat(compiler.getTask(null, files, null, options, null, sources).call()).isTrue();
    }
  }

  @Test
  void coursework_compiles_hasEveryPuzzleAndNoSolution() throws IOException {
    Path answers = Files.writeString(folder.resolve("Answers.java"), Coursework.answers());
    Path test = Files.writeString(folder.resolve("AnswersTest.java"), Coursework.test());
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path"));
      var sources = files.getJavaFileObjects(answers, test);
      assertThat(compiler.getTask(null, files, null, options, null, sources).call()).isTrue();
    }
    for (Puzzle puzzle : Puzzle.all()) {
      assertThat(answers).content().contains("static Kernel " + puzzle.name() + "() {");
      assertThat(test).content().contains('"' + puzzle.name() + '"');
    }
    assertThat(answers).content().contains("// your lines").doesNotContain(".store(");
  }

  @Test
  void newProject_overwritesNothing() throws IOException {
    Files.writeString(folder.resolve("mine.txt"), "mine");
    assertThatThrownBy(() -> NewProject.create(folder, CHECKOUT))
        .isInstanceOf(UsageException.class)
        .hasMessage("new: " + folder + " is there already; nothing was written");
    assertThat(Files.list(folder)).hasSize(1);
    assertThatThrownBy(() -> NewProject.create(folder.resolve("a b"), CHECKOUT))
        .hasMessage("new: 'a b' cannot name a project; use letters, digits, '.', '_' and '-'");
    assertThatThrownBy(() -> NewProject.run(List.of()))
        .hasMessage("new needs one folder that is not there yet: ./maia new DIR [--puzzles]");
  }

  @Test
  void uninstall_saysFirst_andRemovesOnlyItsOwn() throws IOException {
    Path caches = folder.resolve("cache");
    DiskCache.in(caches.resolve("kernels"), 9, 9_999).put("key", "x".repeat(3_000));
    Path mine =
        Files.writeString(Files.createDirectories(caches.resolve("mine")).resolve("a"), "b");
    Path other = Files.createDirectories(folder.resolve("jupyter/kernels/python3"));
    Path ours = Files.createDirectories(folder.resolve("jupyter/kernels/maia4j"));
    Path kernel = Files.writeString(ours.resolve("kernel.json"), "{}");
    Map<String, String> environment = Map.of("JUPYTER_DATA_DIR", folder + "/jupyter");
    assertThat(Uninstall.run(false, Optional.of(caches), environment))
        .isEqualTo(
            """
            would remove the cache %1$s/kernels: 1 files, 3 KiB
            would remove the cache %1$s/mine: 0 files, 0 KiB
            would remove the Jupyter kernel %2$s
            nothing was removed; ./maia uninstall --yes does it
            the checkout and the local Maven repository are yours to delete\
            """
                .formatted(caches, kernel));
    assertThat(Uninstall.run(true, Optional.of(caches), environment))
        .contains("removed the Jupyter kernel " + kernel);
    assertThat(caches.resolve("kernels")).doesNotExist();
    assertThat(ours).doesNotExist();
    assertThat(mine).exists();
    assertThat(other).exists();
    assertThat(Uninstall.run(false, Optional.empty(), environment))
        .startsWith("nothing of Maia4J is on this machine besides the checkout");
  }
}
