package maia.numerics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Packs codes of 4 or 6 bits that lie one per byte, eight at a time in a long.
final class PackedCodes {
  /// Codes that are packed together.
  static final int GROUP = 8;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private PackedCodes() {}

  /// Packs `count` codes, a multiple of 8, in place: `codes[0..count * bits / 8]` afterwards.
  static void pack(byte[] codes, int count, int bits) {
    if (bits == 4) {
      for (int i = 0, at = 0; i < count; i += GROUP, at += 4) {
        LONGS.set(codes, at, nibbles((long) LONGS.get(codes, i)));
      }
    } else {
      for (int i = 0, at = 0; i < count; i += GROUP, at += 6) {
        LONGS.set(codes, at, sixes((long) LONGS.get(codes, i)));
      }
    }
  }

  private static long nibbles(long x) {
    long pairs = (x | x >>> 4) & 0x00ff00ff00ff00ffL;
    long fours = (pairs | pairs >>> 8) & 0x0000ffff0000ffffL;
    return (fours | fours >>> 16) & 0xffffffffL;
  }

  /// Eight codes of 6 bits in 48.
  static long sixes(long x) {
    long pairs = x & 0x003f003f003f003fL | (x & 0x3f003f003f003f00L) >>> 2;
    long fours = pairs & 0x00000fff00000fffL | (pairs & 0x0fff00000fff0000L) >>> 4;
    return fours & 0xffffffL | (fours & 0xffffff00000000L) >>> 8;
  }
}
