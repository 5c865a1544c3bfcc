package maia.quant;

import java.util.Arrays;
import java.util.List;
import maia.quant.Quantizer.Scale;

/// The scales of groups, stored with scales of their own: a scale is read back as `code * scale +
/// offset`, two binary32 operations, and as zero where that is below zero.
///
/// @param codes the codes of the scales
/// @param scales the scale of each stretch of codes
/// @param offset the mean of the scales, so that the codes lie around zero
record DoubleScales(int[] codes, float[] scales, float offset) {
  /// The stored form of `firsts`; the mean is summed in binary64 in ascending order.
  static DoubleScales of(float[] firsts, Scale.Doubled kind) {
    double sum = 0;
    for (float scale : firsts) {
      sum += scale;
    }
    float offset = firsts.length == 0 ? 0 : (float) (sum / firsts.length);
    int[] codes = new int[firsts.length];
    float[] scales = new float[Math.ceilDiv(firsts.length, kind.group())];
    for (int g = 0; g < scales.length; g++) {
      int from = g * kind.group();
      int to = Math.min(firsts.length, from + kind.group());
      float most = 0;
      for (int i = from; i < to; i++) {
        most = Math.max(most, Math.abs(firsts[i] - offset));
      }
      scales[g] = most == 0 ? 0 : Math.max(most / kind.grid().largest(), Float.MIN_NORMAL);
      for (int i = from; i < to; i++) {
        codes[i] = kind.grid().code(scales[g] == 0 ? 0 : (firsts[i] - offset) / scales[g]);
      }
    }
    return new DoubleScales(codes, scales, offset);
  }

  /// The scales as they are read back.
  float[] values(Scale.Doubled kind) {
    float[] all = new float[codes.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = Math.max(0, kind.grid().value(codes[i]) * scales[i / kind.group()] + offset);
    }
    return all;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DoubleScales d
        && Arrays.equals(d.codes, codes)
        && Arrays.equals(d.scales, scales)
        && Float.compare(d.offset, offset) == 0;
  }

  @Override
  public int hashCode() {
    return List.of(Arrays.hashCode(codes), Arrays.hashCode(scales), offset).hashCode();
  }

  @Override
  public String toString() {
    return codes.length + " scales under " + scales.length + ", offset " + offset;
  }
}
