package maia.numerics;

import java.lang.foreign.MemorySegment;

/// Loops over 16-bit codes. Contiguous runs go through a short array, where the compiler uses
/// vectors.
final class HalfArrays {
  private static final int STRETCH = 1024;

  /// The bits of 65520, from which on F16 overflows.
  static final int OVERFLOW = 0x477ff000;

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
    boolean isF16 = !format.sharesExponent() && format.rounding() == Rounding.Fixed.NEAREST_EVEN;
    for (int done = 0; done < count; done += STRETCH) {
      int size = Math.min(STRETCH, count - done);
      if (isF16 && largest(from, at + done, size) < OVERFLOW) {
        toF16(from, at + done, size, codes);
      } else {
        loops.encode(format, from, at + done, size, codes, 0);
      }
      store(codes, size, to, first + done * stride, stride);
    }
  }

  /// The bits of the largest magnitude.
  private static int largest(float[] x, int at, int count) {
    int largest = 0;
    for (int i = 0; i < count; i++) {
      largest = Math.max(largest, Float.floatToRawIntBits(x[at + i]) & Integer.MAX_VALUE);
    }
    return largest;
  }

  /// The processor's own conversion, where no value is special or overflows.
  static void toF16(float[] from, int at, int count, short[] codes) {
    for (int i = 0; i < count; i++) {
      codes[i] = Float.floatToFloat16(from[at + i]);
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
