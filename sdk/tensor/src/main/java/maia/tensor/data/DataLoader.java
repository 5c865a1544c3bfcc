package maia.tensor.data;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import maia.base.Check;
import maia.base.Progress;
import maia.base.Stop;
import maia.numerics.Philox;

/// Cuts a data set into batches; the last one may be smaller.
///
/// @param data the samples
/// @param batchSize samples per batch
/// @param seed the seed of the shuffle, empty for the order of the data set
public record DataLoader(Dataset data, int batchSize, OptionalLong seed) {
  public DataLoader {
    Check.argument(batchSize > 0, "data loader: batch size must be positive, was %d", batchSize);
  }

  /// Batches in the order of the data set.
  public static DataLoader inOrder(Dataset data, int batchSize) {
    return new DataLoader(data, batchSize, OptionalLong.empty());
  }

  /// Batches in a random order, another one each epoch, that depends only on `seed` and the epoch.
  public static DataLoader shuffled(Dataset data, int batchSize, long seed) {
    return new DataLoader(data, batchSize, OptionalLong.of(seed));
  }

  /// Batches per epoch.
  public int batches() {
    return Math.ceilDiv(data.size(), batchSize);
  }

  /// The batches of an epoch.
  public Iterable<Batch> epoch(int epoch) {
    return epoch(epoch, Progress.SILENT);
  }

  /// The batches of an epoch; each one that is taken is reported, and the loop can be stopped.
  public Iterable<Batch> epoch(int epoch, Progress progress) {
    long[] order = order(epoch);
    return () -> new Batches(order, "epoch " + epoch, progress);
  }

  private long[] order(int epoch) {
    long[] order = new long[data.size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    if (seed.isPresent()) {
      for (int i = order.length - 1; i > 0; i--) {
        long bits =
            Integer.toUnsignedLong(Philox.next(seed.getAsLong(), ((long) epoch << 32) + i, 0));
        int other = (int) (bits * (i + 1) >>> 32);
        long swap = order[i];
        order[i] = order[other];
        order[other] = swap;
      }
    }
    return order;
  }

  private final class Batches implements Iterator<Batch> {
    private final long[] order;
    private final String what;
    private final Progress progress;
    private int done;

    Batches(long[] order, String what, Progress progress) {
      this.order = order;
      this.what = what;
      this.progress = progress;
    }

    @Override
    public boolean hasNext() {
      return done < batches();
    }

    @Override
    public Batch next() {
      if (!hasNext()) {
        throw new NoSuchElementException(what + " has " + batches() + " batches");
      }
      Stop.poll(what);
      int from = done * batchSize;
      int count = Math.min(batchSize, order.length - from);
      long[] indices = new long[count];
      System.arraycopy(order, from, indices, 0, count);
      progress.report(what, ++done, batches());
      return data.batch(indices);
    }
  }
}
