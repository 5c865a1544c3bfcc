package maia.kernel.interp;

import java.util.Arrays;

/// Writes the elements of a view one after another into a plain slot of the same shape and kind.
final class Spread implements Node {
  private final Slot from;
  private final Slot to;
  private final int outer;
  private final int length;
  private final int step;
  private final int[] index;

  Spread(Slot from, Slot to) {
    this.from = from;
    this.to = to;
    int rank = from.rank();
    length = rank == 0 ? 1 : from.shape[rank - 1];
    step = rank == 0 ? 1 : from.strides[rank - 1];
    outer = Math.max(0, rank - 1);
    index = new int[outer];
  }

  @Override
  public void run() {
    Arrays.fill(index, 0);
    int at = from.offset;
    int count = to.count();
    for (int done = 0; done < count; done += length) {
      if (from.isFloat()) {
        row(from.floats, at, to.floats, done);
      } else {
        row(from.longs, at, to.longs, done);
      }
      at = next(at);
    }
  }

  /// The storage index of the row after the one at `at`.
  private int next(int at) {
    int moved = at;
    for (int d = outer - 1; d >= 0; d--) {
      moved += from.strides[d];
      if (++index[d] < from.shape[d]) {
        return moved;
      }
      moved -= from.strides[d] * from.shape[d];
      index[d] = 0;
    }
    return moved;
  }

  private void row(float[] x, int at, float[] out, int done) {
    if (step == 1) {
      System.arraycopy(x, at, out, done, length);
    } else if (step == 0) {
      Arrays.fill(out, done, done + length, x[at]);
    } else {
      for (int i = 0, j = at; i < length; i++, j += step) {
        out[done + i] = x[j];
      }
    }
  }

  private void row(long[] x, int at, long[] out, int done) {
    if (step == 1) {
      System.arraycopy(x, at, out, done, length);
    } else if (step == 0) {
      Arrays.fill(out, done, done + length, x[at]);
    } else {
      for (int i = 0, j = at; i < length; i++, j += step) {
        out[done + i] = x[j];
      }
    }
  }
}
