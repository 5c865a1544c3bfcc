package maia.tensor;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.BOOL;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.F64;
import static maia.numerics.DType.I64;
import static maia.numerics.DType.I8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Scalars, nothing at all, NaN, large integers: what PyTorch gives.
class AwkwardInputsTest {
  private static final float NAN = Float.NaN;
  private static final Tensor SCALAR = Tensor.of(5).get(0);

  @Test
  void scalars_haveDimensionZeroAndMinusOne() {
    for (int dim : List.of(0, -1)) {
      List<UnaryOperator<Tensor>> same =
          List.of(
              x -> x.sum(dim),
              x -> x.mean(dim),
              x -> x.amax(dim),
              x -> x.cumsum(dim),
              x -> x.cumprod(dim),
              x -> x.prod(Dims.DROP, dim),
              x -> x.sort(dim).values(),
              x -> x.topk(1, dim).values(),
              x -> x.kthvalue(1, dim).values(),
              x -> x.median(dim).values(),
              x -> x.max(dim).values(),
              x -> x.min(dim).values(),
              x -> x.squeeze(dim));
      for (UnaryOperator<Tensor> f : same) {
        assertThat(f.apply(SCALAR).shape()).isEmpty();
        assertThat(f.apply(SCALAR).item()).isEqualTo(5);
      }
      assertThat(SCALAR.softmax(dim).item()).isEqualTo(1);
      assertThat(SCALAR.logSoftmax(dim).item()).isZero();
      assertThat(SCALAR.argmax(dim).itemLong()).isZero();
      assertThat(SCALAR.sort(dim).indices().itemLong()).isZero();
    }
    assertThatThrownBy(() -> SCALAR.sum(1))
        .hasMessageContaining(
            "sum: dimension 1 does not exist in a scalar; give it one with unsqueeze(0)");
    assertThatThrownBy(() -> SCALAR.matmul(Tensor.of(1)))
        .hasMessageContaining(
            "matmul: needs a vector or a matrix on both sides, got scalar and 1; use mul");
  }

  @Test
  void scalar_softmaxInTraining_hasAGradient() {
    Tensor x = Tensor.of(3).requireGrad();
    x.get(0).softmax(0).mul(2).add(x.get(0).cumsum(0)).backward();
    assertThat(x.grad().toArray()).containsExactly(1);
  }

  @Test
  void productsOfNoTerms_areZero() {
    assertThat(Tensor.empty(F32, 2, 3, 0).matmul(Tensor.empty(F32, 2, 0, 4)).toArray())
        .isEqualTo(new float[24]);
    Tensor sum =
        Tensor.einsum("bij,bjk->bik", Tensor.empty(F32, 2, 3, 0), Tensor.empty(F32, 2, 0, 4));
    assertThat(sum.toArray()).isEqualTo(new float[24]);
    Tensor x = Tensor.empty(F32, 2, 4, 0).requireGrad();
    x.matmul(Tensor.empty(F32, 2, 0, 3)).sum().backward();
    assertThat(x.grad().shape()).containsExactly(2, 4, 0);
    assertThat(Tensor.empty(F64, 1, 2, 0).matmul(Tensor.empty(F64, 1, 0, 2)).toArray())
        .isEqualTo(new float[4]);
  }

  @Test
  void attention_withoutQueriesOrKeys_isEmptyOrZero() {
    Tensor some = Tensor.ones(1, 2, 3, 4);
    Tensor none = Tensor.empty(F32, 1, 2, 0, 4);
    assertThat(Functional.scaledDotProductAttention(none, some, some).shape())
        .containsExactly(1, 2, 0, 4);
    Tensor q = Tensor.ones(1, 2, 3, 4).requireGrad();
    Tensor y = Functional.scaledDotProductAttention(q, none, none);
    assertThat(y.toArray()).isEqualTo(new float[24]);
    y.sum().backward();
    assertThat(q.grad().toArray()).isEqualTo(new float[24]);
  }

  @Test
  void median_ofNan_isNanAtItsFirstPlace() {
    var middle = Tensor.of(new float[] {1, NAN, NAN, 4, 2, 3}, 2, 3).median(1);
    assertThat(middle.values().toArray()).containsExactly(NAN, 3);
    assertThat(middle.indices().toLongs()).containsExactly(1, 2);
    assertThat(Tensor.of(1, NAN).to(BF16).median().item()).isNaN();
    assertThat(Tensor.ofLongs(3, 1, 2).median().itemLong()).isEqualTo(2);
    assertThatThrownBy(() -> Tensor.empty(F32, 0).median())
        .hasMessageContaining("median: dimension 0 of 0 has no elements");
  }

