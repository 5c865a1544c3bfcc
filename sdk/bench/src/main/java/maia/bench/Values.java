package maia.bench;

import java.util.SplittableRandom;

/// Inputs of the benchmarks.
final class Values {
  private Values() {}

  /// `count` values between -2 and 2, the same every time.
  static float[] of(int count) {
    SplittableRandom random = new SplittableRandom(count);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-2, 2);
    }
    return values;
  }
}
