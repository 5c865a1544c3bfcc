package maia.numerics;

import static maia.numerics.Exchange.BY_EIGHTH;
import static maia.numerics.Exchange.BY_HALF;
import static maia.numerics.Exchange.BY_QUARTER;
import static maia.numerics.Exchange.LANES;
import static maia.numerics.Exchange.SPECIES;
import static maia.numerics.Exchange.UPPER_EIGHTHS;
import static maia.numerics.Exchange.UPPER_HALF;
import static maia.numerics.Exchange.UPPER_QUARTERS;
import static maia.numerics.Exchange.high;
import static maia.numerics.Exchange.low;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/// Turns squares of a matrix between two places in memory: 8 x 8 elements at a time in registers,
/// into a square of 64 x 64 that the first cache holds, and from there in whole lines. With 16
/// lanes lines are read there first, and [VectorInterleave] turns them.
final class VectorTurn {
  private static final int SIDE = 64;

  /// See [MemoryLoops#turnStep].
  static final int STEP = LANES;

  private VectorTurn() {}

  /// See [MemoryLoops#turn].
  static void square(
      MemorySegment from,
      long at,
      long step,
      MemorySegment to,
      long toAt,
      long toStep,
      int rows,
      int columns,
      float[] lines,
      float[] square) {
    if (LANES == 8) {
      for (int j = 0; j < columns; j += LANES) {
        for (int i = 0; i < rows; i += LANES) {
          eight(from, at + 4L * i + j * step, step, square, i * SIDE + j, SIDE);
        }
      }
    } else {
      for (int j = 0; j < columns; j++) {
        read(from, at + j * step, lines, j * rows, rows);
      }
      VectorInterleave.rows(lines, columns, rows, SIDE, square, 0);
    }
    for (int i = 0; i < rows; i++) {
      line(square, i * SIDE, to, toAt + i * toStep, columns);
    }
  }

  private static void read(MemorySegment from, long at, float[] to, int toAt, int count) {
    if (from.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int i = 0; i < count; i += LANES) {
      load(from, at + 4L * i).intoArray(to, toAt + i);
    }
  }

  private static void line(float[] from, int at, MemorySegment to, long toAt, int count) {
    if (to.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int i = 0; i < count; i += LANES) {
      FloatVector x = FloatVector.fromArray(SPECIES, from, at + i);
      x.intoMemorySegment(to, toAt + 4L * i, ByteOrder.LITTLE_ENDIAN);
    }
  }

  /// Eight rows one beside the other, with `toStep` between their elements.
  private static void eight(MemorySegment x, long at, long step, float[] to, int toAt, int toStep) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    FloatVector a0 = load(x, at);
    FloatVector a1 = load(x, at + step);
    FloatVector a2 = load(x, at + 2 * step);
    FloatVector a3 = load(x, at + 3 * step);
    FloatVector a4 = load(x, at + 4 * step);
    FloatVector a5 = load(x, at + 5 * step);
    FloatVector a6 = load(x, at + 6 * step);
    FloatVector a7 = load(x, at + 7 * step);
    FloatVector b0 = low(a0, a4, BY_HALF, UPPER_HALF);
    FloatVector b4 = high(a0, a4, BY_HALF, UPPER_HALF);
    FloatVector b1 = low(a1, a5, BY_HALF, UPPER_HALF);
    FloatVector b5 = high(a1, a5, BY_HALF, UPPER_HALF);
    FloatVector b2 = low(a2, a6, BY_HALF, UPPER_HALF);
    FloatVector b6 = high(a2, a6, BY_HALF, UPPER_HALF);
    FloatVector b3 = low(a3, a7, BY_HALF, UPPER_HALF);
    FloatVector b7 = high(a3, a7, BY_HALF, UPPER_HALF);
    half(b0, b1, b2, b3, to, toAt, toStep);
    half(b4, b5, b6, b7, to, toAt + 4 * toStep, toStep);
  }

  private static void half(
      FloatVector b0,
      FloatVector b1,
      FloatVector b2,
      FloatVector b3,
      float[] to,
      int at,
      int step) {
    FloatVector c0 = low(b0, b2, BY_QUARTER, UPPER_QUARTERS);
    FloatVector c2 = high(b0, b2, BY_QUARTER, UPPER_QUARTERS);
    FloatVector c1 = low(b1, b3, BY_QUARTER, UPPER_QUARTERS);
    FloatVector c3 = high(b1, b3, BY_QUARTER, UPPER_QUARTERS);
    low(c0, c1, BY_EIGHTH, UPPER_EIGHTHS).intoArray(to, at);
    high(c0, c1, BY_EIGHTH, UPPER_EIGHTHS).intoArray(to, at + step);
    low(c2, c3, BY_EIGHTH, UPPER_EIGHTHS).intoArray(to, at + 2 * step);
    high(c2, c3, BY_EIGHTH, UPPER_EIGHTHS).intoArray(to, at + 3 * step);
  }

  private static FloatVector load(MemorySegment x, long at) {
    return FloatVector.fromMemorySegment(SPECIES, x, at, ByteOrder.LITTLE_ENDIAN);
  }
}
