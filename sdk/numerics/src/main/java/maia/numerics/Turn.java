package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import maia.base.Stop;
import org.jspecify.annotations.Nullable;

/// Copies a matrix of 32-bit elements between memory that holds its columns contiguously and memory
/// that holds its rows so, in squares that fit the first cache: whole lines are read, turned there,
/// and written.
final class Turn {
  private static final int SIDE = 64;

  /// See [Tile#interleave].
  private static final int SLACK = 8;

  /// Rows of a panel that vectors turn are a multiple of this.
  private static final int PANEL = 16;

  private Turn() {}

  /// Element (i, j) goes from index `f + i + j * fromStep` to index `t + i * toStep + j`. Elements
  /// pass through float registers, which change no bits.
  static void run(
      MemorySegment from,
      long f,
      long fromStep,
      MemorySegment to,
      long t,
      long toStep,
      long rows,
      long columns) {
    Tile tile = Kernels.current(Kernels.Kind.PACKING, rows * columns).tile();
    run(tile, from, f, fromStep, to, t, toStep, rows, columns);
  }

  /// As [#run] with the turning of `tile`, or plain loops.
  static void run(
      @Nullable Tile tile,
      MemorySegment from,
      long f,
      long fromStep,
      MemorySegment to,
      long t,
      long toStep,
      long rows,
      long columns) {
    Squares squares = new Squares(tile, from, f, fromStep, to, t, toStep, rows, columns);
    long strips = Math.ceilDiv(rows, (long) SIDE);
    long chunk = Math.max(1, Elementwise.PART / SIDE / Math.max(1, columns));
    Parallel.ranges("copy", strips, chunk, squares::strips);
  }

  private record Squares(
      @Nullable Tile tile,
      MemorySegment from,
      long f,
      long fromStep,
      MemorySegment to,
      long t,
      long toStep,
      long rows,
      long columns) {
    private Optional<MemoryLoops> direct() {
      boolean suits = tile != null && Direct.is(from) && Direct.is(to);
      return suits
          ? MemoryLoops.current(MemoryLoops.Kind.TURN, rows * columns)
              .filter(loops -> loops.turnStep() > 0)
          : Optional.empty();
    }

    void strips(long first, long end) {
      Optional<MemoryLoops> direct = direct();
      float[] lines = Scratch.floats(Scratch.Slot.FIRST, SIDE * SIDE);
      float[] turned = Scratch.floats(Scratch.Slot.SECOND, SIDE * SIDE + SLACK);
      for (long i = first * SIDE; i < Math.min(rows, end * SIDE); i += SIDE) {
        Stop.poll("copy");
        for (long j = 0; j < columns; j += SIDE) {
          int height = (int) Math.min(SIDE, rows - i);
          int width = (int) Math.min(SIDE, columns - j);
          if (direct.isPresent() && (height | width) % direct.get().turnStep() == 0) {
            long at = 4 * (f + i + j * fromStep);
            long toAt = 4 * (t + i * toStep + j);
            direct
                .get()
                .turn(from, at, 4 * fromStep, to, toAt, 4 * toStep, height, width, lines, turned);
          } else {
            square(i, j, lines, turned);
          }
        }
      }
    }

    private void square(long i, long j, float[] lines, float[] turned) {
      int height = (int) Math.min(SIDE, rows - i);
      int width = (int) Math.min(SIDE, columns - j);
      int step = Math.ceilDiv(width, PANEL) * PANEL;
      for (int c = 0; c < width; c++) {
        long at = 4 * (f + i + (j + c) * fromStep);
        MemorySegment.copy(from, Packed.FLOAT, at, lines, c * height, height);
      }
      if (tile == null) {
        Interleave.rows(lines, width, height, step, turned, 0);
      } else {
        tile.interleave(lines, width, height, step, turned, 0);
      }
      for (int r = 0; r < height; r++) {
        long at = 4 * (t + (i + r) * toStep + j);
        MemorySegment.copy(turned, r * step, to, Packed.FLOAT, at, width);
      }
    }
  }
}
