package maia.base;

import java.util.Set;

/// The place in the user's code that created an operation.
///
/// @param program the kernel or tile program, or empty
/// @param line the line counted from the definition of the program (its first line is 1), or 0 when
///   unknown
/// @param source the file and its line such as `Gemm.java:31`, or a notebook cell and its line such
///   as `cell 3:7`; empty when neither is known (in plain JShell)
public record Origin(String program, int line, String source) {
  /// No known place.
  public static final Origin NONE = new Origin("", 0, "");

  public Origin {
    Check.argument(line >= 0, "origin line must not be negative, was %d", line);
  }

  /// A frame of the user's code: the class, the file as the compiler recorded it, and the line in
  /// it.
  public record Frame(String className, String file, int line) {
    /// The file and line, or an empty string for a JShell snippet, whose raw lines mean nothing to
    /// its author.
    public String source() {
      return className.startsWith("REPL.") || file.isEmpty() ? "" : file + ":" + line;
    }
  }

  /// The innermost frame on the calling thread whose class does not belong to `own`, the classes
  /// (named by their nest hosts) that record operations on the user's behalf.
  public static Frame caller(Set<Class<?>> own) {
    return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
        .walk(frames ->
            frames
                .filter(f -> !own.contains(f.getDeclaringClass().getNestHost()))
                .filter(f -> f.getDeclaringClass() != Origin.class)
                .filter(f -> f.getLineNumber() > 0)
                .filter(f -> !f.getClassName().startsWith("java."))
                .findFirst()
                .map(f ->
                    new Frame(
                        f.getClassName(),
                        f.getFileName() == null ? "" : f.getFileName(),
                        f.getLineNumber()))
                .orElse(new Frame("", "", 0)));
  }

  /// The origin of a frame in `program`, whose definition starts at `definition`: lines are
  /// relative to it when both lie in the same class file, else the frame's own line is kept.
  public static Origin of(String program, Frame definition, Frame at) {
    boolean sameFile = definition.file().equals(at.file());
    boolean inside = sameFile && definition.line() > 0 && at.line() >= definition.line();
    return new Origin(program, inside ? at.line() - definition.line() + 1 : at.line(), at.source());
  }

  /// Whether the place is known.
  public boolean isKnown() {
    return line > 0;
  }

  /// `program:line`, followed by the source in parentheses when it is known.
  @Override
  public String toString() {
    if (!isKnown()) {
      return "unknown line";
    }
    return program + ":" + line + (source.isEmpty() ? "" : " (" + source + ")");
  }
}
