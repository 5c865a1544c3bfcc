package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import maia.numerics.DType;
import org.junit.jupiter.api.Test;

class FunctionsTest {
  private static final double WIDE = 1e-12;

  /// Two roundings of fp32, relative.
  private static final double NARROW = 3e-7;

  private static void check(
      UnaryOperator<Tensor> op, DoubleUnaryOperator expected, double low, double high) {
    double[] points = new double[41];
    for (int i = 0; i < points.length; i++) {
      points[i] = low + (high - low) * i / 40.0;
    }
    Tensor x = Host.tensor(points, DType.F64, points.length);
    double[] wide = Host.doubles(op.apply(x));
    float[] narrow = op.apply(x.to(DType.F32)).toArray();
    float[] rounded = x.to(DType.F32).toArray();
    for (int i = 0; i < points.length; i++) {
      double y = expected.applyAsDouble(points[i]);
      assertThat(wide[i]).as("at %s", points[i]).isCloseTo(y, within(WIDE * (1 + Math.abs(y))));
      double z = expected.applyAsDouble(rounded[i]);
      assertThat((double) narrow[i])
          .as("fp32 at %s", rounded[i])
          .isCloseTo(z, within(NARROW * (1 + Math.abs(z))));
    }
  }

  @Test
  void functions_everyOne_equalsTheLibrary() {
    check(Tensor::sin, Math::sin, -7, 7);
    check(Tensor::cos, Math::cos, -7, 7);
    check(Tensor::tan, Math::tan, -1.5, 1.5);
    check(Tensor::asin, Math::asin, -1, 1);
    check(Tensor::acos, Math::acos, -1, 1);
    check(Tensor::atan, Math::atan, -9, 9);
    check(Tensor::sinh, Math::sinh, -3, 3);
    check(Tensor::cosh, Math::cosh, -3, 3);
    check(Tensor::asinh, x -> Math.log(x + Math.sqrt(x * x + 1)), 0, 9);
    check(Tensor::acosh, x -> Math.log(x + Math.sqrt(x * x - 1)), 1.5, 9);
    check(Tensor::atanh, x -> 0.5 * Math.log((1 + x) / (1 - x)), -0.9, 0.9);
    check(Tensor::exp2, x -> Math.pow(2, x), -5, 5);
    check(Tensor::expm1, Math::expm1, -1, 1);
    check(Tensor::log1p, Math::log1p, -0.5, 5);
    check(Tensor::log2, x -> Math.log(x) / Math.log(2), 0.1, 5);
    check(Tensor::log10, Math::log10, 0.1, 5);
    check(Tensor::rsqrt, x -> 1 / Math.sqrt(x), 0.1, 5);
    check(Tensor::reciprocal, x -> 1 / x, 0.1, 5);
    check(Tensor::square, x -> x * x, -5, 5);
    check(Tensor::exp, Math::exp, -5, 5);
    check(Tensor::log, Math::log, 0.1, 5);
    check(Tensor::tanh, Math::tanh, -5, 5);
    check(Tensor::frac, x -> x % 1, -5, 5);
    check(Tensor::logit, x -> Math.log(x / (1 - x)), 0.1, 0.9);
    check(x -> x.pow(2.5), x -> Math.pow(x, 2.5), 0.1, 3);
  }

  @Test
  void specialFunctions_knownValues() {
    Tensor x = Host.tensor(new double[] {0.5, 1, 3, 5}, DType.F64, 4);

    assertThat(Host.doubles(x.erf()))
        .containsExactly(
            new double[] {
              0.5204998778130465, 0.8427007929497149, 0.9999779095030014, 1 - 1.5374597944280349e-12
            },
            within(1e-14));
    assertThat(Host.doubles(x.erfc())[3]).isCloseTo(1.5374597944280349e-12, within(1e-25));
    assertThat(Host.doubles(x.lgamma()))
        .containsExactly(
            new double[] {0.5723649429247001, 0, 0.6931471805599453, 3.1780538303479458},
            within(1e-13));
    assertThat(Host.doubles(x.digamma()))
        .containsExactly(
            new double[] {
              -1.9635100260214235, -0.5772156649015329, 0.9227843350984671, 1.5061176684318003
            },
            within(1e-13));
    assertThat(Host.doubles(x.erf().narrow(0, 0, 2).erfinv()))
        .containsExactly(new double[] {0.5, 1}, within(1e-13));
  }

