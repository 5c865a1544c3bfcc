package maia.numerics;

import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;
import maia.base.Stop;
import org.jspecify.annotations.Nullable;

/// Runs the parts of one job on a few daemon threads and the calling thread.
final class Workers {
  private static final int HELPERS =
      Integer.getInteger("maia.threads", Runtime.getRuntime().availableProcessors()) - 1;

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
    for (int i = 0; i < Math.min(HELPERS, parts - 1); i++) {
      Pool.THREADS.execute(job::help);
    }
    try {
      for (int i = job.claim(); i >= 0; i = job.claim()) {
        try {
          Stop.poll(what);
          part.accept(i);
        } finally {
          job.finished();
        }
      }
    } finally {
      job.stop();
    }
    job.rethrow();
  }

  /// Made on first use.
  private static final class Pool {
    private static final Executor THREADS =
        Executors.newFixedThreadPool(
            HELPERS, Thread.ofPlatform().daemon().name("maia-worker-", 0).factory());
  }

  /// Which parts are taken and how many are running.
  private static final class Job {
    private final int parts;
    private final IntConsumer part;
    private int next;
    private int running;
    private @Nullable Throwable failure;

    Job(int parts, IntConsumer part) {
      this.parts = parts;
      this.part = part;
    }

    /// The next part, or -1.
    synchronized int claim() {
      if (next >= parts) {
        return -1;
      }
      running++;
      return next++;
    }

    synchronized void finished() {
      running--;
      notifyAll();
    }

    void help() {
      for (int i = claim(); i >= 0; i = claim()) {
        try {
          part.accept(i);
        } catch (RuntimeException | Error problem) {
          fail(problem);
        } finally {
          finished();
        }
      }
    }

    private synchronized void fail(Throwable problem) {
      failure = problem;
      next = parts;
    }

    /// No part begins after this; waits for those that have begun.
    synchronized void stop() {
      next = parts;
      boolean interrupted = false;
      while (running > 0) {
        try {
          wait();
        } catch (InterruptedException later) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    synchronized void rethrow() {
      switch (failure) {
        case null -> {}
        case RuntimeException problem -> throw problem;
        case Error problem -> throw problem;
        default -> throw new IllegalStateException("bug in Workers: " + failure, failure);
      }
    }
  }
}
