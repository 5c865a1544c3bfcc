package maia.numerics;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A family of loops that exist in plain Java and on the Vector API with the same results, and the
/// decision when the vector loops take over: once there has been enough work, a daemon thread runs
/// them on a few numbers until they are compiled.
///
/// @param <T> the loops
final class Warming<T> {
  private final T plain;
  private final long demand;
  private final Supplier<Optional<T>> vectors;
  private final Thread thread;
  private final AtomicLong work = new AtomicLong();
  private volatile @Nullable T ready;

  /// @param demand elements of work after which vectors are worth compiling
  /// @param vectors the vector loops, where the module is there
  /// @param exercise runs loops until they are compiled
  Warming(String name, T plain, long demand, Supplier<Optional<T>> vectors, Consumer<T> exercise) {
    this.plain = plain;
    this.demand = demand;
    this.vectors = vectors;
    this.thread = Thread.ofPlatform().daemon().name(name).unstarted(() -> run(exercise));
  }

  private void run(Consumer<T> exercise) {
    vectors
        .get()
        .ifPresent(loops -> {
          exercise.accept(loops);
          ready = loops;
        });
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
    thread.join();
  }

  private synchronized void start() {
    if (thread.getState() == Thread.State.NEW) {
      thread.start();
    }
  }
}
