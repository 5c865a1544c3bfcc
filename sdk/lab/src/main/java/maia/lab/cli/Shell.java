package maia.lab.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import jdk.jshell.tool.JavaShellToolBuilder;
import maia.lab.cells.Startup;

/// `./maia shell`: the JShell tool inside this JVM, so it sees the class path and modules the
/// launcher chose. Options and files of `jshell` pass through.
final class Shell {
  private static final String TRY =
      "VectorAdd.over(4096).run(Tensor.rand(F32, 1, 4096), Tensor.rand(F32, 2, 4096), Tensor.empty(F32, 4096))";

  private static final Logger PREFERENCES_LOG = Logger.getLogger("java.util.prefs");

  private Shell() {}

  static int run(List<String> arguments) throws Exception {
    // else the first shell of a user starts with a log line
    PREFERENCES_LOG.setLevel(Level.WARNING);
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
    return Startup.imports()
        + """
        System.out.println("Maia4J on Java %d. One line to try (Tab completes, /exit leaves):");
        System.out.println("  %s");
        """
            .formatted(
                Runtime.version().feature(), TRY.replace("\\", "\\\\").replace("\"", "\\\""));
  }

  /// The line that the greeting offers.
  static String lineToTry() {
    return TRY;
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
