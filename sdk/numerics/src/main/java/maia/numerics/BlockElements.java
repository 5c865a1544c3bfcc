package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Elements of blocks: scales first, then elements divided by them, then rounded.
final class BlockElements {
  /// Codes of MXINT8 are 64ths, -127 to 127: -2 is not produced.
  private static final int MOST = 127;

  private static final int STEPS = 64;
  private static final int STRETCH = 1024;

  private final BlockFormat format;
  private final BlockRules rules;
  private final BlockScales scaling;
  private final @Nullable Narrow narrow;

  BlockElements(BlockFormat format, BlockRules rules, float tensorScale) {
    this.format = format;
    this.rules = rules;
    this.scaling = new BlockScales(format, rules, tensorScale);
    this.narrow = format.element().format().filter(Narrow::covers).map(Narrow::of).orElse(null);
  }

  /// Writes the element values of `in[at..at+count]`, the first element beginning a block, to
  /// `out`, and one scale per block to `scales`. `in` and `out` may be the same place; `number` is
  /// the number of the first element for stochastic rounding.
  void quantize(
      float[] in,
      int at,
      int count,
      float[] out,
      int outAt,
      float[] scales,
      int scaleAt,
      long number) {
    if (rules.rounding() == Rounding.NEAREST_EVEN) {
      scaled(in, at, count, out, outAt, scales, scaleAt);
      round(out, outAt, count);
      return;
    }
    for (int done = 0, b = scaleAt; done < count; done += format.block(), b++) {
      int size = Math.min(format.block(), count - done);
      scales[b] = scaling.of(amax(in, at + done, size), in, at + done, size);
      each(in, at + done, size, scales[b], out, outAt + done, number + done);
    }
  }

  /// Writes the codes of the elements of the row `x[0..count]` to storage indices from `first` on,
  /// and one scale per block to `scales`; destroys `x`.
  void encode(float[] x, int count, float[] scales, MemorySegment to, long first) {
    boolean integer = format.element().isInteger();
    if (rules.rounding() == Rounding.NEAREST_EVEN && narrow != null) {
      codes(narrow, x, count, scales, to, first);
      return;
    }
    quantize(x, 0, count, x, 0, scales, 0, first);
    for (int i = 0; integer && i < count; i++) {
      x[i] *= STEPS;
    }
    Codec.of(format.element()).encode(x, 0, count, to, first, 1);
  }

  /// Whole blocks whose codes begin and end with a byte go without a pass for the scaled values.
  private void codes(
      Narrow element, float[] x, int count, float[] scales, MemorySegment to, long first) {
    int block = format.block();
    int group = Math.max(1, STRETCH / block);
    int bits = format.element().bits();
    boolean direct = block % PackedCodes.GROUP == 0 && first * bits % 8 == 0 && !scaling.divides();
    int whole = direct ? count / block : 0;
    byte[] codes = Scratch.bytes(group * block);
    for (int b = 0; b < whole; b += group) {
      int blocks = Math.min(group, whole - b);
      int size = blocks * block;
      CodeLoops loops = CodeLoops.current(size);
      float[] factors = factors(loops, x, b * block, block, blocks, scales, b);
      loops.encode(element, x, b * block, block, blocks, factors, codes, 0);
      Tables.store(codes, size, bits, to, (first + (long) b * block) * bits / 8);
    }
    int done = whole * block;
    scaled(x, done, count - done, x, done, scales, whole);
    Codec.of(format.element()).encode(x, done, count - done, to, first + done, 1);
  }

  /// Writes scales; returns what blocks are divided by or multiplied with. Values of blocks without
  /// elements are replaced by zeros.
  private float[] factors(
      CodeLoops loops, float[] x, int at, int block, int count, float[] scales, int scaleAt) {
    int[] amax = Scratch.ints(count);
    float[] factors = Scratch.floats(Scratch.Slot.FACTORS, count);
    loops.largest(x, at, block, count, amax);
    for (int b = 0; b < count; b++) {
      float scale = scaling.of(amax[b], x, at + b * block, block);
      scales[scaleAt + b] = scale;
      factors[b] = scaling.operand(scale);
      if (scaling.isEmpty(scale)) {
        Arrays.fill(x, at + b * block, at + (b + 1) * block, 0f);
        factors[b] = 1;
      }
    }
    return factors;
  }

  /// Writes elements divided by their scales, not yet rounded.
  private void scaled(
      float[] in, int at, int count, float[] out, int outAt, float[] scales, int scaleAt) {
    int block = format.block();
    int whole = count / block;
    blocks(in, at, block, whole, out, outAt, scales, scaleAt);
    int rest = count - whole * block;
    if (rest > 0) {
      int done = whole * block;
      blocks(in, at + done, rest, 1, out, outAt + done, scales, scaleAt + whole);
    }
  }

  private void blocks(
      float[] in,
      int at,
      int block,
      int count,
      float[] out,
      int outAt,
      float[] scales,
      int scaleAt) {
    CodeLoops loops = CodeLoops.current((long) block * count);
    if (out != in || outAt != at) {
      System.arraycopy(in, at, out, outAt, block * count);
    }
    float[] factors = factors(loops, out, outAt, block, count, scales, scaleAt);
    if (scaling.divides()) {
      loops.divide(out, outAt, block, count, factors, out, outAt);
    } else {
      loops.multiply(out, outAt, block, count, factors, out, outAt);
    }
  }

  private static int amax(float[] x, int at, int size) {
    int largest = 0;
    for (int i = at; i < at + size; i++) {
      largest = Math.max(largest, Float.floatToRawIntBits(x[i]) & Integer.MAX_VALUE);
    }
    return largest;
  }

  /// One block under a rounding other than the default, from exact quotients.
  private void each(
      float[] in, int at, int size, float scale, float[] out, int outAt, long number) {
    float operand = scaling.operand(scale);
    for (int i = 0; i < size; i++) {
      double x =
          !format.tensorScale()
              ? in[at + i] / (double) scale
              : scaling.divides() ? in[at + i] / operand : in[at + i] * operand;
      out[outAt + i] =
          scaling.isEmpty(scale) ? 0 : (float) nearest(format, x, rules.rounding(), number + i);
    }
  }

  /// Rounds scaled values to the nearest elements, ties to even. The scaled binary32 value of an MX
  /// element is exact unless it is so small that it becomes a zero either way.
  private void round(float[] x, int at, int count) {
    if (!format.element().isInteger()) {
      Codec.of(format.element()).round(x, at, count);
      return;
    }
    for (int i = at; i < at + count; i++) {
      float code = x[i] * STEPS;
      code = code > MOST ? MOST : code;
      code = code < -MOST ? -MOST : code;
      x[i] = (code + Fmath.ROUND - Fmath.ROUND) / STEPS;
    }
  }

  /// The element value of a scaled value, from its own bits.
  static double nearest(BlockFormat f, double x, Rounding rounding, long index) {
    Codec codec = Codec.of(f.element());
    if (!f.element().isInteger()) {
      return codec.decode(codec.encode(x, rounding, Overflow.SATURATE, index));
    }
    int code = (byte) codec.encode(x * STEPS, rounding, Overflow.SATURATE, index);
    return Math.max(code, -MOST) / (double) STEPS;
  }
}
