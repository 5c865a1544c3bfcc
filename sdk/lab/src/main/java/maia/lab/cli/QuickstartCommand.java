package maia.lab.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import maia.lab.Quickstart;

/// `./maia quickstart [--out FOLDER]`.
final class QuickstartCommand {
  private static final String USAGE = "usage: ./maia quickstart [--out FOLDER]";

  private QuickstartCommand() {}

  static int run(List<String> arguments) {
    Path folder = folder(arguments);
    create(folder); // before the work, not after it
    Quickstart.Result result =
        Quickstart.run(
            (what, done, total) -> System.err.printf("[%d/%d] %s%n", done + 1, total, what));
    System.out.println(result);
    List<Path> files = Quickstart.write(result, folder);
    System.out.println("chart: " + files.get(0));
    System.out.println("trace: " + files.get(1) + " (open in ui.perfetto.dev or chrome://tracing)");
    return 0;
  }

  private static void create(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException failure) {
      throw cannotWrite(folder);
    }
    if (!Files.isWritable(folder)) {
      throw cannotWrite(folder);
    }
  }

  private static UsageException cannotWrite(Path folder) {
    return new UsageException(
        "quickstart cannot write into the folder '%s'; choose another with --out FOLDER"
            .formatted(folder));
  }

  private static Path folder(List<String> arguments) {
    if (arguments.isEmpty()) {
      return Path.of("out");
    }
    if (arguments.size() == 2 && arguments.getFirst().equals("--out")) {
      return Path.of(arguments.get(1));
    }
    if (arguments.equals(List.of("--out"))) {
      throw new UsageException("--out needs a folder; " + USAGE);
    }
    throw new UsageException(
        "quickstart does not take '%s'; %s".formatted(String.join(" ", arguments), USAGE));
  }
}
