package maia.lab.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import maia.lab.Viz;
import maia.lab.cells.CellEngine;
import maia.lab.cells.CellException;
import maia.lab.notebook.NotebookRunner;
import maia.lab.notebook.NotebookRunner.Mode;
import maia.lab.notebook.Report;

/// `./maia run FILE` for notebooks and JShell scripts. The launcher gives `.java` files to the JDK;
/// only with a manifest to write they come here, and run in a JVM of their own.
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
    if (name.endsWith(".java")) {
      return program(arguments);
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

  /// Runs a program as the launcher does, and prints what it prints.
  private static int program(List<String> words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(words);
    Process program =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .redirectInput(ProcessBuilder.Redirect.INHERIT)
            .start();
    program.getInputStream().transferTo(System.out);
    return program.waitFor();
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
