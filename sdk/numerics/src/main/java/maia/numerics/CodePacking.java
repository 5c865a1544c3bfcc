package maia.numerics;

import java.lang.foreign.MemorySegment;

/// Packs codes that lie each in the upper bits of a byte, eight at a time: what takes bits out of a
/// word and joins them is one instruction.
final class CodePacking {
  private static final long FOURS = 0xf0f0f0f0f0f0f0f0L;
  private static final long SIXES = 0xfcfcfcfcfcfcfcfcL;

  private CodePacking() {}

  /// Packs `count` codes of 4 or 6 bits: a multiple of 16 or 32.
  static void pack(int bits, MemorySegment codes, int count, MemorySegment out, long outAt) {
    if (bits == 4) {
      fours(codes, count >> 4, out, outAt);
    } else {
      sixes(codes, count >> 5, out, outAt);
    }
  }

  private static void fours(MemorySegment codes, int groups, MemorySegment out, long outAt) {
    if (codes.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int g = 0; g < groups; g++) {
      long low = Long.compress(codes.get(Packed.LONG, 16L * g), FOURS);
      long high = Long.compress(codes.get(Packed.LONG, 16L * g + 8), FOURS);
      out.set(Packed.LONG, outAt + 8L * g, low | high << 32);
    }
  }

  private static void sixes(MemorySegment codes, int groups, MemorySegment out, long outAt) {
    if (codes.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int g = 0; g < groups; g++) {
      long first = Long.compress(codes.get(Packed.LONG, 32L * g), SIXES);
      long second = Long.compress(codes.get(Packed.LONG, 32L * g + 8), SIXES);
      long third = Long.compress(codes.get(Packed.LONG, 32L * g + 16), SIXES);
      long fourth = Long.compress(codes.get(Packed.LONG, 32L * g + 24), SIXES);
      out.set(Packed.LONG, outAt + 24L * g, first | second << 48);
      out.set(Packed.LONG, outAt + 24L * g + 8, second >>> 16 | third << 32);
      out.set(Packed.LONG, outAt + 24L * g + 16, third >>> 32 | fourth << 16);
    }
  }
}
