package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class VectorWeightsTest {
  private static final int BEFORE = 3;

  @BeforeEach
  void needsVectors() {
    Assumptions.assumeTrue(WarmUp.vectors().isPresent());
  }

  private static float[] scores(SplittableRandom random, int count, float spread) {
    float[] x = new float[BEFORE + count + 5];
    for (int i = 0; i < x.length; i++) {
      x[i] = (random.nextFloat() - 0.5f) * spread;
    }
    return x;
  }

  private static float[] expected(float[] x, int count, float scale) {
    float[] row = Arrays.copyOfRange(x, BEFORE, BEFORE + count);
    for (int i = 0; i < count; i++) {
      row[i] *= scale;
    }
    float max = Float.NEGATIVE_INFINITY;
    for (float v : row) {
      max = Math.max(max, v);
    }
    float[] lanes = new float[16];
    for (int i = 0; i < count; i++) {
      row[i] = Fmath.exp(row[i] - max);
      lanes[i % 16] += row[i];
    }
    for (int width = 8; width > 0; width /= 2) {
      for (int lane = 0; lane < width; lane++) {
        lanes[lane] += lanes[lane + width];
      }
    }
    float[] all = x.clone();
    for (int i = 0; i < count; i++) {
      all[BEFORE + i] = row[i] / lanes[0];
    }
    return all;
  }

  @Test
  void weigh_anyLength_hasTheBitsOfPlainSoftmaxAndLeavesWhatIsBeside() {
    Kernels kernels = WarmUp.vectors().orElseThrow();
    SplittableRandom random = new SplittableRandom(69);
    for (float spread : new float[] {0, 1e-3f, 4, 110}) {
      for (int count = 1; count <= 130; count++) {
        float[] x = scores(random, count, spread);
        float[] expected = expected(x, count, 1f);
        boolean near = spread(x, count) <= 60;
        assertThat(kernels.weigh(x, BEFORE, count, 1f)).isEqualTo(near);
        if (near) {
          assertThat(x).as("%d elements, spread %s", count, spread).isEqualTo(expected);
        }
      }
    }
  }

  private static float spread(float[] x, int count) {
    float[] sorted = Arrays.copyOfRange(x, BEFORE, BEFORE + count);
    Arrays.sort(sorted);
    return sorted[count - 1] - sorted[0];
  }

  @Test
  void weigh_scale_roundsOnceBeforeTheLargestIsTaken() {
    Kernels kernels = WarmUp.vectors().orElseThrow();
    float[] x = scores(new SplittableRandom(70), 77, 30);
    float[] expected = expected(x, 77, 0.35355338f);
    assertThat(kernels.weigh(x, BEFORE, 77, 0.35355338f)).isTrue();
    assertThat(x).isEqualTo(expected);
  }

  @Test
  void weigh_notFiniteOrFarApart_onlyMultiplies() {
    Kernels kernels = WarmUp.vectors().orElseThrow();
    float[] odd = {
      Float.NaN, -Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1e30f, -1e30f, -200
    };
    for (float value : odd) {
      for (int place : new int[] {0, 7, 15, 16, 31, 32, 36}) {
        float[] x = scores(new SplittableRandom(71), 37, 4);
        x[BEFORE + place] = value;
        float[] expected = x.clone();
        for (int i = 0; i < 37; i++) {
          expected[BEFORE + i] *= 0.5f;
        }
        assertThat(kernels.weigh(x, BEFORE, 37, 0.5f)).isFalse();
        assertThat(x).as("%s at %d", value, place).isEqualTo(expected);
      }
    }
  }

  @Test
  void weigh_withoutVectors_onlyMultiplies() {
    float[] x = {1, 2, 3};
    assertThat(new ScalarKernels().weigh(x, 1, 2, 0.5f)).isFalse();
    assertThat(x).containsExactly(1, 1, 1.5f);
  }
}
