package maia.tensor;

import java.util.List;
import maia.base.Origin;

/// Finds the user's line for an error message.
final class Caller {
  /// Rooms that call tensors on the user's behalf.
  private static final List<String> OWN =
      List.of("maia.tensor.", "maia.graph.", "maia.quant.", "maia.runtime.");

  private Caller() {}

  /// The innermost frame outside this room; unknown in plain JShell, whose raw lines mean nothing.
  static Origin origin() {
    return StackWalker.getInstance()
        .walk(frames ->
            frames.filter(Caller::isUser).findFirst().map(Caller::of).orElse(Origin.NONE));
  }

  /// The name of the method by which the user's code came into this room, such as `item`.
  static String method() {
    return StackWalker.getInstance()
        .walk(frames ->
            frames
                .takeWhile(frame -> !isUser(frame))
                .map(StackWalker.StackFrame::getMethodName)
                .filter(name -> !name.contains("$"))
                .reduce("values", (_, outer) -> outer));
  }

  private static boolean isUser(StackWalker.StackFrame frame) {
    return !isOwn(frame.getClassName());
  }

  /// Whether a class works on the user's behalf: ours, or the JDK's between ours.
  static boolean isOwn(String className) {
    if (className.startsWith("java.") || className.startsWith("jdk.")) {
      return true;
    }
    for (String room : OWN) { // runs for every recorded operation
      if (className.startsWith(room)) {
        return !className.endsWith("Test") && !className.contains("Test$");
      }
    }
    return false;
  }

  private static Origin of(StackWalker.StackFrame frame) {
    boolean known = frame.getLineNumber() > 0 && frame.getFileName() != null;
    if (!known || frame.getClassName().startsWith("REPL.")) {
      return Origin.NONE;
    }
    return new Origin(frame.getFileName(), frame.getLineNumber(), "");
  }
}
