package maia.numerics;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/// Runs vector loops on a few numbers until C2 has compiled them, which the time of a call shows:
/// in the interpreter and in code of C1 a vector is an object, and a call takes fifty times as
/// long. C2 is asked after some 600 calls, and has compiled a loop after 1,000 to 5,000.
final class Exercise {
  /// A call of one loop or a few that takes C2's code less than half a microsecond, and other code
  /// more than five, at [#STEPS].
  @FunctionalInterface
  interface Loop {
    /// Works through `steps` steps; a step may be several elements.
    void run(int steps);
  }

  /// Steps per call, enough that C2 does not take a loop for a short one, which keeps its range
  /// checks.
  static final int STEPS = 32;

  /// The same for as long as the interpreter runs a loop, and how many calls that is.
  private static final int FIRST_STEPS = 16;

  private static final int FIRST_CALLS = 150;

  /// Nanoseconds of a call that only C2's code keeps below.
  private static final long FAST = 2_000;

  /// Fast calls in a row that settle it.
  private static final int IN_A_ROW = 4;

  /// Nanoseconds after which other loops have their turn.
  private static final long LONGEST = 1_000_000_000;

  static {
    loadClasses();
  }

  private Exercise() {}

  /// Loads what code compiled before would take to be the only class of its kind: loaded later, it
  /// has the JVM throw away every loop on memory.
  private static void loadClasses() {
    try (Arena confined = Arena.ofConfined();
        Arena shared = Arena.ofShared()) {
      MemorySegment heap = MemorySegment.ofArray(new byte[1]);
      for (MemorySegment x : List.of(heap, confined.allocate(1), shared.allocate(1))) {
        x.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
      }
    }
  }

  /// Returns whether all are compiled: C2 may be busy, or missing, or have made objects of the
  /// vectors of a loop because it did not inline a helper that it had compiled before.
  static boolean compile(List<Loop> loops) {
    for (Loop loop : loops) {
      if (!compile(loop)) {
        return false;
      }
    }
    return true;
  }

  private static boolean compile(Loop loop) {
    for (int i = 0; i < FIRST_CALLS; i++) {
      loop.run(FIRST_STEPS);
    }
    long begin = System.nanoTime();
    int fast = 0;
    for (long start = begin; fast < IN_A_ROW && start - begin < LONGEST; ) {
      loop.run(STEPS);
      long end = System.nanoTime();
      fast = end - start < FAST ? fast + 1 : 0;
      start = end;
    }
    return fast == IN_A_ROW;
  }
}
