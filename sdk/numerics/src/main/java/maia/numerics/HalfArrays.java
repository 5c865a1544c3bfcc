package maia.numerics;

import java.lang.foreign.MemorySegment;

/// Loops over 16-bit codes. Contiguous runs go through a short array, where the compiler uses
/// vectors.
final class HalfArrays {
  private static final int STRETCH = 1024;

  /// Which 16-bit format.
  enum Kind {
    BF16,
    F16,
  }

  private HalfArrays() {}

  static void decode(
      Kind kind, MemorySegment from, long first, long stride, int count, float[] to, int at) {
    short[] codes = Scratch.shorts(STRETCH);
    for (int done = 0; done < count; done += STRETCH) {
      int size = Math.min(STRETCH, count - done);
      load(from, first + done * stride, stride, codes, size);
      switch (kind) {
        case BF16 -> fromBf16(codes, size, to, at + done);
        case F16 -> fromF16(codes, size, to, at + done);
      }
    }
  }

  static void encode(
      Narrow format, float[] from, int at, int count, MemorySegment to, long first, long stride) {
    short[] codes = Scratch.shorts(STRETCH);
    CodeLoops loops = CodeLoops.current(count);
    for (int done = 0; done < count; done += STRETCH) {
      int size = Math.min(STRETCH, count - done);
      loops.encode(format, from, at + done, size, codes, 0);
      store(codes, size, to, first + done * stride, stride);
    }
  }

  private static void load(MemorySegment from, long first, long stride, short[] codes, int count) {
    if (stride == 1) {
      MemorySegment.copy(from, Packed.SHORT, 2 * first, codes, 0, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      codes[i] = from.get(Packed.SHORT, 2 * (first + i * stride));
    }
  }

  private static void store(short[] codes, int count, MemorySegment to, long first, long stride) {
    if (stride == 1) {
      MemorySegment.copy(codes, 0, to, Packed.SHORT, 2 * first, count);
      return;
    }
    for (int i = 0; i < count; i++) {
      to.set(Packed.SHORT, 2 * (first + i * stride), codes[i]);
    }
  }

  private static void fromBf16(short[] codes, int count, float[] to, int at) {
    for (int i = 0; i < count; i++) {
      to[at + i] = Half.fromBf16(codes[i]);
    }
  }

  private static void fromF16(short[] codes, int count, float[] to, int at) {
    for (int i = 0; i < count; i++) {
      to[at + i] = Half.fromF16(codes[i]);
    }
  }
}
