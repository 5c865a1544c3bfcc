package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

final class ReduceTest {
  @RepeatedTest(40)
  void sum_anyLengthAndStride_isTheTreeOverSixteenLanes(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    int count = random.nextInt(200);
    int stride = repetition.getCurrentRepetition() % 2 == 0 ? 1 : random.nextInt(-3, 4);
    int at = stride < 0 ? -stride * count : random.nextInt(5);
    float[] x = new float[5 + 4 * (count + 1)];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat() - 0.5f;
    }
    float[] lane = new float[16];
    for (int i = 0; i < count; i++) {
      lane[i % 16] += x[at + i * stride];
    }
    assertThat(Reduce.sum(x, at, count, stride)).isEqualTo(pair(lane, 0, 8));
  }

  /// The lanes of one node of the tree are those whose number agrees modulo the distance.
  private static float pair(float[] lane, int first, int distance) {
    int[] order = new int[16];
    for (int i = 0; i < 16; i++) {
      order[i] = i;
    }
    float[] sums = lane.clone();
    for (int d = distance; d > 0; d /= 2) {
      float[] next = new float[d];
      for (int i = 0; i < d; i++) {
        next[i] = sums[order[i]] + sums[order[i + d]];
      }
      sums = next;
    }
    return sums[first];
  }

  @Test
  void addToLanes_withAndWithoutVectors_agree() {
    SplittableRandom random = new SplittableRandom(1);
    float[] x = new float[1000];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat() * 1e10f;
    }
    float[] one = new float[16];
    float[] other = new float[16];
    WarmUp.vectors().orElseGet(ScalarKernels::new).addToLanes(x, 3, 960, one);
    new ScalarKernels().addToLanes(x, 3, 960, other);
    assertThat(one).isEqualTo(other);
  }

  @Test
  void maxAndMin_withNaN_passItOver() {
    float[] x = {Float.NaN, 3, Float.NaN, -7, 2};
    assertThat(Reduce.max(x, 0, 5, 1)).isEqualTo(3);
    assertThat(Reduce.min(x, 0, 5, 1)).isEqualTo(-7);
    assertThat(Reduce.max(x, 0, 2, 2)).isNaN();
    assertThat(Reduce.min(x, 0, 0, 1)).isNaN();
  }

  @Test
  void maxAndMin_ofBothZeros_orderThem() {
    assertThat(Reduce.max(new float[] {0f, -0f, 0f}, 0, 2, 1)).isEqualTo(Float.valueOf(0f));
    assertThat(Reduce.max(new float[] {-0f, 0f}, 0, 2, 1)).isEqualTo(Float.valueOf(0f));
    assertThat(Reduce.min(new float[] {0f, -0f}, 0, 2, 1)).isEqualTo(Float.valueOf(-0f));
    assertThat(Reduce.min(new float[] {-0f, 0f}, 0, 2, 1)).isEqualTo(Float.valueOf(-0f));
  }

  @Test
  void sum_outsideTheArray_isRefused() {
    assertThatThrownBy(() -> Reduce.sum(new float[4], 0, 3, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
