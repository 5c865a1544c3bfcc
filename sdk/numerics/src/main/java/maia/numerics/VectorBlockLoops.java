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
  public int part() {
    return VectorBlocks.PART;
  }

  @Override
  public void parts(MemorySegment x, long at, int parts, int[] to) {
    VectorBlocks.largest(x, at, parts, to);
  }

  @Override
  public int lanes() {
    return VectorBlocks.LANES;
  }

  @Override
  public void join(int[] largest, int each, int blocks) {
    VectorBlocks.join(largest, each, blocks);
  }

  @Override
  public boolean powers(int[] largest, int blocks, Powers rule, byte[] codes, float[] factors) {
    return VectorBlocks.powers(largest, blocks, rule, codes, factors);
  }

  @Override
  public void codes(
      Narrow format,
      int bits,
      MemorySegment x,
      long at,
      int parts,
      float[] factors,
      int shift,
      MemorySegment out,
      long outAt,
      long ahead,
      int[] next) {
    boolean packs = bits < Byte.SIZE;
    int count = parts * VectorBlocks.PART;
    MemorySegment codes = packs ? Scratch.memory(count) : out;
    VectorBlocks.codes(
        format, bits, x, at, parts, factors, shift, codes, packs ? 0 : outAt, ahead, next);
    if (packs) {
      CodePacking.pack(bits, codes, count, out, outAt);
    }
  }

  @Override
  public void integers(
      MemorySegment x,
      long at,
      int parts,
      float[] factors,
      int shift,
      MemorySegment out,
      long outAt,
      long ahead,
      int[] next) {
    VectorBlocks.integers(x, at, parts, factors, shift, out, outAt, ahead, next);
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
    MemorySegment codes = Scratch.memory((long) SMALL_BLOCK * blocks);
    VectorFractions.quotients(format, 4, x, at, blocks, divisors, codes, 0);
    CodePacking.pack(4, codes, SMALL_BLOCK * blocks, out, outAt);
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
