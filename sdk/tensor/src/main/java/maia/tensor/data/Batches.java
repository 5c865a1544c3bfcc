package maia.tensor.data;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import maia.base.Progress;
import maia.base.Stop;

/// Walks over the batches of an epoch. As many as there are workers load at a time, each in a
/// thread of its own that ends with its batch; they are handed out in order.
final class Batches implements Iterator<Batch> {
  private final Epoch epoch;
  private final Progress progress;
  private final int workers;
  private final Deque<Load> ahead = new ArrayDeque<>();
  private int started;
  private int done;
  private boolean cancelled;

  /// A batch that a thread loads.
  private record Load(FutureTask<Batch> task, Thread thread) {}

  Batches(Epoch epoch, Progress progress, int workers) {
    this.epoch = epoch;
    this.progress = progress;
    this.workers = workers;
  }

  @Override
  public boolean hasNext() {
    return !cancelled && done < epoch.size();
  }

  @Override
  public Batch next() {
    if (cancelled) {
      throw new CancellationException(epoch.what() + " was closed");
    }
    if (!hasNext()) {
      throw new NoSuchElementException(epoch.what() + " has " + epoch.size() + " batches");
    }
    try {
      Stop.poll(epoch.what());
      Batch batch = workers == 0 ? epoch.load(done) : take();
      progress.report(epoch.what(), ++done, epoch.size());
      return batch;
    } catch (RuntimeException | Error e) {
      cancel();
      throw e;
    }
  }

  private Batch take() {
    fill();
    Load first = ahead.remove();
    try {
      Batch batch = first.task().get();
      fill();
      return batch;
    } catch (InterruptedException e) {
      stop(first);
      throw new CancellationException(epoch.what() + " was interrupted");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw thrown(cause == null ? e : cause);
    }
  }

  /// What the worker threw: of samples with the trace of the loop, its cause with the worker's.
  private RuntimeException thrown(Throwable cause) {
    if (cause instanceof SampleException failed) {
      return failed.here();
    }
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException own
        ? own
        : new IllegalStateException(epoch.what() + ": a batch could not be loaded", cause);
  }

  private void fill() {
    while (ahead.size() < workers && started < epoch.size()) {
      int index = started++;
      FutureTask<Batch> task = new FutureTask<>(() -> epoch.load(index));
      Thread thread = Thread.ofPlatform().daemon().name("batch " + index).start(task);
      ahead.add(new Load(task, thread));
    }
  }

  /// Interrupts the workers; nothing they load is handed out any more.
  void cancel() {
    cancelled = true;
    ahead.forEach(Batches::stop);
    ahead.clear();
  }

  private static void stop(Load load) {
    load.task().cancel(true);
    load.thread().interrupt();
  }
}
