package maia.lab.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import maia.lab.TableData;
import maia.lab.manifest.Manifest;

/// `./maia rerun FILE`: runs what a manifest describes again, into a folder of its own that is
/// removed afterwards, and compares. Exit code 0 when every output has the same digest.
final class RerunCommand {
  private static final int SHOWN_DIGITS = 12;

  private RerunCommand() {}

  static int run(List<String> arguments) throws Exception {
    if (arguments.size() != 1) {
      throw new UsageException("rerun needs the manifest of a run: ./maia rerun FILE");
    }
    Manifest then;
    try {
      then = Manifest.read(Path.of(arguments.getFirst()));
    } catch (IllegalArgumentException refused) {
      throw new UsageException(String.valueOf(refused.getMessage()));
    }
    checkRunnable(then);
    System.err.println(
        "running: ./maia " + then.command() + " " + String.join(" ", then.arguments()));
    Manifest now = again(then);
    System.out.println(changes(then, now));
    boolean isSame = then.outputs().equals(now.outputs());
    System.out.println(isSame ? "the outputs are identical" : "the outputs differ");
    return isSame ? 0 : 1;
  }

  private static void checkRunnable(Manifest then) {
    if (!Recorder.COMMANDS.contains(then.command())) {
      throw new UsageException(
          "rerun: '%s' cannot be run again from its manifest, only %s; run the code that made it"
              .formatted(then.command(), String.join(", ", Recorder.COMMANDS)));
    }
    for (String input : then.inputs().keySet()) {
      if (!Files.exists(Path.of(input))) {
        throw new UsageException(
            "rerun: the input '%s' is not there; run it from the folder where the manifest was made"
                .formatted(input));
      }
    }
  }

  /// The manifest of a second run.
  static Manifest again(Manifest then) throws Exception {
    Command command = Commands.named(then.command()).orElseThrow();
    Path folder = Files.createTempDirectory("rerun");
    try {
      Recorder.Outcome outcome =
          Recorder.watch(
              then.command(),
              command.action(),
              Recorder.into(folder, then.command(), then.arguments()),
              false);
      if (outcome.code() != 0) {
        throw new UsageException(
            "rerun: the command failed this time, with exit code " + outcome.code());
      }
      return Manifest.of(
          then.command(),
          then.arguments(),
          Recorder.inputs(then.arguments()),
          then.seeds(),
          outcome.outputs());
    } finally {
      remove(folder);
    }
  }

  /// One row for each output, and for everything else that is not as it was.
  static TableData changes(Manifest then, Manifest now) {
    TableData table = TableData.of("", "of", "what", "then", "now", "same");
    table = rows(table, "output", then.outputs(), now.outputs(), true);
    table = rows(table, "input", then.inputs(), now.inputs(), false);
    table = rows(table, "chip", then.chips(), now.chips(), false);
    table = rows(table, "version", then.versions(), now.versions(), false);
    return rows(table, "machine", then.environment(), now.environment(), false);
  }

  private static TableData rows(
      TableData table,
      String kind,
      Map<String, String> then,
      Map<String, String> now,
      boolean isAlwaysShown) {
    Set<String> names = new LinkedHashSet<>(then.keySet());
    names.addAll(now.keySet());
    TableData more = table;
    for (String name : names) {
      String before = then.getOrDefault(name, "-");
      String after = now.getOrDefault(name, "-");
      boolean isSame = before.equals(after);
      if (isAlwaysShown || !isSame) {
        more = more.row(kind, name, shown(before), shown(after), isSame ? "yes" : "no");
      }
    }
    return more;
  }

  private static String shown(String value) {
    return value.matches("[0-9a-f]{64}") ? value.substring(0, SHOWN_DIGITS) : value;
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
