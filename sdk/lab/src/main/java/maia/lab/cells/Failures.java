package maia.lab.cells;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.Diag;
import jdk.jshell.EvalException;
import jdk.jshell.JShell;
import jdk.jshell.JShellException;
import jdk.jshell.Snippet;
import jdk.jshell.UnresolvedReferenceException;

/// Turns what JShell reports into what the author of a cell can use: lines counted from the top of
/// the cell, the source of those lines, and causes.
final class Failures {
  private static final int MAX_CAUSES = 6;
  private static final List<String> MACHINERY =
      List.of(
          CellControl.class.getName(),
          CellThread.class.getName(),
          "jdk.internal.reflect.",
          "java.lang.reflect.");

  private final JShell shell;
  private final CellThread cells;
  private final Map<String, Integer> lineInCell = new HashMap<>();

  Failures(JShell shell, CellThread cells) {
    this.shell = shell;
    this.cells = cells;
  }

  /// Remembers that a snippet starts after `line` lines of its cell.
  void startsAt(Snippet snippet, int line) {
    lineInCell.put(snippet.id(), line);
  }

  CellException interrupted() {
    List<String> lines =
        cells.isLeftBehind()
            ? List.of(
                "The cell was interrupted, but the code it called does not react and runs on in the background.",
                "Restart the kernel to stop it.")
            : List.of("The cell was interrupted.");
    return new CellException("Interrupted", "the cell was interrupted", lines);
  }

  CellException rejected(Snippet snippet) {
    List<String> lines = new ArrayList<>();
    List<Diag> errors = shell.diagnostics(snippet).filter(Diag::isError).toList();
    errors.forEach(error -> lines.addAll(explain(snippet.source(), error)));
    String first =
        errors.isEmpty()
            ? "does not compile"
            : firstLine(errors.getFirst().getMessage(Locale.ROOT));
    return new CellException("CompilationError", first, lines);
  }

  CellException of(JShellException failure) {
    if (failure instanceof UnresolvedReferenceException unresolved) {
      String missing = missing(unresolved.getSnippet());
      return new CellException(
          "UnresolvedReference",
          "not declared yet: " + missing,
          List.of("This code needs a declaration that does not exist yet: " + missing));
    }
    List<String> lines = new ArrayList<>();
    Throwable current = failure;
    for (int depth = 0; current instanceof EvalException link && depth < MAX_CAUSES; depth++) {
      lines.addAll(describe(link, depth));
      current = link.getCause();
    }
    Throwable real = cells.thrown();
    String name =
        real == null ? failure.getClass().getSimpleName() : real.getClass().getSimpleName();
    return new CellException(name, String.valueOf(failure.getMessage()), lines);
  }

  /// Says on standard error which declarations cannot be used yet.
  void noteOpen(List<DeclarationSnippet> open) {
    for (DeclarationSnippet declaration : open) {
      if (shell.status(declaration) == Snippet.Status.RECOVERABLE_NOT_DEFINED) {
        System.err.printf(
            "note: \"%s\" is not usable until this is declared: %s%n",
            firstLine(declaration.source()), missing(declaration));
      }
    }
  }

  private static List<String> explain(String source, Diag error) {
    int from = clamp(error.getStartPosition(), 0, source.length());
    int to = clamp(error.getEndPosition(), from, source.length());
    int lineStart = source.lastIndexOf('\n', Math.max(0, from - 1)) + 1;
    int lineEnd = source.indexOf('\n', from);
    String line = source.substring(lineStart, lineEnd < 0 ? source.length() : lineEnd);
    int carets = Math.max(1, Math.min(to, lineStart + line.length()) - from);
    List<String> lines = new ArrayList<>();
    lines.add(line);
    lines.add(" ".repeat(Math.max(0, from - lineStart)) + "^".repeat(carets));
    error
        .getMessage(Locale.ROOT)
        .lines()
        .filter(text -> !text.strip().startsWith("location:"))
        .forEach(lines::add);
    return lines;
  }

  private List<String> describe(EvalException link, int depth) {
    List<String> lines = new ArrayList<>();
    String message = link.getMessage() == null ? "" : ": " + link.getMessage();
    lines.add((depth == 0 ? "" : "Caused by: ") + link.getExceptionClassName() + message);
    for (StackTraceElement frame : link.getStackTrace()) {
      if (MACHINERY.stream().noneMatch(frame.getClassName()::startsWith)) {
        lines.add("    at " + place(frame));
      }
    }
    return lines;
  }

  private String place(StackTraceElement frame) {
    String file = frame.getFileName();
    if (file != null && file.startsWith("#")) { // `#7` is snippet 7
      String id = file.substring(1);
      String method = frame.getMethodName().isEmpty() ? "cell" : frame.getMethodName();
      String line = sourceLine(id, frame.getLineNumber());
      int number = frame.getLineNumber() + lineInCell.getOrDefault(id, 0);
      return method + ", line " + number + (line.isEmpty() ? "" : ":  " + line);
    }
    if (frame.getModuleName() != null) { // line numbers inside the JDK differ between builds
      return frame.getClassName() + "." + frame.getMethodName();
    }
    return frame.toString();
  }

  private String sourceLine(String id, int line) {
    return shell
        .snippets()
        .filter(snippet -> snippet.id().equals(id))
        .flatMap(snippet -> snippet.source().lines().skip(Math.max(0, line - 1)).limit(1))
        .findFirst()
        .orElse("")
        .strip();
  }

  private String missing(DeclarationSnippet declaration) {
    return shell.unresolvedDependencies(declaration).collect(Collectors.joining(", "));
  }

  private static String firstLine(String text) {
    return text.strip().lines().findFirst().orElse("").strip();
  }

  private static int clamp(long value, int low, int high) {
    return (int) Math.max(low, Math.min(high, value));
  }
}
