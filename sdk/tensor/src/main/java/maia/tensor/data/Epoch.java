package maia.tensor.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import maia.base.Progress;

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

  /// Loads batch number `index`.
  Batch load(int index) {
    int from = index * loader.batchSize();
    return data.batch(
        Arrays.copyOfRange(order, from, Math.min(order.length, from + loader.batchSize())));
  }

  @Override
  public void close() {
    open.forEach(Batches::cancel);
    open.clear();
  }
}
