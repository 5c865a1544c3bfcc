package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;

/// [Reductions] of fp32 that lies in memory as rows of neighbours: read once, in place.
final class MemoryReductions {
  /// Logical lanes of the rows that are summed at once.
  static final int LANES = 4 * Reduce.LANES;

  /// Columns whose running sums the second cache holds.
  private static final int WIDTH = 1024;

  private static final int FOUR = 4;

  private final MemoryLoops loops;
  private final Reader reader;
  private final MemorySegment memory;
  private final long start;
  private final int count;
  private final float[] out;

  private MemoryReductions(MemoryLoops loops, Array x, Reader reader, int count, float[] out) {
    this.loops = loops;
    this.reader = reader;
    this.memory = x.segment();
    this.start = 4 * reader.offset();
    this.count = count;
    this.out = out;
  }

  /// Writes the results and returns true, where these loops suit.
  static boolean reduce(Reductions.Kind kind, Array x, Reader reader, int count, float[] out) {
    if (!Elementwise.isDirect(x) || count < MemoryLoops.GROUP || out.length == 0) {
      return false;
    }
    long[] shape = reader.shape();
    long[] strides = reader.strides();
    boolean dense = reader.isDense();
    boolean matrix = strides.length == 2 && shape[1] == count;
    boolean columns = matrix && kind == Reductions.Kind.SUM && strides[0] == 1 && strides[1] > 1;
    if (!dense && !columns && !(matrix && strides[1] == 1)) {
      return false;
    }
    Optional<MemoryLoops> loops = MemoryLoops.current(kind(kind, columns && !dense), x.elements());
    if (loops.isEmpty()) {
      return false;
    }
    MemoryReductions work = new MemoryReductions(loops.get(), x, reader, count, out);
    if (columns && !dense) {
      work.columns(4 * strides[1]);
    } else {
      work.rows(kind, 4 * (dense ? count : strides[0]));
    }
    return true;
  }

  private static MemoryLoops.Kind kind(Reductions.Kind kind, boolean columns) {
    if (columns) {
      return MemoryLoops.Kind.COLUMNS;
    }
    return kind == Reductions.Kind.SUM ? MemoryLoops.Kind.SUMS : MemoryLoops.Kind.EXTREMES;
  }

  private void rows(Reductions.Kind kind, long step) {
    Parallel.ranges(
        "reduce",
        out.length,
        Math.max(loops.rowsAtOnce(), Elementwise.PART / count),
        (from, to) -> {
          for (int r = (int) from; r < to; r += loops.rowsAtOnce()) {
            int size = (int) Math.min(loops.rowsAtOnce(), to - r);
            long next = size == loops.rowsAtOnce() ? step : 0;
            for (int i = r; i < (next == 0 ? r + size : r + 1); i++) {
              int results = next == 0 ? 1 : size;
              if (kind == Reductions.Kind.SUM) {
                sums(start + i * step, next, i, results);
              } else {
                extremes(kind, start + i * step, next, i, results);
              }
            }
          }
        });
  }

  /// Results `r` to `r + results` from rows that begin at byte `at` and every `step` bytes.
  private void sums(long at, long step, int r, int results) {
    float[] lanes = Scratch.floats(Scratch.Slot.LANES, LANES);
    Arrays.fill(lanes, 0, LANES, 0);
    int whole = count - count % MemoryLoops.GROUP;
    loops.sums(memory, at, step, whole, lanes);
    for (int k = 0; k < results; k++) {
      for (int i = whole; i < count; i++) {
        lanes[k * Reduce.LANES + i % Reduce.LANES] +=
            memory.get(Packed.FLOAT, at + k * step + 4L * i);
      }
      out[r + k] = Reduce.tree(lanes, k * Reduce.LANES);
    }
  }

  private void extremes(Reductions.Kind kind, long at, long step, int r, int results) {
    boolean largest = kind == Reductions.Kind.MAX;
    float[] ends = Scratch.floats(Scratch.Slot.FACTORS, LANES);
    int whole = count - count % MemoryLoops.GROUP;
    loops.extremes(largest, memory, at, step, whole, ends);
    for (int k = 0; k < results; k++) {
      float best = ends[k];
      for (int i = whole; i < count; i++) {
        float x = memory.get(Packed.FLOAT, at + k * step + 4L * i);
        best = largest ? Reduce.larger(best, x) : Reduce.smaller(best, x);
      }
      boolean isOpen = best == 0 || Float.isInfinite(best);
      out[r + k] = isOpen ? Reductions.row(kind, reader, (long) (r + k) * count, count) : best;
    }
  }

  /// Sums of columns that lie side by side; rows are `step` bytes apart. Row i goes to running sum
  /// i % 16, so rows i, i + 16, i + 32 and i + 48 are added in one pass.
  private void columns(long step) {
    Parallel.ranges(
        "reduce",
        out.length,
        WIDTH,
        (from, to) -> {
          int width = (int) (to - from);
          float[] lanes = Scratch.floats(Scratch.Slot.LANES, Reduce.LANES * WIDTH);
          Arrays.fill(lanes, 0, Reduce.LANES * width, 0);
          long at = start + 4 * from;
          int fours = count - count % (FOUR * Reduce.LANES);
          for (int i = 0; i < fours; i++) {
            int lane = i % (FOUR * Reduce.LANES);
            if (lane < Reduce.LANES) {
              addFour(at + i * step, Reduce.LANES * step, width, lanes, lane * width);
            }
          }
          for (int i = fours; i < count; i++) {
            addOne(at + i * step, width, lanes, i % Reduce.LANES * width);
          }
          for (int lane = Reduce.LANES / 2; lane > 0; lane /= 2) {
            addWithin(lanes, lane * width);
          }
          System.arraycopy(lanes, 0, out, (int) from, width);
        });
  }

  private void addFour(long at, long step, int width, float[] lanes, int lane) {
    int whole = width - width % MemoryLoops.GROUP;
    loops.addFour(memory, at, step, whole, lanes, lane);
    for (int j = whole; j < width; j++) {
      for (int k = 0; k < FOUR; k++) {
        lanes[lane + j] += memory.get(Packed.FLOAT, at + k * step + 4L * j);
      }
    }
  }

  private void addOne(long at, int width, float[] lanes, int lane) {
    int whole = width - width % MemoryLoops.GROUP;
    loops.addOne(memory, at, whole, lanes, lane);
    for (int j = whole; j < width; j++) {
      lanes[lane + j] += memory.get(Packed.FLOAT, at + 4L * j);
    }
  }

  /// The first `count` sums plus the next `count`: one level of the tree for all columns.
  private static void addWithin(float[] lanes, int count) {
    for (int j = 0; j < count; j++) {
      lanes[j] += lanes[count + j];
    }
  }
}
