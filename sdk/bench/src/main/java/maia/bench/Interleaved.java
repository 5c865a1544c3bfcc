package maia.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;

/// Times contenders in turn, round by round, so that all of them see the same moods of the machine,
/// and keeps the median of each. Each turn begins with a call that is not timed: a large case takes
/// one call a turn, and what the contender before it left in the caches is no part of that. With
/// one thread the clock is the CPU time of that thread, which does not count what other processes
/// take; with more it is the wall clock.
final class Interleaved {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final long STRETCH_NANOS = 25_000_000;

  /// Of CPU time, because on a busy machine the JIT waits as we do.
  private static final long WARM_NANOS = Long.getLong("warm", 3_000) * 1_000_000;

  /// Measurements of each contender.
  static final int ROUNDS = Integer.getInteger("rounds", 7);

  private final boolean oneThread;
  private final int rounds;
  private final long warmNanos;

  Interleaved(boolean oneThread, int rounds) {
    this(oneThread, rounds, WARM_NANOS);
  }

  Interleaved(boolean oneThread, int rounds, long warmNanos) {
    this.oneThread = oneThread;
    this.rounds = rounds;
    this.warmNanos = warmNanos;
  }

  /// By the wall clock.
  static Interleaved wall() {
    return new Interleaved(false, ROUNDS);
  }

  /// The medians of one case.
  ///
  /// @param nanos of one call, by contender
  /// @param allocated bytes per call that the first contender takes from the Java heap
  record Times(double[] nanos, double allocated) {}

  Times run(List<Contender> contenders) {
    int count = contenders.size();
    int[] calls = new int[count];
    for (int c = 0; c < count; c++) {
      calls[c] = warm(contenders.get(c).call());
    }
    double[][] nanos = new double[count][rounds];
    for (int r = 0; r < rounds; r++) {
      for (int c = 0; c < count; c++) {
        contenders.get(c).call().run();
        nanos[c][r] = stretch(contenders.get(c).call(), calls[c]);
      }
    }
    double[] medians = new double[count];
    for (int c = 0; c < count; c++) {
      Arrays.sort(nanos[c]);
      medians[c] = nanos[c][rounds / 2];
    }
    return new Times(medians, allocated(contenders.getFirst().call(), calls[0]));
  }

  /// Runs until compiled; returns how many calls make a stretch.
  private int warm(Runnable call) {
    long start = THREADS.getCurrentThreadCpuTime();
    long calls = 0;
    while (THREADS.getCurrentThreadCpuTime() - start < warmNanos || calls < 3) {
      call.run();
      calls++;
    }
    double one = stretch(call, 1);
    for (int i = 0; i < 2; i++) {
      one = Math.min(one, stretch(call, 1));
    }
    return (int) Math.max(1, STRETCH_NANOS / Math.max(one, 1));
  }

  private double stretch(Runnable call, int calls) {
    long start = now();
    for (int i = 0; i < calls; i++) {
      call.run();
    }
    return (now() - start) / (double) calls;
  }

  private double allocated(Runnable call, int calls) {
    long start = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < calls; i++) {
      call.run();
    }
    return (THREADS.getCurrentThreadAllocatedBytes() - start) / (double) calls;
  }

  private long now() {
    return oneThread ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
  }
}
