package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Codes in memory: little endian, element `i` of a `bits`-wide type starts at bit `i * bits`,
/// least significant bit first.
final class Packed {
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Packed() {}

  /// The code with storage index `index`, zero-extended; `bits` is 4, 6, 8, 16 or 32.
  static int get(MemorySegment from, int bits, long index) {
    return switch (bits) {
      case 8 -> from.get(ValueLayout.JAVA_BYTE, index) & 0xff;
      case 16 -> from.get(SHORT, 2 * index) & 0xffff;
      case 32 -> from.get(INT, 4 * index);
      default -> getSmall(from, bits, index);
    };
  }

  /// Stores the low `bits` bits of `code`.
  static void put(MemorySegment to, int bits, long index, int code) {
    switch (bits) {
      case 8 -> to.set(ValueLayout.JAVA_BYTE, index, (byte) code);
      case 16 -> to.set(SHORT, 2 * index, (short) code);
      case 32 -> to.set(INT, 4 * index, code);
      default -> putSmall(to, bits, index, code);
    }
  }

  private static int getSmall(MemorySegment from, int bits, long index) {
    long at = index * bits;
    int shift = (int) at & 7;
    int word = from.get(ValueLayout.JAVA_BYTE, at >> 3) & 0xff;
    if (shift + bits > 8) {
      word |= (from.get(ValueLayout.JAVA_BYTE, (at >> 3) + 1) & 0xff) << 8;
    }
    return word >>> shift & ((1 << bits) - 1);
  }

  private static void putSmall(MemorySegment to, int bits, long index, int code) {
    long at = index * bits;
    int shift = (int) at & 7;
    int mask = (1 << bits) - 1 << shift;
    int word = (code << shift) & mask;
    merge(to, at >> 3, mask & 0xff, word & 0xff);
    if (shift + bits > 8) {
      merge(to, (at >> 3) + 1, mask >>> 8, word >>> 8);
    }
  }

  private static void merge(MemorySegment to, long at, int mask, int bits) {
    int old = to.get(ValueLayout.JAVA_BYTE, at);
    to.set(ValueLayout.JAVA_BYTE, at, (byte) (old & ~mask | bits));
  }
}