  @Test
  void products_ofIntegersAndTruthValues_areI64() {
    assertThat(Tensor.ofLongs(100, 100).to(I8).prod().itemLong()).isEqualTo(10_000);
    assertThat(Tensor.ofLongs(100, 100).to(I8).cumprod(0).toLongs()).containsExactly(100, 10_000);
    assertThat(Tensor.ofBooleans(true, true).prod().type()).isEqualTo(I64);
    assertThat(Tensor.empty(BOOL, 0).prod().itemLong()).isEqualTo(1);
  }

  @Test
  void cat_meetsInOneType_andTakesNothingForNothing() {
    Tensor x = Tensor.of(1).requireGrad();
    Tensor both = Tensor.cat(List.of(x, Tensor.ofDoubles(0.1)), 0);
    assertThat(both.type()).isEqualTo(F64);
    assertThat(both.detach().get(1).itemDouble()).isEqualTo(0.1);
    both.sum().backward();
    assertThat(x.grad().toArray()).containsExactly(1);
    assertThat(Tensor.cat(List.of(Tensor.ofLongs(1), Tensor.of(2)), 0).type()).isEqualTo(F32);
    assertThat(Tensor.cat(List.of(Tensor.empty(F32, 0), Tensor.ones(2, 3)), 1).shape())
        .containsExactly(2, 3);
    assertThat(Tensor.stack(List.of(SCALAR, Tensor.ofLongs(1).get(0)), 0).type()).isEqualTo(F32);
    assertThatThrownBy(() -> Tensor.cat(List.of(Tensor.ones(2, 3), Tensor.ones(2, 2)), 0))
        .hasMessageContaining("cat: inputs differ outside dimension 0: f32 2x3 and f32 2x2");
  }

  @Test
  void clamp_ofIntegersAndDoubles_keepsItsBounds() {
    assertThat(Tensor.ofLongs(100_000_001, 200_000_003).clamp(0, 100_000_001).toLongs())
        .containsExactly(100_000_001, 100_000_001);
    assertThat(Tensor.ofDoubles(5).clamp(0, 0.1).itemDouble()).isEqualTo(0.1);
    assertThat(Tensor.ofLongs(5, 0).clamp(0.5, 2.5).toArray()).containsExactly(2.5f, 0.5f);
    assertThat(Tensor.ofLongs(5, -5).clampMin(0).toLongs()).containsExactly(5, 0);
    assertThatThrownBy(() -> Tensor.ofLongs(5).clamp_(0.5, 2.5))
        .hasMessageContaining("clamp_: the result is f32");
  }

  @Test
  void squeeze_ofALongerDimension_isThatTensor() {
    assertThat(Tensor.ones(2, 1).squeeze(0).shape()).containsExactly(2, 1);
    assertThat(Tensor.ones(2, 1).squeeze(-1).shape()).containsExactly(2);
  }

  @Test
  void largeIntegers_printWithAllTheirDigits() {
    assertThat(Tensor.ofLongs(9_007_199_254_740_993L, -1))
        .hasToString("tensor([9007199254740993,               -1])");
    assertThat(Tensor.ofLongs(Long.MAX_VALUE).get(0)).hasToString("tensor(9223372036854775807)");
    assertThat(Tensor.ofLongs(Long.MAX_VALUE).mime().get("text/html"))
        .contains("9223372036854775807");
  }

  @Test
  void put_takesValuesWithMoreLeadingDimensionsOfOne() {
    Tensor x = Tensor.of(1, 2, 3);
    x.put_(Tensor.of(new float[] {5}, 1, 1), Index.at(1));
    x.put_(Tensor.of(new float[] {7, 8}, 1, 2), Index.of(Tensor.ofLongs(0, 2)));
    assertThat(x.toArray()).containsExactly(7, 5, 8);
    assertThatThrownBy(() -> x.put_(Tensor.of(1, 2), Index.at(0)))
        .isInstanceOf(ShapeException.class);
  }

  @Test
  void hooks_thatReturnNothing_areNamed_andOnesThatEndThemselvesEnd() {
    Tensor x = Tensor.of(1, 2).requireGrad();
    Hook none = x.hook(g -> null);
    assertThatThrownBy(() -> x.sum().backward())
        .hasMessageContaining(
            "backward: a hook returned null; return the gradient to go on with, its argument to leave it as it is");
    none.remove();
    AtomicReference<Hook> own = new AtomicReference<>();
    UnaryOperator<Tensor> twice = g -> g.mul(2);
    own.set(
        x.hook(g -> {
          own.get().remove();
          return g.mul(10);
        }));
    Hook first = x.hook(twice);
    x.hook(twice);
    first.remove();
    first.remove();
    x.sum().backward();
    assertThat(x.grad().toArray()).containsExactly(20, 20);
    x.zeroGrad();
    x.sum().backward();
    assertThat(x.grad().toArray()).containsExactly(2, 2);
  }
}
