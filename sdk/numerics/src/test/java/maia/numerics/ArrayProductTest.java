package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ArrayProductTest {
  private static final @Nullable Tile TILE = WarmUp.vectors().map(Kernels::tile).orElse(null);

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16", "F16", "I8", "FP8_E4M3", "FP4_E2M1"})
  void multiplyAdd_anyTypeAndShape_isOneAscendingChainPerOutput(DType type) {
    SplittableRandom random = new SplittableRandom(type.ordinal());
    int[][] sizes = {
      {1, 1, 1},
      {1, 40, 9},
      {2, 1100, 33},
      {3, 19, 1030},
      {5, 7, 3},
      {9, 70, 300},
      {250, 18, 40},
      {23, 35, 70}
    };
    for (int[] s : sizes) {
      HostArray a = array(random, type, s[0], s[2], random.nextBoolean());
      HostArray b = array(random, type, s[2], s[1], random.nextBoolean());
      check(a, b, TILE);
      check(a, b, null);
    }
  }

  /// Rows and columns beyond the last whole tile, and more steps of k than are packed together,
  /// where tiles write the result themselves and where they must not.
  @Test
  void multiplyAdd_everyRestOfATile_isOneAscendingChainPerOutput() {
    SplittableRandom random = new SplittableRandom(9);
    List<Tile> tiles = TILE == null ? List.of() : List.of(TILE, new TallVectorTile());
    for (Tile tile : tiles) {
      for (int rest = 0; rest < 8; rest++) {
        int k = rest % 2 == 0 ? 515 + rest : 24 + rest;
        for (int n : new int[] {32, 45, 96}) {
          HostArray a = array(random, DType.F32, 16 + rest, k, false);
          check(a, array(random, DType.F32, k, n, rest == 5), tile);
        }
      }
    }
  }

  /// The weight of a linear layer runs along k.
  @Test
  void multiplyAdd_fewRowsTimesATransposedMatrix_isOneAscendingChainPerOutput() {
    SplittableRandom random = new SplittableRandom(8);
    int[][] sizes = {{4, 32, 512}, {5, 33, 515}, {8, 31, 1030}, {13, 70, 40}, {16, 1, 300}};
    for (DType type : new DType[] {DType.F32, DType.BF16, DType.I8}) {
      for (int[] s : sizes) {
        HostArray a = array(random, type, s[0], s[2], false);
        check(a, array(random, type, s[2], s[1], true), TILE);
      }
    }
  }

  @Test
  void multiplyAdd_manyThreads_giveTheSameBits() {
    SplittableRandom random = new SplittableRandom(5);
    for (int[] s : new int[][] {{1, 3000, 800}, {500, 90, 70}, {8, 1200, 300}, {7, 1201, 600}}) {
      check(
          array(random, DType.F32, s[0], s[2], false),
          array(random, DType.F32, s[2], s[1], true),
          TILE);
    }
  }

  private static void check(HostArray a, HostArray b, @Nullable Tile tile) {
    int m = (int) a.shape()[0];
    int k = (int) a.shape()[1];
    int n = (int) b.shape()[1];
    float[] x = a.toFloats();
    float[] y = b.toFloats();
    HostArray c = HostArray.of(new float[m * n], DType.F32, m, n);
    float[] expected = new float[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        for (int p = 0; p < k; p++) {
          expected[i * n + j] = Math.fma(x[i * k + p], y[p * n + j], expected[i * n + j]);
        }
      }
    }
    MatMul.run(tile, m, n, k, a, b, c);
    assertThat(c.toFloats()).as("%s times %s", a, b).isEqualTo(expected);
  }

  private static HostArray array(
      SplittableRandom random, DType type, int rows, int columns, boolean transposed) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() * 6 - 3;
    }
    HostArray dense = HostArray.of(values, type, rows, columns);
    return transposed
        ? HostArray.view(
            type,
            new long[] {rows, columns},
            new long[] {1, rows},
            0,
            dense.segment(),
            Optional.empty(),
            1)
        : dense;
  }

  @Test
  void multiplyAdd_shapesDiffer_namesAllThree() {
    HostArray a = HostArray.zeros(DType.F32, 2, 3);
    assertThatThrownBy(() -> MatMul.multiplyAdd(a, a, a))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("matmul: [2, 3] times [2, 3] does not fit [2, 3]");
  }
}
