package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

final class MatMulTest {
  private static final @Nullable Tile TILE = WarmUp.vectors().map(Kernels::tile).orElse(null);

  @RepeatedTest(60)
  void multiplyAdd_anySizesAndStrides_isOneAscendingChainPerOutput(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    int m = size(random);
    int n = size(random);
    int k = size(random);
    check(random, m, n, k, TILE);
    check(random, m, n, k, null);
  }

  @Test
  void multiplyAdd_severalBlocksOfEveryDimension_isOneAscendingChainPerOutput() {
    SplittableRandom random = new SplittableRandom(0);
    check(random, 150, 1050, 260, TILE);
    check(random, 20, 1050, 70, null);
  }

  /// More steps of k than are packed together, with rows divided, columns divided, and `a` and `b`
  /// transposed.
  @Test
  void multiplyAdd_severalBlocksOfStretches_isOneAscendingChainPerOutput() {
    SplittableRandom random = new SplittableRandom(5);
    check(random, 243, 131, 1090, TILE);
    check(random, 21, 270, 1090, TILE);
    Matrix a = new Matrix(values(random, 246 * 1050), 0, 1, 246);
    Matrix b = new Matrix(values(random, 1050 * 33), 0, 1, 1050);
    check(random, 246, 33, 1050, a, b, TILE);
    check(random, 130, 33, 1050, a, b, TILE);
  }

  /// The columns of a transposed operand are read in groups, which must hold whole panels.
  @Test
  void multiplyAdd_moreTransposedRowsThanAGroup_isOneAscendingChainPerOutput() {
    for (int m : new int[] {127, 130, 259}) {
      SplittableRandom random = new SplittableRandom(m);
      Matrix a = new Matrix(values(random, m * 40), 0, 1, m);
      Matrix b = new Matrix(values(random, 40 * 61), 0, 1, 40);
      check(random, m, 61, 40, a, b, TILE);
    }
  }

  @Test
  void multiplyAdd_tallTile_isOneAscendingChainPerOutput() {
    if (TILE != null) {
      check(new SplittableRandom(3), 29, 45, 31, new TallVectorTile());
      check(new SplittableRandom(4), 29, 45, 31, new VectorTile());
    }
  }

  private static int size(SplittableRandom random) {
    int[] limits = {2, 5, 20, 70};
    return random.nextInt(0, limits[random.nextInt(limits.length)]);
  }

  private static void check(SplittableRandom random, int m, int n, int k, @Nullable Tile tile) {
    check(random, m, n, k, matrix(random, m, k), matrix(random, k, n), tile);
  }

  private static void check(
      SplittableRandom random, int m, int n, int k, Matrix a, Matrix b, @Nullable Tile tile) {
    int row = n + random.nextInt(3);
    float[] start = values(random, 5 + m * row);
    float[] expected = start.clone();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        float sum = expected[5 + i * row + j];
        for (int p = 0; p < k; p++) {
          sum = Math.fma(at(a, i, p), at(b, p, j), sum);
        }
        expected[5 + i * row + j] = sum;
      }
    }
    float[] c = start.clone();
    MatMul.run(tile, m, n, k, a, b, new Matrix(c, 5, row, 1), random.nextBoolean());
    assertThat(c).as("%dx%dx%d", m, n, k).isEqualTo(expected);
    float[] public_ = start.clone();
    multiply(m, n, k, a, b, public_, 5, row, Mode.SINGLE);
    assertThat(public_).isEqualTo(expected);
  }

  private enum Mode {
    SINGLE,
    PARALLEL
  }

  private static void multiply(
      int m, int n, int k, Matrix a, Matrix b, float[] c, int cAt, int cRow, Mode mode) {
    switch (mode) {
      case SINGLE ->
          MatMul.multiplyAdd(
              m,
              n,
              k,
              a.x(),
              a.at(),
              a.row(),
              a.column(),
              b.x(),
              b.at(),
              b.row(),
              b.column(),
              c,
              cAt,
              cRow);
      case PARALLEL ->
          MatMul.parallel(
              m,
              n,
              k,
              a.x(),
              a.at(),
              a.row(),
              a.column(),
              b.x(),
              b.at(),
              b.row(),
              b.column(),
              c,
              cAt,
              cRow);
    }
  }

  private static float at(Matrix x, int i, int j) {
    return x.x()[x.at() + i * x.row() + j * x.column()];
  }

  /// Contiguous, transposed, padded, reversed or broadcast.
  private static Matrix matrix(SplittableRandom random, int rows, int columns) {
    return switch (random.nextInt(5)) {
      case 0 -> new Matrix(values(random, rows * columns), 0, columns, 1);
      case 1 -> new Matrix(values(random, rows * columns), 0, 1, rows);
      case 2 -> new Matrix(values(random, 7 + rows * (2 * columns + 3)), 7, 2 * columns + 3, 2);
      case 3 ->
          new Matrix(values(random, rows * columns), Math.max(0, rows - 1) * columns, -columns, 1);
      default -> new Matrix(values(random, Math.max(1, columns)), 0, 0, 1);
    };
  }

  private static float[] values(SplittableRandom random, int count) {
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = random.nextFloat() * 2 - 1;
    }
    return x;
  }

  @Test
  void parallel_bothSplits_giveTheBitsOfOneThread() {
    SplittableRandom random = new SplittableRandom(9);
    for (int[] size : new int[][] {{400, 70, 100}, {50, 430, 130}}) {
      Matrix a = new Matrix(values(random, size[0] * size[2]), 0, size[2], 1);
      Matrix b = new Matrix(values(random, size[2] * size[1]), 0, 1, size[2]);
      float[] expected = new float[size[0] * size[1]];
      float[] c = new float[size[0] * size[1]];
      multiply(size[0], size[1], size[2], a, b, expected, 0, size[1], Mode.SINGLE);
      multiply(size[0], size[1], size[2], a, b, c, 0, size[1], Mode.PARALLEL);
      assertThat(c).isEqualTo(expected);
    }
  }

  @Test
  void parallel_interrupted_stopsAndClearsTheFlag() {
    Matrix a = new Matrix(new float[200 * 200], 0, 200, 1);
    Thread.currentThread().interrupt();
    assertThatThrownBy(
            () -> multiply(200, 200, 200, a, a, new float[200 * 200], 0, 200, Mode.PARALLEL))
        .isInstanceOf(CancellationException.class)
        .hasMessage("matmul was interrupted");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void multiplyAdd_operandOutsideItsArray_namesItAndTheRange() {
    Matrix a = new Matrix(new float[6], 0, 3, 1);
    Matrix b = new Matrix(new float[5], 0, 2, 1);
    assertThatThrownBy(() -> multiply(2, 2, 3, a, b, new float[4], 0, 2, Mode.SINGLE))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("matmul: b covers elements 0 to 5 of an array of 5");
  }

  @Test
  void multiplyAdd_nanAndInfinity_followIeee() {
    Matrix a = new Matrix(new float[] {Float.POSITIVE_INFINITY, 1}, 0, 2, 1);
    Matrix b = new Matrix(new float[] {0, 2, 3, 4}, 0, 2, 1);
    float[] c = new float[2];
    multiply(1, 2, 2, a, b, c, 0, 2, Mode.SINGLE);
    assertThat(c).containsExactly(Float.NaN, Float.POSITIVE_INFINITY);
  }
}
