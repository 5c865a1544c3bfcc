package maia.numerics;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import maia.base.Check;
import maia.base.Stop;

/// Quantizes to and from block formats. All arithmetic is exact or one named binary32 operation.
///
/// MX (OCP v1.0): scale 2^e by a [ScaleRule]; element = the nearest value to x / 2^e (exact
/// division), ties to even, saturating. MXINT8 elements are -127/64 to 127/64; -2 is not produced.
///
/// NVFP4, in this order of binary32 operations: `s = e4m3((amax / 6) / t)` with t the tensor scale,
/// nearest even and saturating; a scale that would round to zero in a block that is not all zero
/// becomes 2^-9; element = `e2m1(x / (s * t))`. The [ScaleRule] does not matter; other orders are
/// in [NvOrder].
///
/// A block with a NaN or an infinity has scale NaN, and elements of value zero. An all-zero block
/// has scale code 0x00 (but see [NvOrder#RECIPROCAL]); its elements keep the sign of their zeros,
/// except in NVFP4 by division, where they are +0. A short last block is scaled as if padded with
/// zeros.
public final class BlockCodec {
  private BlockCodec() {}

  /// As [#quantize(BlockFormat, BlockRules, float\[\], int, int, float, float\[\], int, float\[\],
  /// int)] with nearest-even elements and NVFP4 by division.
  public static void quantize(
      BlockFormat f,
      ScaleRule rule,
      float[] in,
      int at,
      int count,
      float tensorScale,
      float[] elements,
      int elementAt,
      float[] scales,
      int scaleAt) {
    quantize(
        f, BlockRules.of(rule), in, at, count, tensorScale, elements, elementAt, scales, scaleAt);
  }

  /// Quantizes `in[at..at+count]`, the first element beginning a block. Writes element values
  /// before scaling to `elements` and one scale value per block to `scales`; `in` and `elements`
  /// may be the same place. Pass 1 for `tensorScale` where the format has none.
  public static void quantize(
      BlockFormat f,
      BlockRules rules,
      float[] in,
      int at,
      int count,
      float tensorScale,
      float[] elements,
      int elementAt,
      float[] scales,
      int scaleAt) {
    new BlockElements(f, rules, tensorScale)
        .quantize(in, at, count, elements, elementAt, scales, scaleAt, elementAt);
  }

  /// The values of `count` elements: `(element * scale) * tensorScale`, both products in binary32.
  /// `elements` and `out` may be the same place.
  public static void dequantize(
      BlockFormat f,
      float[] elements,
      int elementAt,
      int count,
      float[] scales,
      int scaleAt,
      float tensorScale,
      float[] out,
      int outAt) {
    for (int done = 0, block = 0; done < count; done += f.block(), block++) {
      int end = Math.min(done + f.block(), count);
      float scale = scales[scaleAt + block];
      for (int i = done; i < end; i++) {
        out[outAt + i] = elements[elementAt + i] * scale * tensorScale;
      }
    }
  }

  /// The tensor scale for data with this largest magnitude: `amax / (6 * 448)` for NVFP4, 1 for
  /// formats without one and for all-zero data.
  public static float tensorScale(float amax, BlockFormat f) {
    Check.argument(
        amax >= 0 && amax < Float.POSITIVE_INFINITY,
        "%s: the largest magnitude must be finite and not negative, was %s",
        f.label(),
        amax);
    if (!f.tensorScale() || amax == 0) {
      return 1f;
    }
    float range = BlockScales.largest(f) * Codec.of(f.scale()).decode(0x7e);
    return Math.max(amax / range, Float.MIN_VALUE);
  }

  /// A contiguous block array of the values of `array`, quantized along the last dimension:
  /// nearest-even elements, NVFP4 by division. The tensor scale, if any, comes from the largest
  /// finite magnitude.
  public static HostArray quantize(Array array, BlockFormat f, ScaleRule rule) {
    return quantize(array, f, BlockRules.of(rule));
  }

