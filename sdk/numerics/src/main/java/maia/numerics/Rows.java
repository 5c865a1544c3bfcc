package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;

/// Functions of whole rows of an array, on all processors: [RowMath] for any layout and type, and
/// the same operations in the same order without copies where rows lie densely in memory.
public final class Rows {
  /// Elements of a row up to which its exponentials wait in memory of the thread.
  private static final int LONG = (int) (Scratch.KEPT / Float.BYTES) - (1 << 20);

  private Rows() {}

  /// [RowMath#softmax] of each run of `size` elements of `x`, in row order, to `out`.
  public static void softmax(Array x, Array out, int size) {
    Optional<MemoryLoops> loops =
        size <= LONG ? loops(MemoryLoops.Kind.SOFTMAX, x, out, size) : Optional.empty();
    if (loops.isEmpty()) {
      Elementwise.rows("softmax", x, out, size, (row, spare, n) -> RowMath.softmax(row, n));
      return;
    }
    MemoryLoops direct = loops.get();
    Parallel.ranges(
        "softmax",
        x.elements() / size,
        Math.max(1, Elementwise.PART / size),
        (first, end) -> {
          for (long r = first; r < end; ) {
            long at = 4 * (x.offset() + r * size);
            long outAt = 4 * (out.offset() + r * size);
            int rows = (int) (end - r);
            int done = direct.softmax(x.segment(), at, out.segment(), outAt, size, rows);
            r += done;
            if (done < rows) {
              softmax(
                  x.segment(),
                  at + 4L * done * size,
                  out.segment(),
                  outAt + 4L * done * size,
                  size);
              r++;
            }
          }
        });
  }

  /// One row with a value that needs the full function.
  private static void softmax(MemorySegment from, long at, MemorySegment to, long outAt, int size) {
    float[] row = Scratch.floats(Scratch.Slot.FIRST, size);
    MemorySegment.copy(from, Packed.FLOAT, at, row, 0, size);
    RowMath.softmax(row, size);
    MemorySegment.copy(row, 0, to, Packed.FLOAT, outAt, size);
  }

  /// [RowMath#layerNorm] of each run of `size` elements of `x`, in row order, to `out`.
  public static void layerNorm(
      Array x, Array out, int size, float epsilon, float[] weight, float[] bias) {
    Optional<MemoryLoops> loops = loops(MemoryLoops.Kind.NORMS, x, out, size);
    if (loops.isEmpty() || weight.length == 0) {
      Elementwise.rows(
          "layerNorm",
          x,
          out,
          size,
          (row, spare, n) -> RowMath.layerNorm(row, n, epsilon, weight, bias));
    } else {
      normalize("layerNorm", loops.get(), x, out, size, true, epsilon, weight, bias);
    }
  }

  /// [RowMath#rmsNorm] of each run of `size` elements of `x`, in row order, to `out`.
  public static void rmsNorm(
      Array x, Array out, int size, float epsilon, float[] weight, float[] bias) {
    Optional<MemoryLoops> loops = loops(MemoryLoops.Kind.NORMS, x, out, size);
    if (loops.isEmpty() || weight.length == 0) {
      Elementwise.rows(
          "rmsNorm",
          x,
          out,
          size,
          (row, spare, n) -> RowMath.rmsNorm(row, n, epsilon, weight, bias));
    } else {
      normalize("rmsNorm", loops.get(), x, out, size, false, epsilon, weight, bias);
    }
  }

  private static void normalize(
      String what,
      MemoryLoops loops,
      Array x,
      Array out,
      int size,
      boolean centred,
      float epsilon,
      float[] weight,
      float[] bias) {
    MemorySegment from = x.segment();
    MemorySegment to = out.segment();
    each(
        what,
        x,
        out,
        size,
        (at, outAt) -> {
          float[] lanes = Scratch.floats(Scratch.Slot.LANES, MemoryReductions.LANES);
          float mean = 0;
          if (centred) {
            Arrays.fill(lanes, 0, MemoryReductions.LANES, 0);
            loops.sums(from, at, 0, size, lanes);
            mean = Reduce.tree(lanes) / size;
          }
          Arrays.fill(lanes, 0, Reduce.LANES, 0);
          loops.squares(from, at, size, mean, lanes);
          float scale = 1 / (float) Math.sqrt(Reduce.tree(lanes) / size + epsilon);
          if (bias.length > 0) {
            loops.affine(from, at, mean, scale, weight, bias, to, outAt, size);
          } else {
            loops.scaled(from, at, mean, scale, weight, to, outAt, size);
          }
        });
  }

  /// Work on one row; places are bytes.
  @FunctionalInterface
  private interface Row {
    void run(long at, long outAt);
  }

  private static void each(String what, Array x, Array out, int size, Row body) {
    Parallel.ranges(
        what,
        x.elements() / size,
        Math.max(1, Elementwise.PART / size),
        (first, end) -> {
          for (long r = first; r < end; r++) {
            body.run(4 * (x.offset() + r * size), 4 * (out.offset() + r * size));
          }
        });
  }

  /// The loops on memory, where both arrays suit them.
  private static Optional<MemoryLoops> loops(MemoryLoops.Kind kind, Array x, Array out, int size) {
    boolean suits =
        size > 0
            && size % MemoryLoops.GROUP == 0
            && Elementwise.isDirect(x)
            && Elementwise.isDirect(out)
            && new Reader(x).isDense();
    return suits ? MemoryLoops.current(kind, x.elements()) : Optional.empty();
  }
}