  @Test
  void rounding_everyWay_keepsIntegers() {
    Tensor x = Tensor.of(-1.5f, -0.5f, 0.5f, 1.5f, 2.5f);

    assertThat(x.floor().toArray()).containsExactly(-2, -1, 0, 1, 2);
    assertThat(x.ceil().toArray()).containsExactly(-1, -0f, 1, 2, 3);
    assertThat(x.round().toArray()).containsExactly(-2, -0f, 0, 2, 2);
    assertThat(x.trunc().toArray()).containsExactly(-1, -0f, 0, 1, 2);
    assertThat(Tensor.arange(3).floor().type()).isEqualTo(DType.I64);
    assertThat(Tensor.arange(3).sin().type()).isEqualTo(DType.F32);
  }

  @Test
  void divisionRests_haveTheSignOfPythonAndC() {
    Tensor a = Tensor.of(5, -5, 5, -5);
    Tensor b = Tensor.of(3, 3, -3, -3);

    assertThat(a.fmod(b).toArray()).containsExactly(2, -2, 2, -2);
    assertThat(a.remainder(b).toArray()).containsExactly(2, 1, -1, -2);
    assertThat(a.floorDivide(b).toArray()).containsExactly(1, -2, -2, 1);
    assertThat(Tensor.ofLongs(5, -5).remainder(3L).toLongs()).containsExactly(2, 1);
    assertThat(Tensor.ofLongs(5, -5).floorDivide(3L).toLongs()).containsExactly(1, -2);
    Messages.tensorRefusal(() -> Tensor.ofLongs(5).remainder(0L))
        .isEqualTo(
            "remainder: an integer cannot be divided by 0; convert with to(F32), or replace the zeros");
  }

  @Test
  void bits_andTruth() {
    Tensor a = Tensor.ofLongs(12, 10, -1);
    Tensor b = Tensor.ofLongs(10, 10, 1);

    assertThat(a.bitwiseAnd(b).toLongs()).containsExactly(8, 10, 1);
    assertThat(a.bitwiseOr(b).toLongs()).containsExactly(14, 10, -1);
    assertThat(a.bitwiseXor(b).toLongs()).containsExactly(6, 0, -2);
    assertThat(a.bitwiseNot().toLongs()).containsExactly(-13, -11, 0);
    assertThat(a.bitwiseLeftShift(Tensor.ofLongs(1, 64, 2)).toLongs()).containsExactly(24, 0, -4);
    assertThat(a.bitwiseRightShift(Tensor.ofLongs(1, 64, 2)).toLongs()).containsExactly(6, 0, -1);
    Tensor x = Tensor.of(0, 1, 2);
    Tensor y = Tensor.of(0, 0, 5);
    assertThat(x.logicalAnd(y).toLongs()).containsExactly(0, 0, 1);
    assertThat(x.logicalOr(y).toLongs()).containsExactly(0, 1, 1);
    assertThat(x.logicalXor(y).toLongs()).containsExactly(0, 1, 0);
    assertThat(x.logicalNot().toLongs()).containsExactly(1, 0, 0);
    Messages.tensorRefusal(() -> x.bitwiseAnd(y))
        .isEqualTo("bitwiseAnd: not defined for f32; convert with to(I64)");
  }

