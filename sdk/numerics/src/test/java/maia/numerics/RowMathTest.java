package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

final class RowMathTest {
  /// Both kinds of loops, where the vector module is there.
  private static List<Kernels> kernels() {
    Kernels plain = new ScalarKernels();
    return WarmUp.vectors().map(v -> List.of(plain, v)).orElse(List.of(plain));
  }

  private static float[] values(SplittableRandom random, int count) {
    float[] specials = {0f, -0f, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] =
          random.nextInt(12) == 0
              ? specials[random.nextInt(specials.length)]
              : random.nextFloat() * 6 - 3;
    }
    return x;
  }

  @RepeatedTest(60)
  void max_anyLengthAndSpecialValues_equalsOneByOne(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    float[] x = values(random, random.nextInt(60));
    if (random.nextBoolean()) {
      for (int i = 0; i < x.length; i++) {
        x[i] = random.nextBoolean() ? -0f : x[i] > 0 ? 0f : Float.NaN;
      }
    }
    float best = Float.NaN;
    for (float v : x) {
      best = Reduce.larger(best, v);
    }
    for (Kernels each : kernels()) {
      assertThat(Float.floatToIntBits(each.max(x, 0, x.length)))
          .as(Arrays.toString(x))
          .isEqualTo(Float.floatToIntBits(best));
    }
  }

  @RepeatedTest(20)
  void loopsOfRows_withAndWithoutVectors_giveTheSameBits(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    float[] x = values(random, 200);
    float[] out = new float[200];
    float[] lanes = new float[16];
    float[] centred = x.clone();
    for (int i = 0; i < 160; i++) {
      centred[i + 3] = x[i + 3] - 0.3f;
      lanes[i % 16] += centred[i + 3] * centred[i + 3];
    }
    for (int i = 0; i < 190; i++) {
      out[i] = Fmath.exp(x[i + 5] - 0.7f);
    }
    for (Kernels each : kernels()) {
      float[] y = x.clone();
      float[] sums = new float[16];
      each.squaresToLanes(y, 3, 160, 0.3f, sums);
      assertThat(y).isEqualTo(centred);
      assertThat(sums).isEqualTo(lanes);
      float[] e = new float[200];
      each.expMinus(x, 5, 0.7f, e, 0, 190);
      assertThat(e).isEqualTo(out);
    }
  }

  private static float sum(float[] x) {
    float[] lanes = new float[16];
    for (int i = 0; i < x.length; i++) {
      lanes[i % 16] += x[i];
    }
    for (int width = 8; width > 0; width /= 2) {
      for (int lane = 0; lane < width; lane++) {
        lanes[lane] += lanes[lane + width];
      }
    }
    return lanes[0];
  }

  @Test
  void layerNorm_raggedRow_followsTheWrittenSteps() {
    float[] x = finite(37, 1);
    float[] weight = finite(37, 2);
    float[] bias = finite(37, 3);
    float mean = sum(x) / 37;
    float[] squares = new float[37];
    for (int i = 0; i < 37; i++) {
      squares[i] = (x[i] - mean) * (x[i] - mean);
    }
    float scale = 1 / (float) Math.sqrt(sum(squares) / 37 + 1e-5f);
    float[] expected = new float[37];
    float[] plain = new float[37];
    for (int i = 0; i < 37; i++) {
      plain[i] = (x[i] - mean) * scale;
      expected[i] = plain[i] * weight[i] + bias[i];
    }
    float[] y = x.clone();
    RowMath.layerNorm(y, 37, 1e-5f, weight, bias);
    assertThat(y).isEqualTo(expected);
    float[] bare = x.clone();
    RowMath.layerNorm(bare, 37, 1e-5f, new float[0], new float[0]);
    assertThat(bare).isEqualTo(plain);
  }

  @Test
  void rmsNorm_raggedRow_followsTheWrittenSteps() {
    float[] x = finite(50, 4);
    float[] weight = finite(50, 5);
    float[] squares = new float[50];
    for (int i = 0; i < 50; i++) {
      squares[i] = x[i] * x[i];
    }
    float scale = 1 / (float) Math.sqrt(sum(squares) / 50 + 1e-6f);
    float[] expected = new float[50];
    for (int i = 0; i < 50; i++) {
      expected[i] = x[i] * scale * weight[i];
    }
    RowMath.rmsNorm(x, 50, 1e-6f, weight, new float[0]);
    assertThat(x).isEqualTo(expected);
  }

  @Test
  void softmax_raggedRow_followsTheWrittenSteps() {
    float[] x = finite(41, 6);
    float max = Float.NEGATIVE_INFINITY;
    for (float v : x) {
      max = Math.max(max, v);
    }
    float[] e = new float[41];
    for (int i = 0; i < 41; i++) {
      e[i] = Fmath.exp(x[i] - max);
    }
    float total = sum(e);
    float[] expected = new float[41];
    float[] logs = new float[41];
    for (int i = 0; i < 41; i++) {
      expected[i] = e[i] / total;
      logs[i] = x[i] - max - Fmath.log(total);
    }
    float[] y = x.clone();
    RowMath.softmax(y, 41);
    assertThat(y).isEqualTo(expected);
    RowMath.logSoftmax(x, new float[41], 41);
    assertThat(x).isEqualTo(logs);
  }

  private static float[] finite(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = random.nextFloat() * 6 - 3;
    }
    return x;
  }

  @Test
  void reduce_rowsAndColumns_followTheOrderOfOneRow() {
    int rows = 300;
    int columns = 517;
    HostArray x = HostArray.of(finite(rows * columns, 7), DType.F32, rows, columns);
    HostArray turned =
        HostArray.view(
            DType.F32,
            new long[] {columns, rows},
            new long[] {1, columns},
            0,
            x.segment(),
            Optional.empty(),
            1);
    checkReduce(x, columns);
    checkReduce(turned, rows);
    checkReduce(HostArray.of(finite(9001, 8), DType.BF16, 1, 9001), 9001);
  }

  private static void checkReduce(HostArray x, int count) {
    float[] all = x.toFloats();
    float[] sums = new float[all.length / count];
    float[] high = new float[sums.length];
    float[] low = new float[sums.length];
    for (int r = 0; r < sums.length; r++) {
      float[] row = Arrays.copyOfRange(all, r * count, (r + 1) * count);
      sums[r] = sum(row);
      Arrays.sort(row);
      low[r] = row[0];
      high[r] = row[count - 1];
    }
    assertThat(Reductions.reduce(Reductions.Kind.SUM, x, count)).isEqualTo(sums);
    assertThat(Reductions.reduce(Reductions.Kind.MAX, x, count)).isEqualTo(high);
    assertThat(Reductions.reduce(Reductions.Kind.MIN, x, count)).isEqualTo(low);
  }
}
