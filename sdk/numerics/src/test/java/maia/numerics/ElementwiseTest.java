package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ElementwiseTest {
  private static final int COUNT = 70_003;

  private static float[] values(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = random.nextFloat() * 8 - 4;
    }
    return x;
  }

  private static HostArray view(HostArray of, long[] shape, long[] strides, long offset) {
    return HostArray.view(of.type(), shape, strides, offset, of.segment(), Optional.empty(), 1);
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16", "F16", "FP8_E5M2", "FP6_E2M3", "FP4_E2M1"})
  void map_manyStretchesOfAnyType_roundsTheFunctionOfEachElement(DType type) {
    HostArray x = HostArray.of(values(COUNT, 1), type, COUNT);
    HostArray out = HostArray.zeros(type, COUNT);
    Elementwise.map(
        "triple",
        x,
        out,
        (v, spare, count) -> {
          for (int i = 0; i < count; i++) {
            v[i] *= 3;
          }
        });
    float[] in = x.toFloats();
    float[] expected = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      expected[i] = Codec.of(type).round(in[i] * 3);
    }
    assertThat(out.toFloats()).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void combine_denseStridedAndRepeated_equalsTheSlowLoop(Elementwise.Pair op) {
    int rows = 301;
    int columns = 233;
    HostArray dense = HostArray.of(values(rows * columns, 2), DType.F32, rows, columns);
    HostArray other = HostArray.of(values(rows * columns, 3), DType.F32, columns, rows);
    long[] shape = {rows, columns};
    HostArray[] right = {
      HostArray.of(values(rows * columns, 4), DType.F32, rows, columns),
      view(other, shape, new long[] {1, rows}, 0),
      view(other, shape, new long[] {0, 1}, 5),
      view(other, shape, new long[] {1, 0}, 7),
      view(other, shape, new long[] {0, 0}, 9)
    };
    for (HostArray b : right) {
      HostArray out = HostArray.zeros(DType.F32, rows, columns);
      Elementwise.combine(op, dense, b, out);
      assertThat(out.toFloats()).isEqualTo(slow(op, dense.toFloats(), b.toFloats()));
    }
  }

  private static float[] slow(Elementwise.Pair op, float[] a, float[] b) {
    float[] out = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      out[i] =
          switch (op) {
            case ADD -> a[i] + b[i];
            case SUB -> a[i] - b[i];
            case MUL -> a[i] * b[i];
            case DIV -> a[i] / b[i];
          };
    }
    return out;
  }

  @Test
  void combine_vectorLoops_giveTheBitsOfPlainOnes() {
    WarmUp.vectors()
        .ifPresent(kernels -> {
          HostArray a = HostArray.of(values(77, 5), DType.F32, 77);
          HostArray b = HostArray.of(values(77, 6), DType.F32, 77);
          for (Elementwise.Pair op : Elementwise.Pair.values()) {
            HostArray out = HostArray.zeros(DType.F32, 77);
            kernels.pair(op, a.segment(), 3, b.segment(), 1, out.segment(), 2, 70);
            float[] x = a.toFloats();
            float[] y = b.toFloats();
            for (int i = 0; i < 70; i++) {
              float[] one = slow(op, new float[] {x[3 + i]}, new float[] {y[1 + i]});
              assertThat((float) out.get(2 + i)).isEqualTo(one[0]);
            }
            kernels.pair(op, a.segment(), 3, 1.7f, out.segment(), 2, 70);
            float[] last = slow(op, new float[] {x[72]}, new float[] {1.7f});
            assertThat((float) out.get(71)).isEqualTo(last[0]);
          }
        });
  }

  @Test
  void addToRows_everyRow_addsTheBias() {
    float[] x = values(90 * 700, 8);
    float[] bias = values(700, 9);
    HostArray array = HostArray.of(x, DType.F32, 90, 700);
    Elementwise.addToRows(array, bias);
    for (int i = 0; i < x.length; i++) {
      x[i] += bias[i % 700];
    }
    assertThat(array.toFloats()).isEqualTo(x);
  }

  @Test
  void rows_longerThanAStretch_seeTheWholeRow() {
    int size = 5000;
    HostArray x = HostArray.of(values(12 * size, 10), DType.F32, 12, size);
    HostArray out = HostArray.zeros(DType.F32, 12, size);
    Elementwise.rows(
        "last",
        x,
        out,
        size,
        (row, spare, count) -> {
          float last = row[count - 1];
          for (int i = 0; i < count; i++) {
            row[i] = last;
          }
        });
    float[] in = x.toFloats();
    float[] result = out.toFloats();
    for (int i = 0; i < result.length; i++) {
      assertThat(result[i]).isEqualTo(in[i / size * size + size - 1]);
    }
  }

  @Test
  void map_resultWithGaps_isRefused() {
    HostArray x = HostArray.zeros(DType.F32, 4, 4);
    HostArray out = view(x, new long[] {2, 2}, new long[] {4, 1}, 0);
    assertThatThrownBy(() -> Elementwise.map("f", x, out, (v, spare, count) -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("elementwise: the result must lie densely");
  }
}
