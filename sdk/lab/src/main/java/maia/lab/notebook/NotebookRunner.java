package maia.lab.notebook;

import com.google.gson.JsonArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import maia.lab.Host;
import maia.lab.Viz;
import maia.lab.cells.CellEngine;
import maia.lab.cells.CellException;
import org.jspecify.annotations.Nullable;

/// Runs notebooks cell by cell. While it runs, standard output and [Viz] of this JVM belong to it.
public final class NotebookRunner {
  /// What to do with the outputs.
  public enum Mode {
    /// Show them.
    SHOW,
    /// Compare them with the stored ones.
    CHECK,
    /// Store them in the file, if every cell did what the file says.
    WRITE,
  }

  private static final Pattern ADDRESS = Pattern.compile("\\w@[0-9a-f]{5,8}\\b");

  private final Mode mode;
  private final Consumer<String> console;
  private final List<String> problems = new ArrayList<>();
  private final Outputs outputs = new Outputs();
  private final String name;

  private NotebookRunner(String name, Mode mode, Consumer<String> console) {
    this.name = name;
    this.mode = mode;
    this.console = console;
  }

  /// Runs the notebook; `console` receives the outputs as text when they are to be shown.
  public static Report run(Path file, Mode mode, Consumer<String> console) {
    Notebook notebook = Notebook.read(file);
    Host before = Viz.host();
    NotebookRunner runner = new NotebookRunner(String.valueOf(file.getFileName()), mode, console);
    Viz.use(runner.outputs);
    try {
      Report report = runner.run(notebook);
      if (mode == Mode.WRITE && report.isOk()) {
        notebook.write(file);
      }
      return report;
    } finally {
      Viz.use(before);
    }
  }

  private Report run(Notebook notebook) {
    int count = 0;
    int ran = 0;
    try (CellEngine engine = CellEngine.ready()) {
      for (Notebook.Cell cell : notebook.codeCells()) {
        count++;
        if (cell.hasTag("skip-execution") || cell.source().isBlank()) {
          continue;
        }
        ran++;
        if (!run(engine, cell, count)) {
          break;
        }
      }
    }
    return new Report(name, notebook.codeCells().size(), ran, problems);
  }

  /// Runs one cell; returns whether later cells make sense.
  private boolean run(CellEngine engine, Notebook.Cell cell, int count) {
    JsonArray fresh = outputs.startCell();
    CellException failure = execute(engine, cell.source(), count);
    if (mode == Mode.SHOW) {
      String text = Outputs.plain(fresh).strip();
      console.accept(text.isEmpty() ? "[" + count + "]" : "[" + count + "] " + text);
    }
    boolean mustFail = cell.hasTag("raises-exception");
    if (failure != null && !mustFail) {
      String lines = String.join("\n    ", failure.lines());
      problem(count, failure.name() + ": " + failure.getMessage() + "\n    " + lines);
      return false;
    }
    if (failure == null && mustFail) {
      problem(count, "is tagged raises-exception but did not fail");
    }
    if (!cell.hasTag("varies")) {
      inspect(cell, fresh, count);
    }
    cell.store(fresh, count);
    return true;
  }

  private @Nullable CellException execute(CellEngine engine, String source, int count) {
    CellException failure = null;
    try (StreamCapture _ = new StreamCapture(outputs)) {
      Object value = engine.run(source);
      System.out.flush();
      if (value != null) {
        outputs.result(Viz.mime(value), count);
      }
    } catch (CellException e) {
      failure = e;
    }
    if (failure != null) {
      outputs.error(failure);
    }
    return failure;
  }

  private void inspect(Notebook.Cell cell, JsonArray fresh, int count) {
    String now = Outputs.plain(fresh);
    if (ADDRESS.matcher(now).find()) {
      problem(
          count,
          "the output shows an object address, which changes with every run; give the value a"
              + " toString or end the line with a semicolon: "
              + now.strip());
    }
    String stored = Outputs.plain(cell.outputs());
    if (mode == Mode.CHECK && !stored.equals(now)) {
      problem(
          count,
          "output differs; run with --write if the new one is right\n  stored: %s\n  now:    %s"
              .formatted(stored.strip(), now.strip()));
    }
  }

  private void problem(int count, String text) {
    problems.add("%s cell %d: %s".formatted(name, count, text));
  }
}
