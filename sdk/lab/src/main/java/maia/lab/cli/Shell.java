package maia.lab.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import jdk.jshell.tool.JavaShellToolBuilder;
import maia.lab.cells.Sources;
import maia.lab.cells.Startup;

/// `./maia shell`: the JShell tool inside this JVM, so it sees the class path and modules the
/// launcher chose. Options and files of `jshell` pass through.
final class Shell {
  /// A line of code and what it teaches.
  ///
  /// @param what in a few words
  /// @param code one line that runs after the start-up
  record Lesson(String what, String code) {}

  private static final List<Lesson> LESSONS =
      List.of(
          new Lesson(
              "a kernel: time, energy and what bounds it",
              "var run = VectorAdd.over(4096).run(Tensor.rand(F32, 1, 4096), Tensor.rand(F32, 2, 4096), Tensor.empty(F32, 4096))"),
          new Lesson("where its time went", "run.report()"),
          new Lesson("a tensor on the host", "Tensor.rand(F32, 1, 3, 4).softmax(1)"),
          new Lesson(
              "tokens of a large model",
              "Projection.of(ModelConfig.named(\"llama-3.1-8b\")).decode(16, 4096)"),
          new Lesson("your first exercise", "Puzzle.named(\"add_ten\")"));

  private static final Logger PREFERENCES_LOG = Logger.getLogger("java.util.prefs");

  private Shell() {}

  static int run(List<String> arguments) throws Exception {
    // else the first shell of a user starts with a log line
    PREFERENCES_LOG.setLevel(Level.WARNING);
    Sources.show();
    Path startup = Files.createTempFile("maia", ".jsh");
    try {
      Files.writeString(startup, script());
      return JavaShellToolBuilder.builder().start(words(startup, arguments));
    } finally {
      Files.deleteIfExists(startup);
    }
  }

  /// What the shell runs before its first prompt.
  static String script() {
    StringBuilder script = new StringBuilder(Startup.imports());
    greeting()
        .lines()
        .map(line -> line.replace("\\", "\\\\").replace("\"", "\\\""))
        .forEach(line -> script.append("System.out.println(\"").append(line).append("\");\n"));
    return script.toString();
  }

  /// What to try first.
  static String greeting() {
    StringBuilder text = new StringBuilder();
    text.append(
        "Maia4J on Java %d: kernels and networks on a simulated Maia 200. Everything is imported.%n"
            .formatted(Runtime.version().feature()));
    text.append("Tab completes, Tab again shows documentation, /exit leaves. Lines to try:\n");
    for (Lesson lesson : LESSONS) {
      text.append("  // %s%n  %s%n".formatted(lesson.what(), lesson.code()));
    }
    text.append("JShell cuts long values: IO.println(run) prints all of one.");
    return text.toString();
  }

  /// The lines that the greeting offers, in its order.
  static List<Lesson> lessons() {
    return LESSONS;
  }

  private static String[] words(Path startup, List<String> arguments) {
    List<String> words =
        new ArrayList<>(List.of("--execution", "local", "--startup", startup.toString()));
    for (Module module : ModuleLayer.boot().modules()) {
      if (module.getName().startsWith("jdk.incubator.")) {
        words.addAll(List.of("--add-modules", module.getName(), "-C-Xlint:-incubating"));
      }
    }
    words.addAll(arguments);
    return words.toArray(String[]::new);
  }
}