  /// A contiguous block array of the values of `array`, quantized along the last dimension. The
  /// tensor scale, if any, comes from the largest finite magnitude.
  public static HostArray quantize(Array array, BlockFormat f, BlockRules rules) {
    HostArray result = HostArray.unset(f, array.shape());
    if (array.elements() == 0) {
      return result;
    }
    Array scalars = scalars(array);
    Reader reader = new Reader(scalars);
    if (f.tensorScale()) {
      result = result.withTensorScale(tensorScale(largestFinite(scalars, reader), f));
    }
    if (!MemoryBlocks.quantize(scalars, reader, rules, result)) {
      quantize(reader, f, rules, result);
    }
    return result;
  }

  /// Rows in parallel; eight together begin and end with a whole byte.
  private static void quantize(Reader from, BlockFormat f, BlockRules rules, HostArray to) {
    int row = rowLength(to.shape());
    int blocks = Math.ceilDiv(row, f.block());
    BlockElements elements = new BlockElements(f, rules, to.tensorScale());
    Codec scale = Codec.of(f.scale());
    Array toScales = to.scales().orElseThrow();
    long chunk = Math.ceilDiv(Math.max(1, Elementwise.PART / row), 8L) * 8;
    Parallel.ranges(
        "quantize",
        to.elements() / row,
        chunk,
        (first, end) -> {
          float[] values = Scratch.floats(Scratch.Slot.FIRST, row);
          float[] scales = Scratch.floats(Scratch.Slot.SCALES, blocks);
          for (long r = first; r < end; r++) {
            Stop.poll("quantize");
            from.read(r * row, row, values, 0);
            elements.encode(values, row, scales, to.segment(), r * row);
            scale.encode(scales, 0, blocks, toScales.segment(), r * blocks, 1);
          }
        });
  }

  /// The values of a block array as contiguous fp32.
  public static HostArray dequantize(Array array) {
    HostArray result = HostArray.unset(DType.F32, array.shape());
    if (!MemoryBlocks.dequantize(array, result)) {
      HostArray.store(HostArray.floats(array), result);
    }
    return result;
  }

  private static Array scalars(Array array) {
    return array.type() instanceof BlockFormat ? dequantize(array) : array;
  }

  private static int rowLength(long[] shape) {
    return shape.length == 0 ? 1 : Math.toIntExact(shape[shape.length - 1]);
  }

  private static float largestFinite(Array array, Reader reader) {
    long count = array.elements();
    Optional<BlockLoops> loops =
        Elementwise.isDirect(array) && reader.isDense()
            ? MemoryLoops.current(MemoryLoops.Kind.FRACTIONS, count).flatMap(MemoryLoops::blocks)
            : Optional.empty();
    AtomicInteger largest = new AtomicInteger();
    Elementwise.stretches(
        "quantize",
        count,
        (at, size) -> {
          int most =
              loops.isPresent() && size == Elementwise.STRETCH
                  ? loops.get().largest(array.segment(), 4 * (reader.offset() + at), size)
                  : Narrow.INFINITY;
          if (most >= Narrow.INFINITY) {
            float[] x = Scratch.floats(Scratch.Slot.FIRST, Elementwise.STRETCH);
            reader.read(at, size, x, 0);
            most = largestFinite(x, size);
          }
          largest.accumulateAndGet(most, Math::max);
        });
    return Float.intBitsToFloat(largest.get());
  }

  /// Its bits.
  private static int largestFinite(float[] x, int count) {
    int[] most = new int[1];
    CodeLoops.current(count).largest(x, 0, count, 1, most);
    if (most[0] < Narrow.INFINITY) {
      return most[0];
    }
    int largest = 0;
    for (int i = 0; i < count; i++) {
      int size = Float.floatToRawIntBits(x[i]) & Integer.MAX_VALUE;
      largest = size > largest && size < Narrow.INFINITY ? size : largest;
    }
    return largest;
  }
}
