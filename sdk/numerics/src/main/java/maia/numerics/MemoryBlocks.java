package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import maia.base.Stop;

/// Quantizes dense fp32 in memory, and back, in stretches that the first cache holds: the largest
/// magnitude of each block, scales, codes of the elements. Blocks that are not ordinary (with NaN,
/// infinity, subnormal or very large scales) are then done again by [BlockElements].
final class MemoryBlocks {
  private static final int STRETCH = 2048;

  /// Blocks of a stretch: a bit for each fits into a long.
  private static final int MOST = Long.SIZE;

  private final BlockLoops loops;
  private final BlockFormat format;
  private final BlockScales scaling;
  private final BlockElements elements;
  private final Narrow narrow;
  private final int shift;
  private final MemorySegment from;
  private final long start;
  private final MemorySegment to;
  private final MemorySegment scales;
  private final float tensorScale;

  private MemoryBlocks(
      BlockLoops loops, Array x, BlockFormat format, BlockRules rules, HostArray out) {
    this.loops = loops;
    this.format = format;
    this.tensorScale = out.tensorScale();
    this.scaling = new BlockScales(format, rules, tensorScale);
    this.elements = new BlockElements(format, rules, tensorScale);
    this.narrow = Narrow.of(format.element().format().orElse(FloatFormat.E4M3));
    this.shift = Integer.numberOfTrailingZeros(format.block());
    this.from = x.segment();
    this.start = 4 * x.offset();
    this.to = out.segment();
    this.scales = out.scales().orElseThrow().segment();
  }

  /// Fills `out` and returns true, where these loops suit.
  static boolean quantize(Array x, Reader reader, BlockRules rules, HostArray out) {
    BlockFormat format = (BlockFormat) out.type();
    long[] shape = out.shape();
    boolean whole = shape[shape.length - 1] % format.block() == 0;
    if (!whole || !isKnown(format, rules) || !Elementwise.isDirect(x) || !reader.isDense()) {
      return false;
    }
    Optional<BlockLoops> loops =
        MemoryLoops.current(MemoryLoops.Kind.QUANTIZE, out.elements())
            .flatMap(MemoryLoops::blocks)
            .filter(all -> takes(all, format));
    loops.ifPresent(all -> new MemoryBlocks(all, x, format, rules, out).run(out.elements()));
    return loops.isPresent();
  }

  private static boolean isKnown(BlockFormat format, BlockRules rules) {
    boolean scaled =
        format.tensorScale()
            ? format.equals(BlockFormat.NVFP4) && rules.order() == NvOrder.DIVIDE
            : format.scale() == DType.E8M0 && rules.scale() != ScaleRule.MSE;
    return isWhole(format.block()) && scaled && rules.rounding() == Rounding.NEAREST_EVEN;
  }

  /// Fills `out` with fp32 values of a block array and returns true, where these loops suit.
  static boolean dequantize(Array x, HostArray out) {
    BlockFormat format = (BlockFormat) x.type();
    long[] shape = x.shape();
    int block = format.block();
    Array scales = x.scales().orElseThrow();
    boolean fits =
        shape[shape.length - 1] % block == 0
            && isWhole(block)
            && x.offset() % block == 0
            && Arrays.equals(x.strides(), Strided.contiguous(shape))
            && new Reader(scales).isDense()
            && Direct.is(x.segment())
            && Direct.is(scales.segment());
    Optional<Widen> known = Widen.of(format.element());
    Optional<BlockLoops> loops =
        fits && known.isPresent()
            ? MemoryLoops.current(MemoryLoops.Kind.DEQUANTIZE, out.elements())
                .flatMap(MemoryLoops::blocks)
            : Optional.empty();
    loops.ifPresent(all -> values(all, known.get(), x, new Reader(scales), block, out));
    return loops.isPresent();
  }

  private static void values(
      BlockLoops loops, Widen format, Array x, Reader scales, int block, HostArray out) {
    int shift = Integer.numberOfTrailingZeros(block);
    int bits = ((BlockFormat) x.type()).element().bits();
    long start = x.offset() * bits / Byte.SIZE;
    int group = STRETCH >> shift;
    Parallel.ranges(
        "dequantize",
        out.elements() >> shift,
        Elementwise.PART >> shift,
        (first, end) -> {
          Stop.poll("dequantize");
          float[] factors = Scratch.floats(Scratch.Slot.FACTORS, group);
          for (long b = first; b < end; b += group) {
            int blocks = (int) Math.min(group, end - b);
            long at = b << shift;
            scales.read(b, blocks, factors, 0);
            loops.values(
                format,
                x.segment(),
                start + at * bits / Byte.SIZE,
                blocks << shift,
                shift,
                factors,
                x.tensorScale(),
                out.segment(),
                4 * (out.offset() + at));
          }
        });
  }

