package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import maia.numerics.DType;
import maia.numerics.PackedWeights;
import maia.tensor.nn.Bias;
import maia.tensor.nn.Linear;
import maia.tensor.optim.SGD;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A weight that was packed is read anew after every way to write it.
final class PackedLinearTest {
  private static final int IN = 70;
  private static final int OUT = 66;

  /// Far more calls than the vector loops need to take over, even beside other work.
  private static final int WARM_UP = 20_000_000;

  private static final Tensor X = Tensor.randn(DType.F32, 1, 2, IN);

  @BeforeAll
  static void needsVectors() {
    Assumptions.assumeTrue(
        ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(),
        "without vectors nothing is packed");
    Tensor w = Tensor.randn(DType.F32, 2, OUT, IN);
    for (int i = 0; i < WARM_UP && PackedWeights.bytes() == 0; i++) { // vectors take over
      X.linear(w);
    }
    assertThat(PackedWeights.bytes()).isPositive();
  }

  private static float[] expected(Tensor w) {
    float[] x = X.toArray();
    float[] weights = w.toArray();
    float[] out = new float[x.length / IN * OUT];
    for (int i = 0; i < out.length; i++) {
      for (int p = 0; p < IN; p++) {
        out[i] = Math.fma(x[i / OUT * IN + p], weights[i % OUT * IN + p], out[i]);
      }
    }
    return out;
  }

  private static void use(Tensor w) {
    long before = PackedWeights.bytes();
    X.linear(w);
    X.linear(w);
    assertThat(PackedWeights.bytes()).isGreaterThanOrEqualTo(before);
    assertThat(X.linear(w).toArray()).isEqualTo(expected(w));
  }

  private static Arguments way(String name, Consumer<Tensor> write) {
    return Arguments.of(name, write);
  }

  private static List<Arguments> writes() {
    return List.of(
        way("assign", w -> w.assign(Tensor.randn(DType.F32, 3, OUT, IN))),
        way("one element", w -> w.get(7).get(5).fill_(3)),
        way("a transposed view", w -> w.t().mul_(Tensor.randn(DType.F32, 4, IN, OUT))),
        way("a slice", w -> w.narrow(1, 3, 4).add_(Tensor.scalar(1))),
        way("a detached tensor", w -> w.detach().fill_(0.5)),
        way("the same memory as another tensor", w -> Tensor.on(Device.cpu(), w).neg_()),
        way("indexing", w -> w.put_(Tensor.ones(2, IN), Index.of(3, 9))),
        way("a diagonal", w -> w.diagonal().zero_()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("writes")
  void linear_weightWrittenInPlace_readsItAnew(String name, Consumer<Tensor> write) {
    Tensor w = Tensor.randn(DType.F32, 5, OUT, IN);
    for (int i = 0; i < 2; i++) {
      use(w);
      write.accept(w);
      assertThat(X.linear(w).toArray()).as(name).isEqualTo(expected(w));
    }
  }

  @Test
  void linear_weightOfAModuleTrainedAndLoaded_readsItAnew() {
    Linear layer = new Linear(IN, OUT, Bias.NONE, 6);
    Tensor w = layer.weight();
    Map<String, Tensor> saved = Map.of("weight", w.detach().clone());
    SGD optimizer = new SGD(layer.parameters(), 0.1);
    for (int step = 0; step < 3; step++) {
      use(w.detach());
      optimizer.zeroGrad();
      layer.forward(X).sum().backward();
      optimizer.step();
      assertThat(layer.forward(X).toArray()).isEqualTo(expected(w));
    }
    use(w.detach());
    layer.loadStateDict(saved);
    assertThat(layer.forward(X).toArray()).isEqualTo(expected(w));
    assertThat(w.toArray()).isEqualTo(saved.get("weight").toArray());
  }

  @Test
  void linear_halfWeights_haveTheBitsOfTheirValues() {
    for (DType type : List.of(DType.BF16, DType.F16)) {
      Tensor w = Tensor.randn(type, 7, OUT, IN);
      for (int i = 0; i < 3; i++) {
        Tensor out = Dispatch.run(new Contraction.Linear(DType.F32), X, w);
        assertThat(out.toArray()).isEqualTo(expected(w));
      }
      w.mul_(Tensor.scalar(2));
      Tensor out = Dispatch.run(new Contraction.Linear(DType.F32), X, w);
      assertThat(out.toArray()).isEqualTo(expected(w));
    }
  }
}
