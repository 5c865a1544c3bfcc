package maia.numerics;

import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Loops that one kind of work needs, in plain Java and on the Vector API with the same results,
/// and the decision when the vector loops take over: once there has been enough of that work, they
/// are compiled, in the order in which that happened, by one daemon thread for all.
///
/// @param <T> the loops
final class Warming<T> {
  private static final Executor THREAD =
      new ThreadPoolExecutor(
          0,
          1,
          1,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          task -> Thread.ofPlatform().daemon().name("maia-warm-up").unstarted(task));

  /// How often loops are tried before the plain ones stay for good.
  private static final int TRIES = 10;

  /// Nanoseconds before loops are tried again.
  private static final long PAUSE = 100_000_000;

  private final T plain;
  private final long demand;
  private final AtomicLong work = new AtomicLong();
  private final Supplier<Optional<T>> vectors;
  private final Predicate<T> exercise;
  private final CountDownLatch done = new CountDownLatch(1);
  private boolean isStarted;
  private volatile @Nullable T ready;

  /// @param demand elements of work after which vectors are worth compiling
  /// @param vectors the vector loops, where the module is there
  /// @param exercise runs loops; whether they are compiled
  Warming(T plain, long demand, Supplier<Optional<T>> vectors, Predicate<T> exercise) {
    this.plain = plain;
    this.demand = demand;
    this.vectors = vectors;
    this.exercise = exercise;
  }

  /// The vector loops when ready, else the plain ones; `count` elements count towards starting.
  T current(long count) {
    T loops = ready;
    if (loops != null) {
      return loops;
    }
    if (work.get() < demand && work.addAndGet(count) >= demand) {
      start();
    }
    return plain;
  }

  /// Returns once the vector loops have taken over, if they ever will.
  void await() throws InterruptedException {
    start();
    done.await();
  }

  private synchronized void start() {
    if (!isStarted) {
      isStarted = true;
      THREAD.execute(() -> run(TRIES));
    }
  }

  /// Other loops have their turn before those that are not compiled yet are tried again.
  private void run(int tries) {
    Optional<T> loops = vectors.get();
    boolean isCompiled = loops.filter(exercise).isPresent();
    if (loops.isPresent() && !isCompiled && tries > 1) {
      LockSupport.parkNanos(PAUSE);
      THREAD.execute(() -> run(tries - 1));
      return;
    }
    ready = isCompiled ? loops.get() : null;
    done.countDown();
  }
}
