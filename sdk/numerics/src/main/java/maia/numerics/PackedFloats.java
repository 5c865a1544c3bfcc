package maia.numerics;

import java.lang.foreign.MemorySegment;

/// Copies of binary32 elements.
final class PackedFloats {
  private PackedFloats() {}

  static void copy(MemorySegment from, long first, long stride, int count, float[] to, int at) {
    if (stride == 1) {
      MemorySegment.copy(from, Packed.FLOAT, 4 * first, to, at, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      to[at + i] = from.get(Packed.FLOAT, 4 * (first + i * stride));
    }
  }

  static void copy(float[] from, int at, int count, MemorySegment to, long first, long stride) {
    if (stride == 1) {
      MemorySegment.copy(from, at, to, Packed.FLOAT, 4 * first, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      to.set(Packed.FLOAT, 4 * (first + i * stride), from[at + i]);
    }
  }
}
