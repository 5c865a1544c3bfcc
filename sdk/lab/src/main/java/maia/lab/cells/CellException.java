package maia.lab.cells;

import java.util.List;
import maia.base.MaiaException;
import maia.base.Origin;

/// A cell that did not compile, failed or was interrupted: a short name, a message, and the lines
/// to show.
public final class CellException extends MaiaException {
  private static final long serialVersionUID = 1L;

  private final String name;
  private final transient List<String> lines;

  CellException(String name, String message, List<String> lines) {
    super(message, Origin.NONE, null);
    this.name = name;
    this.lines = List.copyOf(lines);
  }

  /// The kind of failure: the simple name of the exception class, or `CompilationError`,
  /// `IncompleteCell`, `UnresolvedReference`, `Interrupted`.
  public String name() {
    return name;
  }

  /// What to show: message, the lines of the cell involved, causes.
  public List<String> lines() {
    return lines;
  }
}
