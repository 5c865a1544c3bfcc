package maia.runtime;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.FP8_E4M3;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.UnaryOperator;
import maia.graph.Step;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.tensor.Device;
import maia.tensor.Functional;
import maia.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProductGroupsTest {
  private static final Device MAIA = Device.maia();
  private static final Tensor X = Tensor.randn(F32, 1, 2, 5, 40);

  record Case(String name, UnaryOperator<Tensor> forward, Tensor x) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Tensor weight(DType type, long seed, long... shape) {
    return Tensor.randn(F32, seed, shape).mul(0.2).to(type).to(MAIA);
  }

  private static Case gate(DType type) {
    Tensor g = weight(type, 2, 70, 40);
    Tensor u = weight(type, 3, 70, 40);
    Tensor bias = weight(type, 4, 70);
    return new Case(
        "gate " + type,
        x -> Functional.silu(x.linear(g, bias, type)).mul(x.linear(u, type)),
        X.to(type));
  }

  private static Case residual(DType type) {
    Tensor w = weight(type, 2, 40, 40);
    Tensor bias = weight(F32, 4, 40);
    return new Case("residual " + type, x -> x.add(x.linear(w, bias, type)).mul(0.5), X.to(type));
  }

  private static Case three(DType type) {
    Tensor q = weight(type, 2, 48, 40);
    Tensor k = weight(type, 3, 48, 40);
    Tensor v = weight(type, 4, 48, 40);
    return new Case(
        "three " + type,
        x ->
            Functional.scaledDotProductAttention(
                x.linear(q, type), x.linear(k, type), x.linear(v, type)),
        X.to(type));
  }

  /// Queries of six heads, keys and values of two.
  private static Case widths(DType type) {
    Tensor q = weight(type, 2, 48, 40);
    Tensor k = weight(type, 3, 16, 40);
    Tensor v = weight(type, 4, 16, 40);
    Tensor bias = weight(F32, 5, 16);
    return new Case(
        "widths " + type,
        x ->
            Functional.scaledDotProductAttention(
                x.linear(q, type).reshape(2, 5, 6, 8).permute(0, 2, 1, 3),
                x.linear(k, bias, type).reshape(2, 5, 2, 8).permute(0, 2, 1, 3),
                x.linear(v, type).reshape(2, 5, 2, 8).permute(0, 2, 1, 3)),
        X.to(type));
  }

  /// More columns than programs have blocks, and widths that no power of two divides.
  private static Case manyWidths() {
    Tensor a = weight(BF16, 2, 1_300, 40);
    Tensor b = weight(BF16, 3, 7, 40);
    Tensor c = weight(BF16, 4, 650, 40);
    return new Case(
        "many widths",
        x -> x.linear(a, F32).sum(1).add(x.linear(b, BF16).sum(1)).add(x.linear(c, F32).sum(1)),
        Tensor.randn(F32, 1, 70, 40).to(BF16));
  }

  private static Case blockWidths() {
    Tensor q = Tensor.randn(F32, 2, 96, 64).quantize(BlockFormat.MXFP4, ScaleRule.FLOOR).to(MAIA);
    Tensor k = Tensor.randn(F32, 3, 32, 64).quantize(BlockFormat.MXFP4, ScaleRule.FLOOR).to(MAIA);
    return new Case(
        "widths of blocks",
        x -> {
          Tensor narrow = x.quantize(BlockFormat.MXFP8_E4M3, ScaleRule.FLOOR);
          return narrow.linear(q, BF16).sum(1).add(narrow.linear(k, BF16).sum(1));
        },
        Tensor.randn(F32, 1, 7, 64));
  }

  private static Case matrix(DType type) {
    Tensor w = weight(type, 2, 40, 40);
    Tensor bias = weight(type, 3, 40);
    return new Case("matrix " + type, x -> x.matmul(w).add(bias).add(x), X.to(type));
  }

  private static Case blocks() {
    Tensor g = Tensor.randn(F32, 2, 48, 64).quantize(BlockFormat.MXFP4, ScaleRule.FLOOR).to(MAIA);
    Tensor u = Tensor.randn(F32, 3, 48, 64).quantize(BlockFormat.MXFP4, ScaleRule.FLOOR).to(MAIA);
    return new Case(
        "blocks",
        x -> {
          Tensor narrow = x.quantize(BlockFormat.MXFP8_E4M3, ScaleRule.FLOOR);
          return narrow.linear(g, BF16).sigmoid().mul(narrow.linear(u, BF16));
        },
        Tensor.randn(F32, 1, 7, 64));
  }

  static List<Case> cases() {
    Tensor one = weight(F32, 2, 6, 40);
    Tensor turned = weight(F32, 3, 40, 40);
    Tensor last = weight(BF16, 5, 20, 40);
    return List.of(
        gate(F32),
        gate(BF16),
        gate(FP8_E4M3),
        residual(F32),
        residual(F16),
        three(F32),
        three(BF16),
        widths(F32),
        widths(BF16),
        manyWidths(),
        blockWidths(),
        matrix(F32),
        matrix(BF16),
        blocks(),
        new Case("turned", x -> x.matmul(turned.t()).relu().add(x), X),
        new Case("rows of one", x -> x.linear(one).mul(x.linear(one)), Tensor.randn(F32, 1, 40)),
        new Case("mixed types", x -> x.linear(last, F32).add(x.linear(last, F32).relu()), X),
        new Case("mask", x -> x.linear(turned).gt(x).where(x, x.neg()), X),
        new Case("strided", x -> x.linear(turned).add(x), Tensor.randn(F32, 1, 40, 9).t()));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void products_haveTheBitsOfTheOperationsOneByOne(Case c) {
    Tensor x = c.x().to(MAIA);
    Tensor eager = Tensor.noGrad(() -> c.forward().apply(x));
    var compiled = Maia.compile(c.name(), c.forward());
    assertThat(compiled.call(x).to(F32).toArray()).isEqualTo(eager.to(F32).toArray());
    CompileReport report = compiled.explain();
    assertThat(report.plan().steps()).anyMatch(step -> step instanceof Step.Products);
    assertThat(report.launches()).isLessThan(report.launchesBefore());
    assertThat(report.after().microseconds()).isLessThan(report.before().microseconds());
  }
}
