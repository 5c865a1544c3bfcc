package maia.kernel;

import java.util.List;
import maia.base.Rich;

/// A finished run of a kernel.
public interface Run {
  /// Kernel time in cycles of the tile clock, launch overhead excluded.
  long cycles();

  /// Kernel time in picoseconds, launch overhead excluded.
  long picoseconds();

  /// Energy of the chip during the kernel, in joules.
  double joules();

  /// What bounds the time, such as `hbm`.
  String bound();

  /// Every intermediate form, in order.
  List<Stage> stages();

  /// Time, energy, bound and counters as a table.
  Rich report();

  /// The first instructions of the run, in order of completion; empty when none were kept.
  default List<Activity> activities() {
    return List.of();
  }

  /// Programs of the grid, 0 when not known.
  default long programs() {
    return 0;
  }

  /// The chip at `cycle` of this run: everything that happens up to and in that cycle has happened.
  /// The run is simulated again, which gives the same run, on copies of its arrays. A launcher that
  /// keeps no program to run again refuses with [UnsupportedOperationException].
  default Rich at(long cycle) {
    throw new UnsupportedOperationException(
        "run: its launcher keeps nothing to run again, so there is no state at cycle %d; launch it on the simulated chip"
            .formatted(cycle));
  }

  /// Why the run took as long as it did: lines, what they wait for and the next thing to try, the
  /// largest share of the time first. A launcher that measures no engines refuses with
  /// [UnsupportedOperationException].
  default Rich advice() {
    throw new UnsupportedOperationException(
        "run: its launcher measures no engines, so there is nothing to advise on; launch it on the simulated chip");
  }

  /// This run beside `other`: time, bytes, energy and waiting, by engine and by line. A launcher
  /// that measures no engines refuses with [UnsupportedOperationException].
  default Rich comparedWith(Run other) {
    throw new UnsupportedOperationException(
        "run: its launcher measures no engines, so it cannot be compared with a run of %d cycles; launch both on the simulated chip"
            .formatted(other.cycles()));
  }

  /// The timeline in Perfetto's JSON form.
  String traceJson();
}
