package maia.tensor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maia.numerics.DType;
import maia.tensor.Device;
import maia.tensor.Messages;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ModuleTest {
  private static Module mlp(long seed) {
    return Sequential.of(new Linear(6, 4, seed), new ReLU(), new Linear(4, 3, seed + 1));
  }

  @Test
  void namedParameters_dottedInOrder() {
    assertThat(mlp(1).namedParameters().keySet())
        .containsExactly("0.weight", "0.bias", "2.weight", "2.bias");
    assertThat(mlp(1).parameterCount()).isEqualTo(6 * 4 + 4 + 4 * 3 + 3);
    assertThat(mlp(1).parameters()).allMatch(Tensor::requiresGrad);
  }

  @Test
  void toString_showsTheTree() {
    assertThat(Sequential.of(new ReLU(), mlp(1)))
        .hasToString(
            """
            Sequential(
              (0): ReLU()
              (1): Sequential(
                (0): Linear(in=6, out=4)
                (1): ReLU()
                (2): Linear(in=4, out=3)
              )
            )\
            """);
  }

  @Test
  void runWith_otherTensors_readsThemAndLeavesTheModule() {
    Module a = mlp(1);
    Module b = mlp(9);
    Tensor x = Tensor.randn(DType.F32, 3, 2, 6);
    float[] before = a.forward(x).toArray();
    Tensor weight = b.stateDict().get("0.weight").clone().requireGrad();
    Map<String, Tensor> tensors = new LinkedHashMap<>(b.stateDict());
    tensors.put("0.weight", weight);

    Tensor out = a.runWith(tensors, () -> a.call(x));
    assertThat(out.toArray()).isEqualTo(b.forward(x).toArray());
    out.sum().backward();
    assertThat(weight.hasGrad()).isTrue();
    assertThat(a.parameters()).noneMatch(Tensor::hasGrad);
    assertThat(a.forward(x).toArray()).isEqualTo(before);

    Map<String, Tensor> inner = Map.of("2.bias", Tensor.of(1, 2, 3));
    Tensor nested = a.runWith(tensors, () -> a.runWith(inner, () -> a.call(x)));
    Tensor both = b.forward(x).sub(b.stateDict().get("2.bias")).add(Tensor.of(1, 2, 3));
    assertThat(nested.allClose(both, 1e-6, 1e-6)).isTrue();
  }

  @Test
  void runWith_unknownNameOrShape_isRefused() {
    Module a = mlp(1);
    Messages.tensorRefusal(() -> a.runWith(Map.of("1.weight", Tensor.zeros(4)), () -> 1))
        .isEqualTo(
            "module Sequential: cannot run with '1.weight' [4]; it has the tensors [0.weight, 0.bias, 2.weight, 2.bias]");
    Messages.tensorRefusal(() -> a.runWith(Map.of("0.bias", Tensor.zeros(5)), () -> 1))
        .isEqualTo("module Sequential: cannot run with '0.bias' [5]; it has [4] of that name");
  }

  @Test
  void moduleList_isWalked() {
    ModuleList list = ModuleList.of(List.of(new ReLU(), new Linear(2, 2, 1)));
    List<Module> seen = new ArrayList<>();
    list.forEach(seen::add);
    assertThat(seen).isEqualTo(list.parts());
  }

  @Test
  void loadStateDict_ofAnother_makesThemEqual() {
    Module a = mlp(1);
    Module b = mlp(9);
    Tensor x = Tensor.randn(DType.F32, 3, 2, 6);
    b.loadStateDict(a.stateDict());

    assertThat(b.forward(x).toArray()).isEqualTo(a.forward(x).toArray());
  }

  @Test
  void loadStateDict_namesDiffer_namesThem() {
    Map<String, Tensor> state = new LinkedHashMap<>(mlp(1).stateDict());
    state.remove("0.bias");
    state.put("extra", Tensor.zeros(1));

    Messages.shapeRefusal(() -> mlp(2).loadStateDict(state))
        .isEqualTo(
            "loadStateDict: the state does not fit, nothing was changed: missing: 0.bias; unexpected:"
                + " extra");
  }

  @Test
  void loadStateDict_shapeDiffers_changesNothing() {
    Map<String, Tensor> state = new LinkedHashMap<>(mlp(1).stateDict());
    state.put("2.bias", Tensor.zeros(4));
    Module module = mlp(2);
    float[] before = module.parameters().getFirst().toArray();

    Messages.shapeRefusal(() -> module.loadStateDict(state))
        .isEqualTo(
            "loadStateDict: the state does not fit, nothing was changed: of another shape: 2.bias"
                + " ([3] in the module, [4] in the state)");
    assertThat(module.parameters().getFirst().toArray()).isEqualTo(before);
  }

  @Test
  void trainAndEval_reachTheParts() {
    Linear part = new Linear(2, 2, 1);
    Module module = Sequential.of(part);
    module.eval();

    assertThat(part.isTraining()).isFalse();
    module.train();
    assertThat(part.isTraining()).isTrue();
  }

  @Test
  void to_metaAndTypes_replaceTheParameters() {
    assertThat(mlp(1).to(Device.meta()).forward(Tensor.meta(DType.F32, 7, 6)).shape())
        .containsExactly(7, 3);
    assertThat(mlp(1).to(DType.BF16).parameters()).allMatch(p -> p.dtype() == DType.BF16);
  }

  @Test
  void shapesOnly_hugeModel_takesNoMemory() {
    Module huge = Init.shapesOnly(() -> new Linear(1 << 20, 1 << 19, 1));

    assertThat(huge.parameterCount()).isEqualTo((1L << 39) + (1 << 19));
    assertThat(huge.forward(Tensor.meta(DType.F32, 3, 1 << 20)).shape())
        .containsExactly(3, 1 << 19);
  }

  @Test
  void linear_init_liesWithinTheBound() {
    float[] weights = new Linear(100, 50, 3).weight().toArray();

    for (float w : weights) {
      assertThat(w).isBetween(-0.1f, 0.1f);
    }
    assertThat(Tensor.of(weights).mean().item()).isCloseTo(0, within(0.005f));
  }

  @Test
  void crossEntropy_uniformLogits_isLogOfClasses() {
    Tensor loss = new CrossEntropyLoss().forward(Tensor.zeros(2, 10), Tensor.ofLongs(3, 9));

    assertThat(loss.item()).isCloseTo(2.302585f, within(1e-6f));
  }

  @Test
  void crossEntropy_gradient_isProbabilityMinusTarget() {
    Tensor logits = Tensor.of(new float[][] {{0, 0}, {0, 0}}).requireGrad();
    new CrossEntropyLoss().forward(logits, Tensor.ofLongs(0, 1)).backward();

    assertThat(logits.grad().toArray()).containsExactly(-0.25f, 0.25f, 0.25f, -0.25f);
  }

  @Test
  void crossEntropy_shapesDiffer_refused() {
    Messages.shapeRefusal(
            () -> new CrossEntropyLoss().forward(Tensor.zeros(2, 10), Tensor.ofLongs(1)))
        .isEqualTo(
            "crossEntropy: logits must be [N, classes] and targets [N], got [2, 10] and [1]");
  }

  @Test
  void meanSquaredError_small_asExpected() {
    assertThat(new MSELoss().forward(Tensor.of(1, 2), Tensor.of(3, 5)).item()).isEqualTo(6.5f);
  }

  @Test
  void linearRule_inForce_replacesProductsInsideAnyModule() {
    Linear first = new Linear(3, 4, 1);
    Linear second = new Linear(4, 2, 2);
    Sequential net = Sequential.of(first, Sequential.of(new ReLU(), second));
    Tensor x = Tensor.randn(DType.F32, 3, 5, 3);
    List<Linear> seen = new ArrayList<>();
    Tensor same =
        LinearRule.within(
            (layer, input) -> {
              seen.add(layer);
              return layer.forward(input);
            },
            () -> net.forward(x));
    assertThat(seen).containsExactly(first, second);
    assertThat(same.toArray()).isEqualTo(net.forward(x).toArray());
    Tensor zero = LinearRule.within((_, input) -> input.mul(0f), () -> first.forward(x));
    assertThat(zero.shape()).containsExactly(5, 3);
  }
}
