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
  public int largest(MemorySegment x, long at, int count) {
    return VectorBlocks.largest(x, at, count);
  }

  @Override
  public boolean quantize(
      Narrow format,
      int bits,
      MemorySegment x,
      long at,
      int blocks,
      Powers rule,
      MemorySegment out,
      long outAt,
      byte[] scales) {
    int[] first = VectorBlocks.first(x, at, blocks);
    if (bits == 4) {
      return VectorBlocks.fours(format, first, x, at, blocks, rule, out, outAt, scales);
    }
    if (bits == 8) {
      return VectorBlocks.bytes(format, bits, first, x, at, blocks, rule, out, outAt, scales);
    }
    MemorySegment codes = Scratch.memory((long) BLOCK * blocks);
    boolean ordinary =
        VectorBlocks.bytes(format, bits, first, x, at, blocks, rule, codes, 0, scales);
    VectorBlocks.sixes(codes, 0, blocks, out, outAt);
    return ordinary;
  }

  @Override
  public boolean integers(
      MemorySegment x,
      long at,
      int blocks,
      Powers rule,
      MemorySegment out,
      long outAt,
      byte[] scales) {
    int[] first = VectorBlocks.first(x, at, blocks);
    return VectorBlocks.integers(first, x, at, blocks, rule, out, outAt, scales);
  }

  @Override
  public void largest(MemorySegment x, long at, int blocks, int[] to) {
    VectorFractions.largest(x, at, blocks, to);
  }

  @Override
  public boolean fractions(
      int[] largest, int blocks, float tensorScale, byte[] codes, int codesAt, float[] divisors) {
    return VectorFractions.fractions(
        UE4M3, largest, blocks, LARGEST_E2M1, tensorScale, codes, codesAt, divisors);
  }

  @Override
  public void quotients(
      Narrow format,
      MemorySegment x,
      long at,
      int blocks,
      float[] divisors,
      MemorySegment out,
      long outAt) {
    VectorFractions.quotients(format, x, at, blocks, divisors, out, outAt);
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
