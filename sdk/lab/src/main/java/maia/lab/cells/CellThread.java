package maia.lab.cells;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Runs the snippets of one engine, all on one long-lived thread. The execution control of the JDK
/// starts a thread per snippet, which would lose thread-bound state between cells; it also turns
/// values and exceptions into text, so both are kept here.
final class CellThread {
  private static final long GRACE_MILLISECONDS = 3000;

  private final ThreadGroup group = Thread.currentThread().getThreadGroup();
  private ExecutorService worker = newWorker();
  private volatile @Nullable Method snippet;
  private volatile @Nullable Object value;
  private volatile @Nullable Throwable thrown;
  private volatile boolean leftBehind;
  private volatile boolean stopped;

  /// Starts a cell: earlier requests to stop no longer count.
  void beginCell() {
    stopped = false;
  }

  /// Refuses to run further snippets of this cell. The snippet that runs now must be interrupted
  /// afterwards; one that is about to start sees the request, so none slips through between.
  void stop() {
    stopped = true;
  }

  /// Whether the cell was asked to stop.
  boolean isStopped() {
    return stopped;
  }

  /// Names the method that the next [#call] runs.
  void prepare(Method method) {
    snippet = method;
  }

  /// Forgets the outcome of the last snippet.
  void reset() {
    value = null;
    thrown = null;
    leftBehind = false;
  }

  /// The value of the last snippet.
  @Nullable Object value() {
    return value;
  }

  /// What the last snippet threw.
  @Nullable Throwable thrown() {
    return thrown;
  }

  /// Whether the last snippet ignored its interruption and still runs.
  boolean isLeftBehind() {
    return leftBehind;
  }

  /// Runs the prepared snippet and keeps its value or exception. An interruption of the waiting
  /// thread is passed on; code that ignores it is left behind after a grace time.
  void call() throws Throwable {
    reset();
    if (stopped) {
      throw new InterruptedException("stopped");
    }
    Method method = Objects.requireNonNull(snippet);
    CountDownLatch ended = new CountDownLatch(1);
    Future<@Nullable Object> outcome = worker.submit(() -> invoke(method, ended));
    try {
      value = outcome.get();
    } catch (ExecutionException e) {
      Throwable cause = causeOf(e.getCause() instanceof InvocationTargetException t ? t : e);
      if (!cause.getClass().getName().equals("java.lang.ThreadDeath")) {
        thrown = cause;
      }
      throw cause;
    } catch (InterruptedException stop) {
      outcome.cancel(true);
      if (!ended.await(GRACE_MILLISECONDS, TimeUnit.MILLISECONDS)) {
        leftBehind = true;
        worker.shutdown();
        worker = newWorker();
      }
      throw new InterruptedException("stopped");
    }
  }

  void close() {
    worker.shutdownNow();
  }

  private static Throwable causeOf(Throwable wrapper) {
    Throwable cause = wrapper.getCause();
    return cause == null ? wrapper : cause;
  }

  private static @Nullable Object invoke(Method method, CountDownLatch ended)
      throws ReflectiveOperationException {
    try {
      return method.invoke(null);
    } finally {
      ended.countDown();
    }
  }

  private ExecutorService newWorker() {
    return Executors.newSingleThreadExecutor(task -> {
      // not in the group that the execution control waits for
      Thread thread = new Thread(group, task, "cells");
      thread.setDaemon(true);
      return thread;
    });
  }
}
