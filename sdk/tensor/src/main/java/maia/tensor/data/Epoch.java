package maia.tensor.data;

import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import maia.base.Progress;
import maia.base.Stop;

/// The batches of one epoch, to be looped over. With workers, closing it stops those that still
/// load; a loop that runs to its end or fails needs no closing.
public final class Epoch implements Iterable<Batch>, AutoCloseable {
  private final DataLoader loader;
  private final Dataset data;
  private final long[] order;
  private final int batches;
  private final String what;
  private final Progress progress;
  private final List<Batches> open = new ArrayList<>();

  Epoch(DataLoader loader, Dataset data, long[] order, int batches, int number, Progress progress) {
    this.loader = loader;
    this.data = data;
    this.order = order;
    this.batches = batches;
    this.what = "epoch " + number;
    this.progress = progress;
  }

  @Override
  public Iterator<Batch> iterator() {
    Batches iterator = new Batches(this, progress, loader.workers());
    open.add(iterator);
    return iterator;
  }

  /// How many batches there are.
  public int size() {
    return batches;
  }

  String what() {
    return what;
  }

  /// Loads batch number `index`; a failure names the sample that it came from.
  Batch load(int index) {
    int from = index * loader.batchSize();
    long[] samples =
        Arrays.copyOfRange(order, from, Math.min(order.length, from + loader.batchSize()));
    try {
      return data.batch(samples);
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      if (isInterrupt(e)) {
        throw new CancellationException(what + " was interrupted");
      }
      throw failure("%s, batch %d".formatted(what, index), samples, e);
    }
  }

  /// Whether waiting or reading was interrupted inside the data set.
  private static boolean isInterrupt(Throwable thrown) {
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      if (at instanceof InterruptedException
          || at instanceof InterruptedIOException
          || at instanceof ClosedByInterruptException) {
        return true;
      }
    }
    return false;
  }

  /// Loads the samples of a batch that failed one by one, until one fails.
  private SampleException failure(String where, long[] samples, RuntimeException together) {
    for (long sample : samples) {
      Stop.poll(what);
      try {
        data.batch(sample);
      } catch (CancellationException e) {
        throw e;
      } catch (RuntimeException alone) {
        return new SampleException(
            "%s: sample %d cannot be loaded: %s; mend it, or leave it out with subset(...)"
                .formatted(where, sample, alone),
            alone,
            sample);
      }
    }
    return new SampleException(
        "%s: samples %s can be loaded one by one, but not together: %s; give them one shape and type"
            .formatted(where, Arrays.toString(samples), together),
        together,
        samples);
  }

  @Override
  public void close() {
    open.forEach(Batches::cancel);
    open.clear();
  }
}
