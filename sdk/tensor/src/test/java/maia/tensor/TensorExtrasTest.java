package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.UnaryOperator;
import maia.numerics.DType;
import org.junit.jupiter.api.Test;

/// What PyTorch offers beside the operations it is made of, against values that PyTorch 1.13 gives.
class TensorExtrasTest {
  private static final Tensor A = Tensor.of(new float[] {1, 2, -1, .5f, 0, 3}, 2, 3);
  private static final Tensor B = Tensor.of(new float[] {2, 1, 1, -1, 2, .25f}, 2, 3);
  private static final Tensor V = Tensor.of(1, -2, 3);

  private static void is(Tensor got, long[] shape, double... expected) {
    assertThat(got.shape()).containsExactly(shape);
    float[] values = got.toArray();
    assertThat(values).hasSize(expected.length);
    for (int i = 0; i < values.length; i++) {
      double room = 1e-6 * Math.max(1, Math.abs(expected[i]));
      assertThat((double) values[i]).as("element %d", i).isCloseTo(expected[i], within(room));
    }
  }

  private static long[] of(long... shape) {
    return shape;
  }

  @Test
  void products_followPyTorch() {
    is(Tensor.of(1, 2).addmm(.5, A, B.t(), 2), of(2, 2), 6.5, 6.5, 8.5, 1.5);
    is(Tensor.of(1, 2).addmm(A, B.t()), of(2, 2), 4, 4.75, 5, 2.25);
    is(Tensor.of(1, 2).addmv(A, V), of(2), -5, 11.5);
    is(A.unsqueeze(0).bmm(B.t().unsqueeze(0)), of(1, 2, 2), 3, 2.75, 4, .25);
    is(Tensor.of(1).baddbmm(A.unsqueeze(0), B.t().unsqueeze(0)), of(1, 2, 2), 4, 3.75, 5, 1.25);
    is(A.tensordot(B.t(), 1), of(2, 2), 3, 2.75, 4, .25);
    is(A.tensordot(B, 2), of(), 3.25);
    is(
        A.kron(B.narrow(1, 0, 2)),
        of(4, 6),
        2,
        1,
        4,
        2,
        -2,
        -1,
        -1,
        2,
        -2,
        4,
        1,
        -2,
        1,
        .5,
        0,
        0,
        6,
        3,
        -.5,
        1,
        0,
        0,
        -3,
        6);
    is(A.cross(B, 1), of(2, 3), 3, -3, -3, -6, -3.125, 1);
    is(B.cov(), of(2, 2), .3333333, -.7083333, -.7083333, 2.270833);
    is(B.corrcoef(), of(2, 2), 1, -.8141524, -.8141524, 1);
    is(Tensor.of(new float[] {2, 1, 1, 3}, 2, 2).logdet(), of(), 1.609438);
    is(A.t().lstsq(V.unsqueeze(1)), of(2, 1), -.6446701, .8527918);
  }

  @Test
  void elements_followPyTorch() {
    Tensor odd = Tensor.of(Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 1);
    is(odd.nanToNum(7, 8, 9), of(4), 7, 8, 9, 1);
    is(odd.nanToNum(), of(4), 0, Float.MAX_VALUE, -Float.MAX_VALUE, 1);
    Tensor gaps = Tensor.of(new float[] {1, Float.NaN, 3, 5}, 2, 2);
    is(gaps.nanmean(0), of(2), 2, 5);
    is(gaps.nansum(), of(), 9);
    is(A.isIn(Tensor.of(1, 3)).to(DType.F32), of(2, 3), 1, 0, 0, 0, 0, 1);
    is(A.bucketize(Tensor.of(0, 1, 2), Sets.Side.RIGHT).to(DType.F32), of(2, 3), 2, 3, 0, 1, 1, 3);
    is(V.sub(1).heaviside(Tensor.of(.5f)), of(3), .5, 0, 1);
    is(A.clamp(Tensor.of(0, 1, 0), Tensor.of(1, 1, 2)), of(2, 3), 1, 1, 0, .5, 1, 2);
    is(Tensor.of(180).deg2rad().rad2deg(), of(1), 180);
    is(B.quantile(List.of(.25, .5), 1), of(2, 2), 1, -.375, 1, .25);
  }

