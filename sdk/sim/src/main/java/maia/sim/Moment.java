package maia.sim;

import maia.base.Origin;

/// Something that happened in a run.
///
/// @param kind what kind of thing
/// @param cycle when, in cycles of the tile clock
/// @param where the queue and its tile, empty at the end of the run
/// @param what the instruction, the semaphore with its value, or what changed
/// @param line the user's line
public record Moment(Kind kind, long cycle, String where, String what, Origin line) {
  /// Kinds of moments.
  public enum Kind {
    /// An engine began an instruction.
    BEGIN,
    /// An instruction is done, its values are in place.
    DONE,
    /// A signal arrived at a semaphore.
    SIGNAL,
    /// A queue took what it waited for.
    TAKE,
    /// Something that is watched changed.
    CHANGE,
    /// A rule was broken; the run cannot go on.
    MISTAKE,
    /// The run is over.
    END,
  }

  /// One line of text.
  @Override
  public String toString() {
    String verb =
        switch (kind) {
          case BEGIN -> "begins ";
          case DONE -> "is done with ";
          case SIGNAL -> "signalled ";
          case TAKE -> "took ";
          case CHANGE -> "changed ";
          case MISTAKE, END -> "";
        };
    String who = where.isEmpty() ? "" : where + " ";
    String at = line.isKnown() ? " at " + line : "";
    return "cycle %d: %s%s%s%s".formatted(cycle, who, verb, what, at);
  }
}
