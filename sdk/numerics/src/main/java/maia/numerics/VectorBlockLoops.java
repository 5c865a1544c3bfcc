package maia.numerics;

import java.lang.foreign.MemorySegment;

/// Loops on the Vector API. They are called through interfaces with more receivers than C2 inlines:
/// inlined, they are compiled again and again (decision 061).
final class VectorBlockLoops implements BlockLoops {
  private static final Decoder[] DECODERS = {
    VectorWiden::nibbles, VectorWiden::sixes, VectorWiden::bytes, VectorWiden::integers
  };
  private static final Narrow UE4M3 = Narrow.of(FloatFormat.UE4M3);
  private static final float LARGEST_E2M1 = 6;

  private interface Decoder {
    void run(
        Widen format,
        MemorySegment x,
        long at,
        int count,
        int shift,
        float[] factors,
        float tensorScale,
        MemorySegment out,
        long outAt);
  }

  @Override
  public boolean takes(Narrow format) {
    return VectorCodeLoops.isDirect(format);
  }

  @Override
  public void largest(MemorySegment x, long at, int block, int blocks, int[] to) {
    if (block == BlockLoops.STEP) {
      VectorBlocks.largestOf16(x, at, blocks, to);
      return;
    }
    int parts = block / (2 * BlockLoops.STEP);
    VectorBlocks.largestOf32(x, at, parts * blocks, to);
    for (int b = 0; parts > 1 && b < blocks; b++) {
      int most = to[b * parts];
      for (int p = 1; p < parts; p++) {
        most = Math.max(most, to[b * parts + p]);
      }
      to[b] = most;
    }
  }

  @Override
  public int largest(MemorySegment x, long at, int count) {
    return VectorBlocks.largest(x, at, count);
  }

  @Override
  public boolean powers(
      int[] largest, int blocks, int add, int less, byte[] codes, int codesAt, float[] factors) {
    return VectorBlocks.powers(largest, blocks, add, less, codes, codesAt, factors);
  }

  @Override
  public boolean fractions(
      int[] largest, int blocks, float tensorScale, byte[] codes, int codesAt, float[] divisors) {
    return VectorBlocks.fractions(
        UE4M3, largest, blocks, LARGEST_E2M1, tensorScale, codes, codesAt, divisors);
  }

  @Override
  public int divide(
      MemorySegment x,
      long at,
      long next,
      int count,
      int shift,
      float[] divisors,
      MemorySegment out,
      long outAt) {
    return VectorBlocks.quotients(x, at, next, count, shift, divisors, out, outAt);
  }

  @Override
  public int codes(
      Narrow format,
      MemorySegment x,
      long at,
      long next,
      int count,
      int shift,
      float[] factors,
      MemorySegment out,
      long outAt) {
    return VectorBlocks.products(format, x, at, next, count, shift, factors, out, outAt);
  }

  @Override
  public int integers(
      MemorySegment x,
      long at,
      long next,
      int count,
      int shift,
      float[] factors,
      MemorySegment out,
      long outAt) {
    return VectorBlocks.integers(x, at, next, count, shift, factors, out, outAt);
  }

  @Override
  public void pack(
      MemorySegment codes, long at, int count, int bits, MemorySegment out, long outAt) {
    if (bits == 4) {
      VectorBlocks.nibbles(codes, at, count, out, outAt);
    } else {
      VectorBlocks.sixes(codes, at, count, out, outAt);
    }
  }

  @Override
  public void values(
      Widen format,
      MemorySegment x,
      long at,
      int count,
      int shift,
      float[] factors,
      float tensorScale,
      MemorySegment out,
      long outAt) {
    DECODERS[format.kind().ordinal()].run(
        format, x, at, count, shift, factors, tensorScale, out, outAt);
  }
}
