package maia.tensor.data;

import maia.base.Check;
import maia.base.Progress;

/// Cuts a data set into batches.
///
/// Batches and their order depend on nothing but the data set, the sampler and the epoch, whatever
/// the number of workers.
///
/// @param data the samples
/// @param sampler the order of the samples
/// @param batchSize samples per batch
/// @param last what happens to a last batch that is not full
/// @param workers threads that load batches ahead of the loop; 0 loads them in the loop
public record DataLoader(Dataset data, Sampler sampler, int batchSize, Last last, int workers) {
  public DataLoader {
    Check.argument(batchSize > 0, "data loader: batch size must be positive, was %d", batchSize);
    Check.argument(
        workers >= 0 && workers <= MAX_WORKERS,
        "data loader: workers must be from 0 to %d, were %d",
        MAX_WORKERS,
        workers);
  }

  private static final int MAX_WORKERS = 1024;

  /// What happens to a last batch that is not full.
  public enum Last {
    /// It comes as it is.
    KEEP,
    /// It does not come.
    DROP,
  }

  /// Batches in the order of the data set.
  public static DataLoader inOrder(Dataset data, int batchSize) {
    return new DataLoader(data, Sampler.inOrder(data.size()), batchSize, Last.KEEP, 0);
  }

  /// Batches in a random order, another one each epoch, that depends only on `seed` and the epoch.
  public static DataLoader shuffled(Dataset data, int batchSize, long seed) {
    return new DataLoader(data, Sampler.shuffled(data.size(), seed), batchSize, Last.KEEP, 0);
  }

  /// The same, with `count` threads that load ahead.
  public DataLoader withWorkers(int count) {
    return new DataLoader(data, sampler, batchSize, last, count);
  }

  /// The same in another order.
  public DataLoader withSampler(Sampler other) {
    return new DataLoader(data, other, batchSize, last, workers);
  }

  /// The same without a last batch that is not full.
  public DataLoader dropLast() {
    return new DataLoader(data, sampler, batchSize, Last.DROP, workers);
  }

  /// Batches of the first epoch.
  public int batches() {
    return batches(sampler.order(0).length);
  }

  private int batches(int samples) {
    return last == Last.KEEP ? Math.ceilDiv(samples, batchSize) : samples / batchSize;
  }

  /// The batches of an epoch.
  public Epoch epoch(int epoch) {
    return epoch(epoch, Progress.SILENT);
  }

  /// The batches of an epoch; each one that is taken is reported as `done` of `total` batches of
  /// `epoch n`. An interrupt of the loop's thread ends it with a
  /// [java.util.concurrent.CancellationException], while it waits for workers too; a sample that
  /// cannot be loaded ends it with a [SampleException] in the turn of its batch.
  public Epoch epoch(int epoch, Progress progress) {
    long[] order = sampler.order(epoch);
    return new Epoch(this, data.inEpoch(epoch), order, batches(order.length), epoch, progress);
  }
}
