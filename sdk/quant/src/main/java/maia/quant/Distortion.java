package maia.quant;

import java.util.Locale;
import maia.base.Check;

/// What storing did to a tensor.
///
/// @param decibels signal-to-quantisation-noise ratio, `10 log10(sum x^2 / sum (x - y)^2)`;
///   infinite when nothing changed
/// @param clipped share of the values that lay beyond the last value of their group's codes
/// @param zeroed share of the values other than zero that became zero
/// @param largestError the largest absolute difference
public record Distortion(double decibels, double clipped, double zeroed, double largestError) {
  /// A scale is rounded to binary32, so the largest value itself may come back a little smaller.
  private static final double SCALE_ROUNDING = 0x1p-22;

  static Distortion of(float[] x, float[] y, int[] codes, int bottom, int top) {
    Check.argument(x.length == y.length, "distortion: %d values against %d", x.length, y.length);
    double signal = 0;
    double noise = 0;
    double worst = 0;
    long clipped = 0;
    long zeroed = 0;
    for (int i = 0; i < x.length; i++) {
      double error = (double) x[i] - y[i];
      signal += (double) x[i] * x[i];
      noise += error * error;
      worst = Math.max(worst, Math.abs(error));
      boolean atEnd = codes[i] == top && x[i] > y[i] || codes[i] == bottom && x[i] < y[i];
      clipped += atEnd && Math.abs(error) > SCALE_ROUNDING * Math.abs(x[i]) ? 1 : 0;
      zeroed += y[i] == 0 && x[i] != 0 ? 1 : 0;
    }
    int count = Math.max(1, x.length);
    double ratio = noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
    return new Distortion(ratio, (double) clipped / count, (double) zeroed / count, worst);
  }

  /// Without codes: values that changed are not counted as clipped.
  static Distortion of(float[] x, float[] y) {
    return of(x, y, new int[x.length], 1, 1);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "SQNR %.2f dB, %.3f %% clipped, %.3f %% became zero, largest error %.4g",
        decibels,
        100 * clipped,
        100 * zeroed,
        largestError);
  }
}