  @Test
  void arrangements_followPyTorch() {
    is(A.repeatInterleave(Tensor.ofLongs(2, 0, 1), 1), of(2, 3), 1, 1, -1, .5, .5, 3);
    is(A.diagEmbed(), of(2, 3, 3), 1, 0, 0, 0, 2, 0, 0, 0, -1, .5, 0, 0, 0, 0, 0, 0, 0, 3);
    is(V.diag().diag(), of(3), 1, -2, 3);
    is(A.rot90(1, 0, 1), of(3, 2), -1, 3, 2, 0, 1, .5);
    is(A.rot90(-1, 0, 1), of(3, 2), .5, 1, 0, 2, 3, -1);
    is(A.roll(new long[] {1, -1}, 0, 1), of(2, 3), 0, 3, .5, 2, -1, 1);
    is(A.takeAlongDim(Tensor.ofLongs(2, 0).reshape(2, 1), 1), of(2, 1), -1, .5);
    is(A.indexFill(1, Tensor.ofLongs(0, 2), 9), of(2, 3), 9, 2, 9, 9, 0, 9);
    is(A.indexCopy(1, Tensor.ofLongs(2, 0), B.narrow(1, 0, 2)), of(2, 3), 1, 2, 2, 2, 0, -1);
    is(A.fliplr().flipud(), of(2, 3), 3, 0, .5, -1, 2, 1);
    is(Tensor.cartesianProd(Tensor.of(1, 2), Tensor.of(3, 4)), of(4, 2), 1, 3, 1, 4, 2, 3, 2, 4);
    is(Tensor.pairs(V), of(3, 2), 1, -2, 1, 3, -2, 3);
    is(Tensor.logspace(-1, 2, 4, 10), of(4), .1, 1, 10, 100);
    is(Tensor.trilIndices(3, 3, -1).to(DType.F32), of(2, 3), 1, 2, 2, 0, 0, 1);
    is(
        Tensor.blockDiag(A, Tensor.of(7).reshape(1, 1)),
        of(3, 4),
        1,
        2,
        -1,
        0,
        .5,
        0,
        3,
        0,
        0,
        0,
        0,
        7);
    is(Tensor.hstack(List.of(A, B)), of(2, 6), 1, 2, -1, 2, 1, 1, .5, 0, 3, -1, 2, .25);
    is(Tensor.vstack(List.of(V, V.mul(2))), of(2, 3), 1, -2, 3, 2, -4, 6);
  }

  @Test
  void items_keepAllBits() {
    assertThat(Tensor.ofLongs(16_777_217).itemLong()).isEqualTo(16_777_217);
    assertThat(Tensor.ofDoubles(0.1).itemDouble()).isEqualTo(0.1);
  }

  @Test
  void gradients_flow() {
    Tensor x = A.to(DType.F64);
    List<UnaryOperator<Tensor>> functions =
        List.of(
            t -> t.kron(t),
            t -> t.cross(t.roll(1, 0), 1),
            Tensor::cov,
            Tensor::diagEmbed,
            t -> t.rot90(1, 0, 1),
            t -> t.indexFill(1, Tensor.ofLongs(1), 3),
            t -> t.indexCopy(0, Tensor.ofLongs(0), t.narrow(0, 1, 1).square()),
            t -> Spatial.unfold(t.reshape(1, 1, 2, 3), 2, 2, Window.of().padding(1)).square(),
            t -> Spatial.fold(t.reshape(1, 6, 1), 2, 3, 2, 3, Window.of()).square());
    for (int i = 0; i < functions.size(); i++) {
      var function = functions.get(i);
      GradCheck.Result result = GradCheck.check(in -> function.apply(in.getFirst()), List.of(x));
      assertThat(result.isRight()).as("function %d: %s", i, result).isTrue();
    }
  }

  @Test
  void shapes_thatDoNotFit_areRefused() {
    assertThatThrownBy(() -> A.mm(V))
        .hasMessageStartingWith("mm: needs two matrices, got 2x3 and 3; use matmul");
    assertThatThrownBy(() -> A.cross(B, 0))
        .hasMessageStartingWith("cross: dimension 0 must have size 3, the shapes are 2x3 and 2x3");
    assertThatThrownBy(() -> A.repeatInterleave(Tensor.ofLongs(-1, 1), 0))
        .hasMessageStartingWith("repeatInterleave: counts must not be negative, were [-1, 1]");
  }
}