  private static boolean isWhole(int block) {
    return Integer.bitCount(block) == 1 && block >= BlockLoops.STEP && block <= STRETCH;
  }

  private static boolean takes(BlockLoops loops, BlockFormat format) {
    return format.element() == DType.I8
        || format
            .element()
            .format()
            .filter(Narrow::covers)
            .map(Narrow::of)
            .filter(loops::takes)
            .isPresent();
  }

  private void run(long count) {
    Parallel.ranges(
        "quantize",
        count >> shift,
        Elementwise.PART >> shift,
        (first, end) -> {
          Stop.poll("quantize");
          int group = Math.min(MOST, STRETCH >> shift);
          Spare spare = Spare.ofThread();
          for (long b = first; b < end; b += group) {
            boolean goesOn = b + 2L * group <= end;
            stretch(b, (int) Math.min(group, end - b), goesOn ? group : 0, spare);
          }
        });
  }

  /// Room for one stretch: by block, and five bytes for each element.
  private record Spare(int[] largest, float[] factors, byte[] codes, MemorySegment memory) {
    static Spare ofThread() {
      int blocks = MOST + BlockLoops.SLACK;
      return new Spare(
          Scratch.ints(blocks),
          Scratch.floats(Scratch.Slot.FACTORS, blocks),
          Scratch.bytes(blocks),
          Scratch.memory(5 * STRETCH));
    }
  }

  /// At most [#MOST] blocks from number `first` on; so many blocks further on are wanted next.
  private void stretch(long first, int blocks, int further, Spare spare) {
    int[] largest = spare.largest;
    float[] factors = spare.factors;
    loops.largest(from, start + 4 * (first << shift), format.block(), blocks, largest);
    Arrays.fill(largest, blocks, blocks + BlockLoops.SLACK, Narrow.INFINITY >> 1);
    boolean ordinary = scales(largest, blocks, spare.codes, factors);
    MemorySegment.copy(spare.codes, 0, scales, ValueLayout.JAVA_BYTE, first, blocks);
    long next = start + 4 * (first + further << shift);
    spare.codes[0] = (byte) elements(first, next, blocks << shift, factors, spare.memory);
    if (!ordinary) {
      again(first, others(largest, factors, blocks));
    }
  }

  private int elements(long first, long next, int count, float[] factors, MemorySegment spare) {
    int bits = format.element().bits();
    long at = start + 4 * (first << shift);
    long toAt = (first << shift) * bits / Byte.SIZE;
    MemorySegment coded = bits == Byte.SIZE ? to : spare;
    long codedAt = bits == Byte.SIZE ? toAt : 4 * STRETCH;
    int touched;
    if (format.element().isInteger()) {
      touched = loops.integers(from, at, next, count, shift, factors, coded, codedAt);
    } else if (format.tensorScale()) {
      touched = loops.divide(from, at, next, count, shift, factors, spare, 0);
      loops.codes(narrow, spare, 0, 0, count, BlockLoops.ALL, MemoryConversion.ONE, coded, codedAt);
    } else {
      touched = loops.codes(narrow, from, at, next, count, shift, factors, coded, codedAt);
    }
    if (bits < Byte.SIZE) {
      loops.pack(spare, codedAt, count, bits, to, toAt);
    }
    return touched;
  }

  private boolean scales(int[] largest, int blocks, byte[] codes, float[] factors) {
    return format.tensorScale()
        ? loops.fractions(largest, blocks, tensorScale, codes, 0, factors)
        : loops.powers(largest, blocks, scaling.carry(), scaling.less(), codes, 0, factors);
  }

  /// A bit for every block that is not ordinary.
  private long others(int[] largest, float[] factors, int blocks) {
    long others = 0;
    int normal = 1 << Narrow.FRACTION;
    for (int b = 0; b < blocks; b++) {
      boolean zero = largest[b] == 0 && !format.tensorScale();
      boolean usual = largest[b] >= normal && largest[b] < BlockLoops.ORDINARY;
      boolean divides = !format.tensorScale() || factors[b] >= Float.MIN_NORMAL;
      others |= zero || usual && divides ? 0 : 1L << b;
    }
    return others;
  }

  private void again(long first, long blocks) {
    int block = format.block();
    float[] x = Scratch.floats(Scratch.Slot.FIRST, block);
    float[] scale = Scratch.floats(Scratch.Slot.SCALES, 1);
    for (long rest = blocks; rest != 0; rest &= rest - 1) {
      long b = first + Long.numberOfTrailingZeros(rest);
      MemorySegment.copy(from, Packed.FLOAT, start + 4 * b * block, x, 0, block);
      elements.encode(x, block, scale, to, b * block);
      Codec.of(format.scale()).encode(scale, 0, 1, scales, b, 1);
    }
  }
}
