package maia.numerics;

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
/// has scale code 0x00 (but see [NvOrder#RECIPROCAL]). A short last block is scaled as if padded
/// with zeros.
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
    for (int done = 0, block = 0; done < count; done += f.block(), block++) {
      int size = Math.min(f.block(), count - done);
      float scale = scale(f, rules, in, at + done, size, tensorScale);
      scales[scaleAt + block] = scale;
      BlockElements.write(
          f, rules, in, at + done, size, scale, tensorScale, elements, elementAt + done);
    }
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
    float[] values = HostArray.floats(array);
    HostArray result = HostArray.zeros(f, array.shape());
    if (f.tensorScale()) {
      result = result.withTensorScale(tensorScale(largestFinite(values), f));
    }
    if (values.length == 0) {
      return result;
    }
    int row = rowLength(array.shape());
    int blocks = Math.ceilDiv(row, f.block());
    float[] scales = new float[values.length / row * blocks];
    for (int r = 0; r < values.length / row; r++) {
      Stop.poll("quantize");
      quantize(
          f,
          rules,
          values,
          r * row,
          row,
          result.tensorScale(),
          values,
          r * row,
          scales,
          r * blocks);
    }
    storeElements(f, values, result);
    HostArray.store(scales, result.scales().orElseThrow());
    return result;
  }

  /// The values of a block array as contiguous fp32.
  public static HostArray dequantize(Array array) {
    return HostArray.of(HostArray.floats(array), DType.F32, array.shape());
  }

  /// Decoded element values become code values: only MXINT8 counts in 64ths.
  private static void storeElements(BlockFormat f, float[] values, HostArray to) {
    if (f.element().isInteger()) {
      for (int i = 0; i < values.length; i++) {
        values[i] *= 64;
      }
    }
    Codec.of(f.element()).encode(values, 0, values.length, to.segment(), 0, 1);
  }

  private static int rowLength(long[] shape) {
    return shape.length == 0 ? 1 : Math.toIntExact(shape[shape.length - 1]);
  }

  private static float largestFinite(float[] values) {
    float largest = 0;
    for (float value : values) {
      float size = Math.abs(value);
      largest = size > largest && size < Float.POSITIVE_INFINITY ? size : largest;
    }
    return largest;
  }

  private static float scale(
      BlockFormat f, BlockRules rules, float[] in, int at, int size, float tensorScale) {
    int largest = 0;
    for (int i = at; i < at + size; i++) {
      largest = Math.max(largest, Float.floatToRawIntBits(in[i]) & 0x7fffffff);
    }
    float amax = Float.intBitsToFloat(largest);
    if (!(amax < Float.POSITIVE_INFINITY)) {
      return Float.NaN;
    }
    return f.tensorScale()
        ? BlockScales.nv(f, rules.order(), amax, tensorScale)
        : BlockScales.mx(f, rules.scale(), amax, in, at, size);
  }
}