  @Test
  void numbers_namedAsTheyAre() {
    Tensor x = Tensor.of(1, Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);

    assertThat(x.isNan().toLongs()).containsExactly(0, 1, 0, 0);
    assertThat(x.isInf().toLongs()).containsExactly(0, 0, 1, 1);
    assertThat(x.isFinite().toLongs()).containsExactly(1, 0, 0, 0);
    assertThat(Tensor.of(-3, 0, 3).clampMin(-1).clampMax(1).toArray()).containsExactly(-1, 0, 1);
    assertThat(Tensor.of(1, 2).allClose(Tensor.of(1, 2.001f), 0, 0.01)).isTrue();
    assertThat(Tensor.of(1, 2).allClose(Tensor.of(1, 2.1f), 0, 0.01)).isFalse();
    assertThat(Tensor.of(10).pow(50.0).item()).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(Tensor.of(0, 2).xlogy(Tensor.of(0, 1)).toArray()).containsExactly(0, 0);
    assertThat(Tensor.ofLongs(2, 3).pow(Tensor.ofLongs(10, 3)).toLongs()).containsExactly(1024, 27);
  }

  @Test
  void reductions_knownValues() {
    Tensor x = Tensor.of(new float[][] {{1, 2, 4}, {3, 3, 9}});

    assertThat(x.var(1).toArray()).containsExactly(new float[] {7 / 3f, 12}, within(1e-6f));
    assertThat(x.std(0, Dims.DROP, 1).toArray()[1]).isCloseTo((float) Math.sqrt(8), within(1e-6f));
    assertThat(x.prod().item()).isEqualTo(648);
    assertThat(x.prod(Dims.DROP, 0).toArray()).containsExactly(3, 6, 36);
    assertThat(x.norm().item()).isCloseTo((float) Math.sqrt(120), within(1e-5f));
    assertThat(x.norm(0, 1).toArray()).containsExactly(3, 3);
    assertThat(x.norm(Double.POSITIVE_INFINITY, 0).toArray()).containsExactly(3, 3, 9);
    assertThat(x.logsumexp(1).toArray()[0])
        .isCloseTo((float) Math.log(Math.exp(1) + Math.exp(2) + Math.exp(4)), within(1e-6f));
    assertThat(Tensor.full(Double.NEGATIVE_INFINITY, DType.F32, 2).logsumexp(0).item())
        .isEqualTo(Float.NEGATIVE_INFINITY);
    assertThat(x.gt(3).any(1).toLongs()).containsExactly(1, 1);
    assertThat(x.gt(2).all(1).toLongs()).containsExactly(0, 1);
    assertThat(x.countNonzero().toLongs()).containsExactly(6);
    assertThat(Tensor.zeros(3).requireGrad().norm().item()).isZero();
  }

  @Test
  void order_leftmostAndStable() {
    Tensor x = Tensor.of(3, 1, Float.NaN, 1, 3);

    assertThat(x.argsort(0).toLongs()).containsExactly(1, 3, 0, 4, 2);
    assertThat(x.argsortDescending(0).toLongs()).containsExactly(2, 0, 4, 1, 3);
    assertThat(x.argmin(0).toLongs()).containsExactly(1);
    assertThat(x.argmax().toLongs()).containsExactly(0);
    assertThat(x.sort(0).values().toArray()).containsExactly(1, 1, 3, 3, Float.NaN);
    Tensor y = Tensor.of(new float[][] {{5, 1, 4}, {2, 8, 8}});
    assertThat(y.max(1).values().toArray()).containsExactly(5, 8);
    assertThat(y.max(1).indices().toLongs()).containsExactly(0, 1);
    assertThat(y.min(0).indices().toLongs()).containsExactly(1, 0, 0);
    assertThat(y.topk(2, 1).indices().toLongs()).containsExactly(0, 2, 1, 2);
    assertThat(y.kthvalue(2, 1).values().toArray()).containsExactly(4, 8);
    assertThat(y.median().item()).isEqualTo(4);
    assertThat(y.quantile(0.25, 1).toArray()).containsExactly(2.5f, 5);
    assertThat(y.sort(0).indices().toLongs()).containsExactly(1, 0, 0, 0, 1, 1);
    assertThat(Tensor.ofLongs(3, 1, 2).sortDescending(0).values().toLongs())
        .containsExactly(3, 2, 1);
    Messages.shapeRefusal(() -> y.topk(4, 1))
        .isEqualTo("topk: k must be at most the 3 elements of dimension 1, was 4");
  }

