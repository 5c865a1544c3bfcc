package maia.sim;

/// In which of the legal orders the things of a run happen. Only the order that queues and
/// semaphores ask for is kept in all of them, so a program whose results differ between schedules
/// lacks an ordering. Times are those of the machine under [#EAGER] only.
public sealed interface Schedule {
  /// The timing of the machine: everything is done as soon as it can be.
  record Eager() implements Schedule {
    @Override
    public String toString() {
      return "eager";
    }
  }

  /// Copies arrive as late as they may: only when nothing else can move.
  record Latest() implements Schedule {
    @Override
    public String toString() {
      return "latest";
    }
  }

  /// A random legal order: of the programs, of the starts of tiles, of everything that is not
  /// ordered.
  ///
  /// @param seed which order
  record Seeded(long seed) implements Schedule {
    @Override
    public String toString() {
      return "seed " + seed;
    }
  }

  /// The machine's own timing.
  Schedule EAGER = new Eager();

  /// Late copies.
  Schedule LATEST = new Latest();

  /// The random order of `seed`.
  static Schedule seeded(long seed) {
    return new Seeded(seed);
  }
}
