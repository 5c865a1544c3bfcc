package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;
import maia.base.Stop;

/// Quantizes dense fp32 in memory, and back. Blocks that are not ordinary (with NaN, infinity,
/// subnormal or very large scales) are then done again by [BlockElements].
final class MemoryBlocks {
  private static final int STRETCH = 2048;

  private final BlockLoops loops;
  private final BlockFormat format;
  private final BlockElements elements;
  private final Narrow narrow;
  private final Powers powers;
  private final float tensorScale;
  private final MemorySegment from;
  private final long start;
  private final MemorySegment to;
  private final MemorySegment scales;

  private MemoryBlocks(
      BlockLoops loops, Array x, BlockFormat format, BlockRules rules, HostArray out) {
    this.loops = loops;
    this.format = format;
    this.tensorScale = out.tensorScale();
    this.elements = new BlockElements(format, rules, tensorScale);
    this.narrow = Narrow.of(format.element().format().orElse(FloatFormat.E4M3));
    this.powers = Powers.of(new BlockScales(format, rules, tensorScale));
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
    boolean direct = Elementwise.isDirect(x) && reader.isDense() && Direct.is(out.segment());
    if (!whole || !isKnown(format, rules) || !direct) {
      return false;
    }
    Optional<BlockLoops> loops =
        MemoryLoops.current(kind(format), out.elements())
            .flatMap(MemoryLoops::blocks)
            .filter(all -> takes(all, format));
    loops.ifPresent(all -> new MemoryBlocks(all, x, format, rules, out).run(out.elements()));
    return loops.isPresent();
  }

  private static MemoryLoops.Kind kind(BlockFormat format) {
    if (format.tensorScale()) {
      return MemoryLoops.Kind.FRACTIONS;
    }
    return format.element().isInteger()
        ? MemoryLoops.Kind.INTEGERS
        : MemoryLoops.Kind.codes(format.element().bits());
  }

  private static boolean isKnown(BlockFormat format, BlockRules rules) {
    if (rules.rounding() != Rounding.NEAREST_EVEN) {
      return false;
    }
    if (format.tensorScale()) {
      return format.equals(BlockFormat.NVFP4) && rules.order() == NvOrder.DIVIDE;
    }
    return BlockRun.fits(format.block())
        && format.scale() == DType.E8M0
        && rules.scale() != ScaleRule.MSE;
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
    int block = format.block();
    Parallel.ranges(
        "quantize",
        count / block,
        Math.max(1, Elementwise.PART / block),
        (first, end) -> {
          Stop.poll("quantize");
          if (format.tensorScale()) {
            int group = STRETCH / block;
            for (long b = first; b < end; b += group) {
              int blocks = (int) Math.min(group, end - b);
              mend(b, blocks, fractions(b, blocks));
            }
          } else {
            powers(first, end - first);
          }
        });
  }

  /// Does blocks again that are not ordinary.
  private void mend(long first, int blocks, boolean ordinary) {
    for (long b = first; !ordinary && b < first + blocks; b++) {
      if (!isOrdinary(b)) {
        again(b);
      }
    }
  }

  private void powers(long first, long blocks) {
    DType element = format.element();
    new BlockRun(
            loops, narrow, element.isInteger(), element.bits(), format.block(), powers, from, to)
        .run(
            place(first),
            blocks,
            codesAt(first),
            (b, count, ordinary, codes) -> {
              MemorySegment.copy(codes, 0, scales, ValueLayout.JAVA_BYTE, first + b, count);
              mend(first + b, count, ordinary);
            });
  }

  private boolean fractions(long first, int blocks) {
    int room = blocks + BlockLoops.SLACK;
    int[] largest = Scratch.ints(room);
    float[] divisors = Scratch.floats(Scratch.Slot.FACTORS, room);
    byte[] codes = Scratch.bytes(room);
    loops.largest(from, place(first), blocks, largest);
    Arrays.fill(largest, blocks, room, Narrow.INFINITY >> 1);
    boolean ordinary = loops.fractions(largest, blocks, tensorScale, codes, 0, divisors);
    MemorySegment.copy(codes, 0, scales, ValueLayout.JAVA_BYTE, first, blocks);
    loops.quotients(narrow, from, place(first), blocks, divisors, to, codesAt(first));
    return ordinary;
  }

  private long place(long block) {
    return start + 4 * block * format.block();
  }

  private long codesAt(long block) {
    return block * format.block() * format.element().bits() / Byte.SIZE;
  }

  private boolean isOrdinary(long block) {
    int largest = loops.largest(from, place(block), format.block());
    boolean usual = largest >= 1 << Narrow.FRACTION && largest < BlockLoops.ORDINARY;
    if (!format.tensorScale()) {
      return usual || largest == 0;
    }
    float scale = Codec.of(format.scale()).decode(scales.get(ValueLayout.JAVA_BYTE, block));
    return usual && scale * tensorScale >= Float.MIN_NORMAL;
  }

  private void again(long b) {
    int block = format.block();
    float[] x = Scratch.floats(Scratch.Slot.FIRST, block);
    float[] scale = Scratch.floats(Scratch.Slot.SCALES, 1);
    MemorySegment.copy(from, Packed.FLOAT, place(b), x, 0, block);
    elements.encode(x, block, scale, to, b * block);
    Codec.of(format.scale()).encode(scale, 0, 1, scales, b, 1);
  }
}
