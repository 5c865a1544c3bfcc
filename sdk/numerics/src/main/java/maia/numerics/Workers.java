package maia.numerics;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import maia.base.Stop;
import org.jspecify.annotations.Nullable;

/// Runs the parts of one job on a few daemon threads and the calling thread.
///
/// One job has the helpers at a time; whoever comes meanwhile, or from inside a part, works alone.
/// Waking a thread costs as much as a small product, so helpers look out for the next job for a
/// while before they sleep.
final class Workers {
  private static final int HELPERS =
      Integer.getInteger("maia.threads", Runtime.getRuntime().availableProcessors()) - 1;
  private static final long LOOKOUT_NANOS = 200_000;
  private static final long NAP_NANOS = 50_000;
  private static final int SPINS = 64;

  private static final AtomicReference<@Nullable Job> OPEN = new AtomicReference<>();

  private Workers() {}

  /// Threads that may work on one job.
  static int threads() {
    return HELPERS + 1;
  }

  /// Runs parts 0 to `parts - 1`, each once, and returns when all are done. An interrupt of the
  /// caller, or a failure of a part, ends the job after the parts that have begun.
  static void run(int parts, String what, IntConsumer part) {
    Stop.poll(what);
    Job job = new Job(parts, part);
    boolean helped = HELPERS > 0 && parts > 1 && OPEN.compareAndSet(null, job);
    if (helped) {
      Pool.wake(parts - 1);
    }
    try {
      for (int i = job.next.getAndIncrement(); i < parts; i = job.next.getAndIncrement()) {
        Stop.poll(what);
        part.accept(i);
      }
    } finally {
      job.next.set(parts);
      if (helped) {
        OPEN.set(null);
        job.awaitHelpers();
      }
    }
    job.rethrow();
  }

  /// Which parts are taken and how many helpers are inside.
  private static final class Job {
    private final int parts;
    private final IntConsumer part;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger helpers = new AtomicInteger();
    private volatile @Nullable Throwable failure;

    Job(int parts, IntConsumer part) {
      this.parts = parts;
      this.part = part;
    }

    void help() {
      helpers.incrementAndGet();
      try {
        for (int i = next.getAndIncrement(); i < parts; i = next.getAndIncrement()) {
          part.accept(i);
        }
      } catch (RuntimeException | Error problem) {
        failure = problem;
        next.set(parts);
      } finally {
        helpers.decrementAndGet();
      }
    }

    /// No part begins after this; waits for those that have begun.
    void awaitHelpers() {
      boolean interrupted = false;
      for (int spins = 0; helpers.get() > 0; spins++) {
        if (spins < 50 * SPINS) {
          Thread.onSpinWait();
        } else {
          LockSupport.parkNanos(NAP_NANOS);
          interrupted |= Thread.interrupted();
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    void rethrow() {
      switch (failure) {
        case null -> {}
        case RuntimeException problem -> throw problem;
        case Error problem -> throw problem;
        default -> throw new IllegalStateException("bug in Workers: " + failure, failure);
      }
    }
  }

  /// Made on first use.
  private static final class Pool {
    private static final Helper[] ALL = start();

    private static Helper[] start() {
      Helper[] all = new Helper[HELPERS];
      for (int i = 0; i < HELPERS; i++) {
        all[i] = new Helper();
        all[i].thread = Thread.ofPlatform().daemon().name("maia-worker-" + i).start(all[i]);
      }
      return all;
    }

    static void wake(int count) {
      for (int i = 0; i < Math.min(count, ALL.length); i++) {
        if (ALL[i].asleep) {
          LockSupport.unpark(ALL[i].thread);
        }
      }
    }
  }

  /// One thread that looks out for jobs.
  private static final class Helper implements Runnable {
    private volatile boolean asleep;
    private volatile @Nullable Thread thread;

    @Override
    public void run() {
      long idleSince = System.nanoTime();
      while (true) {
        Job job = OPEN.get();
        if (job != null && job.next.get() < job.parts) {
          job.help();
          idleSince = System.nanoTime();
        } else if (System.nanoTime() - idleSince < LOOKOUT_NANOS) {
          for (int i = 0; i < SPINS && OPEN.get() == null; i++) {
            Thread.onSpinWait();
          }
        } else {
          sleep();
          idleSince = System.nanoTime();
        }
      }
    }

    private void sleep() {
      asleep = true;
      if (OPEN.get() == null) {
        LockSupport.park(this);
      }
      asleep = false;
    }
  }
}
