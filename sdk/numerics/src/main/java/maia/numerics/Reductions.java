package maia.numerics;

import java.util.Arrays;

/// Reductions of many rows or columns of an array at once, on all processors, in the order of
/// [Reduce].
public final class Reductions {
  private static final int WIDTH = 256;

  /// Which reduction.
  public enum Kind {
    /// [Reduce#sum].
    SUM,
    /// [Reduce#max].
    MAX,
    /// [Reduce#min].
    MIN
  }

  private Reductions() {}

  /// Reduces each run of `count` elements of `x`, in row order, to one of the results.
  public static float[] reduce(Kind kind, Array x, int count) {
    float[] out = new float[Math.toIntExact(count == 0 ? 0 : x.elements() / count)];
    Reader reader = new Reader(x);
    if (MemoryReductions.reduce(kind, x, reader, count, out)) {
      return out;
    }
    long[] strides = reader.strides();
    boolean columns =
        kind == Kind.SUM
            && strides.length == 2
            && strides[0] == 1
            && reader.shape()[1] == count
            && strides[1] > 1;
    if (columns) {
      columns(reader, count, strides[1], out);
    } else {
      Parallel.ranges(
          "reduce",
          out.length,
          Math.max(1, Elementwise.PART / count),
          (from, to) -> {
            for (int r = (int) from; r < to; r++) {
              out[r] = row(kind, reader, (long) r * count, count);
            }
          });
    }
    return out;
  }

  /// One result, from element number `from` on.
  static float row(Kind kind, Reader reader, long from, int count) {
    float[] x = Scratch.floats(Scratch.Slot.FIRST, Elementwise.STRETCH);
    float[] lanes = Scratch.floats(Scratch.Slot.LANES, Reduce.LANES);
    Arrays.fill(lanes, 0, Reduce.LANES, 0);
    Kernels kernels = Kernels.current(Kernels.Kind.SUM, count);
    float best = Float.NaN;
    for (int done = 0; done < count; done += Elementwise.STRETCH) {
      int size = Math.min(Elementwise.STRETCH, count - done);
      reader.read(from + done, size, x, 0);
      switch (kind) {
        case SUM -> add(kernels, x, size, lanes);
        case MAX -> best = Reduce.larger(best, Reduce.max(x, 0, size, 1));
        case MIN -> best = Reduce.smaller(best, Reduce.min(x, 0, size, 1));
      }
    }
    return kind == Kind.SUM ? Reduce.tree(lanes) : best;
  }

  private static void add(Kernels kernels, float[] x, int count, float[] lanes) {
    int whole = count - count % Reduce.LANES;
    kernels.addToLanes(x, 0, whole, lanes);
    for (int i = whole; i < count; i++) {
      lanes[i % Reduce.LANES] += x[i];
    }
  }

  /// Sums of columns that lie side by side: 16 rows of running sums, so that memory is read row by
  /// row.
  private static void columns(Reader reader, int count, long step, float[] out) {
    Parallel.ranges(
        "reduce",
        out.length,
        WIDTH,
        (from, to) -> {
          int width = (int) (to - from);
          float[] lanes = Scratch.floats(Scratch.Slot.LANES, Reduce.LANES * WIDTH);
          float[] row = Scratch.floats(Scratch.Slot.FIRST, WIDTH);
          Arrays.fill(lanes, 0, Reduce.LANES * WIDTH, 0);
          for (int i = 0; i < count; i++) {
            reader.dense(reader.offset() + from + i * step, width, row, 0);
            addRow(row, width, lanes, i % Reduce.LANES * WIDTH);
          }
          for (int lane = Reduce.LANES / 2; lane > 0; lane /= 2) {
            for (int i = 0; i < lane; i++) {
              addWithin(lanes, i * WIDTH, (i + lane) * WIDTH, width);
            }
          }
          System.arraycopy(lanes, 0, out, (int) from, width);
        });
  }

  private static void addRow(float[] row, int width, float[] lanes, int at) {
    for (int j = 0; j < width; j++) {
      lanes[at + j] += row[j];
    }
  }

  private static void addWithin(float[] lanes, int to, int from, int width) {
    for (int j = 0; j < width; j++) {
      lanes[to + j] += lanes[from + j];
    }
  }
}
