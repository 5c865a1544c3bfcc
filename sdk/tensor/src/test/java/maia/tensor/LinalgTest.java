package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import maia.numerics.DType;
import maia.tensor.TensorLinalg.Triangle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinalgTest {
  /// fp64 in a few hundred operations.
  private static final double EXACT = 1e-12;

  private static double[][] rows(Tensor x) {
    int n = (int) x.size(1);
    double[] flat = Host.doubles(x);
    double[][] rows = new double[(int) x.size(0)][n];
    for (int i = 0; i < flat.length; i++) {
      rows[i / n][i % n] = flat[i];
    }
    return rows;
  }

  private static double[][] times(double[][] a, double[][] b) {
    double[][] c = new double[a.length][b[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b[0].length; j++) {
        for (int k = 0; k < b.length; k++) {
          c[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return c;
  }

  private static void same(double[][] actual, double[][] expected) {
    assertThat(actual.length).isEqualTo(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).as("row %d", i).containsExactly(expected[i], within(EXACT));
    }
  }

  private static double[][] identity(int n) {
    double[][] one = new double[n][n];
    for (int i = 0; i < n; i++) {
      one[i][i] = 1;
    }
    return one;
  }

  @ParameterizedTest
  @CsvSource({"5, 5", "7, 4", "3, 6", "1, 1"})
  void qrAndSvd_multiplyBack(int m, int n) {
    Tensor a = Tensor.randn(DType.F64, 10L * m + n, m, n);
    TensorLinalg.Qr qr = a.qr();
    TensorLinalg.Svd svd = a.svd();
    int k = Math.min(m, n);

    same(times(rows(qr.q()), rows(qr.r())), rows(a));
    same(times(rows(qr.q().t()), rows(qr.q())), identity(k));
    assertThat(Host.doubles(qr.r().tril(-1))).containsOnly(0);
    same(times(rows(svd.u().mul(svd.s())), rows(svd.vh())), rows(a));
    same(times(rows(svd.u().t()), rows(svd.u())), identity(k));
    same(times(rows(svd.vh()), rows(svd.vh().t())), identity(k));
    double[] s = Host.doubles(svd.s());
    for (int i = 1; i < k; i++) {
      assertThat(s[i]).isLessThanOrEqualTo(s[i - 1]).isPositive();
    }
  }

  @Test
  void svd_ofLowRank_hasZerosAndFullVectors() {
    Tensor x = Tensor.randn(DType.F64, 1, 5, 1);
    Tensor a = x.matmul(Tensor.randn(DType.F64, 2, 1, 3));
    TensorLinalg.Svd svd = a.svd();

    assertThat(Host.doubles(svd.s())[1]).isCloseTo(0, within(EXACT));
    same(times(rows(svd.u().t()), rows(svd.u())), identity(3));
    same(times(rows(a), times(rows(a.pinv(1e-10)), rows(a))), rows(a));
  }

  @Test
  void eigh_choleskyAndSystems_multiplyBack() {
    Tensor x = Tensor.randn(DType.F64, 3, 6, 6);
    Tensor a = x.matmul(x.t()).add(LinearAlgebra.identity(x));
    TensorLinalg.Eigh eigh = a.eigh();
    Tensor l = a.cholesky();
    Tensor b = Tensor.randn(DType.F64, 4, 6, 2);

    same(times(rows(a), rows(eigh.vectors())), rows(eigh.vectors().mul(eigh.values())));
    same(times(rows(l), rows(l.t())), rows(a));
    same(times(rows(x), rows(x.solve(b))), rows(b));
    same(times(rows(x), rows(x.inverse())), identity(6));
    same(times(rows(l), rows(a.tril().mul(0).add(l).triangularSolve(b, Triangle.LOWER))), rows(b));
    same(times(rows(l.t()), rows(l.t().triangularSolve(b, Triangle.UPPER))), rows(b));
    double product = 1;
    for (double w : Host.doubles(eigh.values())) {
      product *= w;
    }
    assertThat(Host.doubles(a.det())[0]).isCloseTo(product, within(1e-9 * product));
    assertThat(Host.doubles(a.slogdet().logAbsDet())[0])
        .isCloseTo(Math.log(product), within(EXACT));
  }

  @Test
  void determinants_knownValues() {
    Tensor a = Tensor.of(new float[][] {{0, 2}, {3, 4}});

    assertThat(a.det().item()).isEqualTo(-6);
    assertThat(a.slogdet().sign().item()).isEqualTo(-1);
    assertThat(Tensor.zeros(2, 2).slogdet().logAbsDet().item()).isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(Tensor.of(new float[][] {{1, 1}, {0, 1}}).matrixPower(5).toArray())
        .containsExactly(1, 5, 0, 1);
    assertThat(a.trace().item()).isEqualTo(4);
    assertThat(a.tril().toArray()).containsExactly(0, 0, 3, 4);
    assertThat(Tensor.of(0, 3).reshape(1, 2).cdist(Tensor.of(4, 0).reshape(1, 2)).item())
        .isEqualTo(5);
  }

  @Test
  void einsum_everyForm_equalsLoops() {
    Tensor a = Tensor.randn(DType.F64, 1, 2, 3);
    Tensor b = Tensor.randn(DType.F64, 2, 3, 4);
    Tensor square = Tensor.randn(DType.F64, 3, 3, 3);
    Tensor batch = Tensor.randn(DType.F64, 4, 5, 2, 3);
    double[][] product = times(rows(a), rows(b));

    same(rows(Tensor.einsum("ij,jk->ik", a, b)), product);
    same(rows(Tensor.einsum("ij, jk", a, b)), product);
    same(rows(Tensor.einsum("ij,jk->ki", a, b).t()), product);
    same(rows(Tensor.einsum("ba", a).t()), rows(a));
    assertThat(Host.doubles(Tensor.einsum("ii", square)))
        .containsExactly(Host.doubles(square.trace()), within(EXACT));
    assertThat(Host.doubles(Tensor.einsum("ii->i", square)))
        .containsExactly(Host.doubles(square.diagonal()));
    assertThat(Host.doubles(Tensor.einsum("ij->", a)))
        .containsExactly(Host.doubles(a.sum()), within(EXACT));
    Tensor batched = Tensor.einsum("...ij,jk->...ik", batch, b);
    assertThat(batched.shape()).containsExactly(5, 2, 4);
    same(rows(batched.get(3)), times(rows(batch.get(3)), rows(b)));
    Tensor chain = Tensor.einsum("ij,jk,kl->il", a, b, b.t());
    same(rows(chain), times(product, rows(b.t())));
    Tensor outer = Tensor.einsum("i,j->ij", a.get(0), b.get(0));
    same(rows(outer), rows(a.get(0).outer(b.get(0))));
    assertThat(
            Tensor.einsum(
                    "bhqd,bhkd->bhqk",
                    Tensor.meta(DType.F32, 2, 3, 4, 5),
                    Tensor.meta(DType.F32, 2, 3, 6, 5))
                .shape())
        .containsExactly(2, 3, 4, 6);
  }

  @Test
  void einsum_malformed_refused() {
    Tensor a = Tensor.zeros(2, 3);

    Messages.shapeRefusal(() -> Tensor.einsum("ij,jk->ik", a))
        .isEqualTo("einsum 'ij,jk->ik': names 2 operands, got 1 tensors");
    Messages.shapeRefusal(() -> Tensor.einsum("ijk->i", a))
        .isEqualTo("einsum 'ijk->i': operand 0 is 'ijk', the tensor has 2 dimensions");
    Messages.shapeRefusal(() -> Tensor.einsum("ij->k", a))
        .isEqualTo("einsum 'ij->k': 'k' of the result is in no operand");
    Messages.shapeRefusal(() -> Tensor.einsum("ij->ii", a))
        .isEqualTo("einsum 'ij->ii': the result 'ii' names a letter twice");
    Messages.shapeRefusal(() -> Tensor.einsum("ij,kj->ik", a, Tensor.zeros(2, 4)))
        .isEqualTo("einsum 'ij,kj->ik': 'j' has sizes 3 and 4");
    Messages.shapeRefusal(() -> Tensor.einsum("i1->i", a))
        .isEqualTo("einsum 'i1->i': '1' is no letter, no ellipsis, no comma and no arrow");
  }

  @Test
  void mistakes_named() {
    Messages.tensorRefusal(() -> Tensor.zeros(2, 2).inverse())
        .isEqualTo(
            "solve: matrix 0 of the batch is singular: pivot 0 of 2 is 0; use pinv, or add a small"
                + " diagonal");
    Messages.tensorRefusal(() -> Tensor.of(new float[][] {{1, 2}, {2, 1}}).cholesky())
        .isEqualTo(
            "cholesky: matrix 0 of the batch is not positive definite: its leading minor of order 2"
                + " is not positive");
    Messages.shapeRefusal(() -> Tensor.zeros(2, 3).det())
        .isEqualTo("det: needs square matrices as the last two dimensions, the shape is 2x3");
    Messages.shapeRefusal(() -> Tensor.zeros(3).qr())
        .isEqualTo("qr: needs matrices as the last two dimensions, the shape is 3");
    Messages.shapeRefusal(() -> Tensor.zeros(2, 2, 2).bmm(Tensor.zeros(2, 2)))
        .isEqualTo(
            "bmm: needs two batches of one size, [B, M, K] and [B, K, N], got 2x2x2 and 2x2; matmul"
                + " broadcasts");
    Messages.shapeRefusal(() -> Tensor.zeros(2).dot(Tensor.zeros(3)))
        .isEqualTo("dot: needs two vectors of one length, got 2 and 3");
  }
}
