package maia.lab.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import maia.lab.Viz;
import maia.lab.cells.CellEngine;
import maia.lab.cells.CellException;
import maia.lab.notebook.NotebookRunner;
import maia.lab.notebook.NotebookRunner.Mode;
import maia.lab.notebook.Report;

/// `./maia run FILE` for notebooks and JShell scripts; the launcher gives `.java` files to the JDK.
final class RunFile {
  private static final String USAGE =
      "usage: ./maia run FILE.java|FILE.jsh|FILE.ipynb [--check|--write]";

  private RunFile() {}

  static int run(List<String> arguments) throws Exception {
    if (arguments.isEmpty()) {
      throw new UsageException("run needs a file; " + USAGE);
    }
    Path file = Path.of(arguments.getFirst());
    List<String> options = arguments.subList(1, arguments.size());
    if (!Files.isRegularFile(file)) {
      throw new UsageException("run: no such file '%s'".formatted(file));
    }
    String name = file.getFileName().toString();
    if (name.endsWith(".ipynb")) {
      return notebook(file, mode(options));
    }
    if (!name.endsWith(".jsh")) {
      throw new UsageException(
          "run: '%s' is no .java, .jsh or .ipynb file; %s".formatted(file, USAGE));
    }
    if (!options.isEmpty()) {
      throw new UsageException(
          "run: a .jsh file takes no options, got '%s'".formatted(options.getFirst()));
    }
    return script(Files.readString(file));
  }

  private static Mode mode(List<String> options) {
    return switch (String.join(" ", options)) {
      case "" -> Mode.SHOW;
      case "--check" -> Mode.CHECK;
      case "--write" -> Mode.WRITE;
      case String other ->
          throw new UsageException("run: unknown option '%s'; %s".formatted(other, USAGE));
    };
  }

  private static int notebook(Path file, Mode mode) {
    Report report = NotebookRunner.run(file, mode, System.out::println);
    System.out.println(report);
    return report.isOk() ? 0 : 1;
  }

  private static int script(String source) {
    // commands of the JShell tool such as /exit are no Java
    String java =
        source
            .lines()
            .map(line -> line.startsWith("/exit") ? "" : line)
            .collect(Collectors.joining("\n"));
    try (CellEngine engine = CellEngine.ready()) {
      Object value = engine.run(java);
      if (value != null) {
        Viz.show(value);
      }
      return 0;
    } catch (CellException failure) {
      failure.lines().forEach(System.err::println);
      return 1;
    }
  }
}
