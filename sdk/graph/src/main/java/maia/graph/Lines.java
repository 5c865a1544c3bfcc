package maia.graph;

import java.util.List;

/// Finds the line that asked for an operation.
final class Lines {
  /// Rooms that work on the user's behalf.
  private static final List<String> OWN =
      List.of("maia.tensor.", "maia.graph.", "maia.quant.", "maia.runtime.", "java.", "jdk.");

  private Lines() {}

  /// Such as `Net.java:31`; empty where no file is known, as in plain JShell.
  static String user() {
    return StackWalker.getInstance()
        .walk(frames -> frames.filter(f -> !isOwn(f.getClassName())).findFirst().map(Lines::of))
        .orElse("");
  }

  private static boolean isOwn(String name) {
    return OWN.stream().anyMatch(name::startsWith)
        && !name.endsWith("Test")
        && !name.contains("Test$");
  }

  private static String of(StackWalker.StackFrame frame) {
    boolean known = frame.getFileName() != null && frame.getLineNumber() > 0;
    return known && !frame.getClassName().startsWith("REPL.")
        ? frame.getFileName() + ":" + frame.getLineNumber()
        : "";
  }
}
