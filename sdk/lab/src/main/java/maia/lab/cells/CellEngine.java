package maia.lab.cells;

import java.io.File;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import org.jspecify.annotations.Nullable;

/// Runs cells of Java code one after the other in this JVM; later cells see what earlier ones
/// declared. Inside a cell, classes may refer to later ones.
///
/// A trailing semicolon keeps a value off the page. [#interrupt] may be called from any thread, all
/// other methods from one at a time.
public final class CellEngine implements AutoCloseable {
  private final CellThread cells = new CellThread();
  private final JShell shell;
  private final Failures failures;

  private CellEngine() {
    shell =
        JShell.builder()
            .executionEngine(CellControl.provider(cells), Map.of())
            .out(new PrintStream(System.out, true))
            .err(System.err)
            .compilerOptions(compilerOptions().toArray(String[]::new))
            .build();
    failures = new Failures(shell, cells);
  }

  /// A fresh engine with nothing imported.
  public static CellEngine bare() {
    return new CellEngine();
  }

  /// A fresh engine with the imports of [Startup].
  public static CellEngine ready() {
    CellEngine engine = new CellEngine();
    engine.run(Startup.imports());
    return engine;
  }

  /// The JShell underneath: completion, documentation, class path.
  public JShell shell() {
    return shell;
  }

  /// Runs one cell; returns the value of its last expression, or null when there is none to show.
  ///
  /// @throws CellException when the cell does not compile, fails, or is interrupted
  public @Nullable Object run(String cell) {
    cells.beginCell();
    SourceCodeAnalysis analysis = shell.sourceCodeAnalysis();
    List<DeclarationSnippet> open = new ArrayList<>();
    Object last = null;
    String rest = cell;
    while (true) {
      CompletionInfo info = analysis.analyzeCompletion(rest);
      if (info.completeness() == Completeness.EMPTY) {
        break;
      }
      if (!info.completeness().isComplete()) {
        throw new CellException(
            "IncompleteCell",
            "the cell ends inside an unfinished statement",
            List.of(rest.strip()));
      }
      // JShell counts the lines of a snippet from its first character that is no white space
      String source = info.source().stripLeading();
      int at = cell.length() - rest.length() + info.source().length() - source.length();
      last = snippet(source, lineBreaks(cell, at), open);
      rest = info.remaining();
    }
    failures.noteOpen(open);
    return last;
  }

  /// Ends the running cell. Code of cells stops by itself, library code where it polls
  /// `maia.base.Stop`.
  public void interrupt() {
    cells.stop();
    shell.stop();
  }

  @Override
  public void close() {
    shell.close();
    cells.close();
  }

  private @Nullable Object snippet(String source, int lineInCell, List<DeclarationSnippet> open) {
    cells.reset();
    Object shown = null;
    for (SnippetEvent event : shell.eval(source)) {
      if (event.causeSnippet() != null) {
        continue; // an older snippet was updated
      }
      Snippet snippet = event.snippet();
      failures.startsAt(snippet, lineInCell);
      check(event);
      if (isOpen(event.status()) && snippet instanceof DeclarationSnippet declaration) {
        open.add(declaration);
      }
      shown = hasValue(snippet) && !isQuiet(source) ? cells.value() : null;
    }
    return shown instanceof PrintStream ? null : shown; // printf as the last line
  }

  private void check(SnippetEvent event) {
    if (cells.isStopped()) {
      throw failures.interrupted();
    }
    if (event.exception() != null) {
      throw failures.of(event.exception());
    }
    if (event.status() == Snippet.Status.REJECTED) {
      throw failures.rejected(event.snippet());
    }
  }

  private static boolean isOpen(Snippet.Status status) {
    return status == Snippet.Status.RECOVERABLE_DEFINED
        || status == Snippet.Status.RECOVERABLE_NOT_DEFINED;
  }

  private static boolean hasValue(Snippet snippet) {
    return switch (snippet.subKind()) {
      case VAR_VALUE_SUBKIND, OTHER_EXPRESSION_SUBKIND, TEMP_VAR_EXPRESSION_SUBKIND -> true;
      default -> false;
    };
  }

  private static boolean isQuiet(String source) {
    return source.replaceAll("(?s)(//[^\\n]*|/\\*.*?\\*/)\\s*$", "").stripTrailing().endsWith(";");
  }

  private static int lineBreaks(String cell, int end) {
    return (int) cell.substring(0, Math.max(0, end)).chars().filter(c -> c == '\n').count();
  }

  /// The class path and incubator modules of this JVM. javac would prefer the variable CLASSPATH to
  /// the class path of the JVM, and sees only default modules unless told.
  private static List<String> compilerOptions() {
    List<String> options = new ArrayList<>();
    for (Module module : ModuleLayer.boot().modules()) {
      if (module.getName().startsWith("jdk.incubator.")) {
        options.addAll(List.of("--add-modules", module.getName()));
      }
    }
    String surefire = System.getProperty("surefire.test.class.path");
    String path = System.getProperty("java.class.path");
    options.addAll(
        List.of("--class-path", surefire == null ? path : path + File.pathSeparator + surefire));
    return options;
  }
}
