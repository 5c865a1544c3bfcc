package maia.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import maia.numerics.HostArray;

/// Compares what a kernel wrote with double precision.
final class Close {
  private Close() {}

  /// Every element within `bound` of the expected one.
  static void all(HostArray found, double[] expected, double bound) {
    float[] values = found.toFloats();
    assertThat(values).hasSize(expected.length);
    for (int i = 0; i < values.length; i++) {
      assertThat(Math.abs(values[i] - expected[i]) <= bound)
          .as("element %d: %s, expected %s within %s", i, values[i], expected[i], bound)
          .isTrue();
    }
  }
}