  @Test
  void running_knownValues() {
    Tensor x = Tensor.of(1, 3, 2, 3, -1);

    assertThat(x.cumsum(0).toArray()).containsExactly(1, 4, 6, 9, 8);
    assertThat(x.cumprod(0).toArray()).containsExactly(1, 3, 6, 18, -18);
    assertThat(x.cummax(0).values().toArray()).containsExactly(1, 3, 3, 3, 3);
    assertThat(x.cummax(0).indices().toLongs()).containsExactly(0, 1, 1, 3, 3);
    assertThat(x.cummin(0).indices().toLongs()).containsExactly(0, 0, 0, 0, 4);
    assertThat(x.diff(0).toArray()).containsExactly(2, -1, 1, -4);
    assertThat(x.logcumsumexp(0).toArray()[1])
        .isCloseTo((float) Math.log(Math.exp(1) + Math.exp(3)), within(1e-6f));
    assertThat(Tensor.ofLongs(1, 2, 3).gt(1L).cumsum(0).toLongs()).containsExactly(0, 1, 2);
  }

  @Test
  void sets_andCounts() {
    Sets.Unique found = Tensor.ofLongs(3, 1, 3, 2, 1, 3).unique();

    assertThat(found.values().toLongs()).containsExactly(1, 2, 3);
    assertThat(found.inverse().toLongs()).containsExactly(2, 0, 2, 1, 0, 2);
    assertThat(found.counts().toLongs()).containsExactly(2, 1, 3);
    Tensor sorted = Tensor.of(1, 3, 3, 5);
    assertThat(sorted.searchsorted(Tensor.of(0, 3, 9), Sets.Side.LEFT).toLongs())
        .containsExactly(0, 1, 4);
    assertThat(sorted.searchsorted(Tensor.of(0, 3, 9), Sets.Side.RIGHT).toLongs())
        .containsExactly(0, 3, 4);
    assertThat(Tensor.ofLongs(0, 2, 2).bincount(5).toLongs()).containsExactly(1, 0, 2, 0, 0);
    assertThat(Tensor.of(0, 0.5f, 1, 2, 3).histc(4, 0, 2).toArray()).containsExactly(1, 1, 1, 1);
    Messages.shapeRefusal(() -> Tensor.ofLongs(-1).bincount(0))
        .isEqualTo("bincount: elements must not be negative, found -1");
  }

  @Test
  void metaTensors_haveTheShapes() {
    Tensor x = Tensor.meta(DType.F32, 3, 4);

    assertThat(x.sort(1).values().shape()).containsExactly(3, 4);
    assertThat(x.topk(2, 1).indices().shape()).containsExactly(3, 2);
    assertThat(x.var(0).shape()).containsExactly(4);
    assertThat(x.max(0).indices().type()).isEqualTo(DType.I64);
    assertThat(x.cumprod(0).shape()).containsExactly(3, 4);
  }

  @Test
  void functions_atTheEdges_areAsIeeeAndPythonHaveThem() {
    float inf = Float.POSITIVE_INFINITY;
    float nan = Float.NaN;
    Tensor edges = Tensor.of(inf, -inf, nan, 0, 2);

    assertThat(Tensor.scalar(1).pow(edges).toArray()).containsExactly(1, 1, 1, 1, 1);
    assertThat(Tensor.scalar(-1).pow(edges).toArray()).containsExactly(1, 1, nan, 1, 1);
    assertThat(edges.lgamma().toArray()).containsExactly(inf, inf, nan, inf, 0);
    assertThat(Tensor.of(inf, -inf).logaddexp(Tensor.of(inf, -inf)).toArray())
        .containsExactly(inf, -inf);
    assertThat(Tensor.scalar(0).xlogy(edges).toArray()).containsExactly(0, 0, nan, 0, 0);
    assertThat(Tensor.ofDoubles(1, 1, -1).floorDivide(Tensor.ofDoubles(0.1, -inf, 3)).toArray())
        .containsExactly(9, -1, -1);
    assertThat(Tensor.of(1e-40f).erfinv().item()).isEqualTo(8.8623e-41f);
    assertThat(Tensor.ofLongs(-3, 2).square().toLongs()).containsExactly(9, 4);
  }
}
