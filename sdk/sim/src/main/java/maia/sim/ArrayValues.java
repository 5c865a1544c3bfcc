package maia.sim;

import java.util.Arrays;
import maia.npl.Lanes;
import maia.numerics.Codec;

/// The values of an array at some moment, in row-major order; payloads of NaN are no part of them.
final class ArrayValues {
  private final float[] floats;
  private final long[] longs;

  private ArrayValues(float[] floats, long[] longs) {
    this.floats = floats;
    this.longs = longs;
  }

  static ArrayValues of(BoundArray array) {
    int count = Math.toIntExact(array.elements());
    boolean isFloat = Lanes.Kind.of(array.type) == Lanes.Kind.FLOAT;
    float[] floats = new float[isFloat ? count : 0];
    long[] longs = new long[isFloat ? 0 : count];
    int rank = array.shape.length;
    int length = rank == 0 ? 1 : (int) array.shape[rank - 1];
    long step = rank == 0 ? 1 : array.strides[rank - 1];
    for (int at = 0; at < count; at += length) {
      long first = storage(array, at);
      if (isFloat) {
        Codec.of(array.type).decode(array.segment, first, step, length, floats, at);
      } else {
        for (int i = 0; i < length; i++) {
          longs[at + i] = Integers.get(array.type, array.segment, first + i * step);
        }
      }
    }
    return new ArrayValues(floats, longs);
  }

  private static long storage(BoundArray array, long at) {
    long storage = array.offset;
    long rest = at;
    for (int d = array.shape.length - 1; d >= 0; d--) {
      storage += rest % array.shape[d] * array.strides[d];
      rest /= array.shape[d];
    }
    return storage;
  }

  int size() {
    return Math.max(floats.length, longs.length);
  }

  /// Whether element `at` has the same bits.
  boolean isSame(ArrayValues other, int at) {
    return floats.length > 0
        ? Float.floatToIntBits(floats[at]) == Float.floatToIntBits(other.floats[at])
        : longs[at] == other.longs[at];
  }

  /// Whether all elements have the same bits.
  boolean isSame(ArrayValues other) {
    if (Arrays.equals(floats, other.floats) && Arrays.equals(longs, other.longs)) {
      return true; // compares floats by their bits, all NaN equal
    }
    for (int at = 0; at < size(); at++) {
      if (!isSame(other, at)) {
        return false;
      }
    }
    return true;
  }

  /// Element `at` as text; floats with their bits where two would print alike.
  String text(int at) {
    return floats.length > 0 ? Float.toString(floats[at]) : Long.toString(longs[at]);
  }
}
