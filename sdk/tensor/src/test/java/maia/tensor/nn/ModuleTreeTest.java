package maia.tensor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maia.numerics.DType;
import maia.tensor.Device;
import maia.tensor.Messages;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ModuleTreeTest {
  /// Two layers that share their weight, a saved and an unsaved buffer.
  private static final class Tied extends Module {
    private final Linear first = child("first", new Linear(3, 3, 1));

    Tied() {
      sharedParameter("again", first.weight());
      buffer("count", Tensor.ofLongs(7));
      unsavedBuffer("table", Tensor.ones(2));
    }

    @Override
    public Tensor forward(Tensor x) {
      return first.call(x).linear(parameter("again"));
    }
  }

  @Test
  void sharedParameter_countsOnce_andStaysShared() {
    Tied tied = new Tied();

    assertThat(tied.namedParameters().keySet()).containsExactly("again", "first.bias");
    assertThat(tied.parameterCount()).isEqualTo(9 + 3);
    assertThat(tied.stateDict().keySet())
        .containsExactly("again", "count", "first.weight", "first.bias");
    tied.to(DType.BF16);
    assertThat(tied.parameter("again")).isSameAs(tied.first.weight());
    assertThat(tied.parameter("again").dtype()).isEqualTo(DType.BF16);
  }

  @Test
  void sharedParameter_gradient_addsBothUses() {
    Tied tied = new Tied();
    tied.call(Tensor.ones(1, 3)).sum().backward();
    Tensor w = tied.first.weight();
    Tensor once = w.detach().requireGrad();
    Tensor twice = w.detach().requireGrad();
    Tensor.ones(1, 3).linear(once, tied.first.bias().detach()).linear(twice).sum().backward();

    assertThat(w.grad().toArray()).isEqualTo(once.grad().add(twice.grad()).toArray());
  }

  @Test
  void buffers_keepTheirIntegers_whenTheTypeChanges() {
    Tied tied = new Tied();
    tied.to(DType.F16);

    assertThat(tied.namedBuffers().get("count").dtype()).isEqualTo(DType.I64);
    assertThat(tied.namedBuffers().get("table").dtype()).isEqualTo(DType.F16);
  }

  @Test
  void loadMatching_namesDiffer_loadsTheOthersAndReturnsThem() {
    Linear to = new Linear(2, 2, 1);
    Map<String, Tensor> state = new LinkedHashMap<>();
    state.put("bias", Tensor.of(5, 6));
    state.put("other", Tensor.of(1));
    StateDifference difference = to.loadMatching(state);

    assertThat(difference).isEqualTo(new StateDifference(List.of("weight"), List.of("other")));
    assertThat(to.bias().toArray()).containsExactly(5, 6);
  }

  @Test
  void loadStateDict_everythingDiffers_isNamedInOneMessage() {
    Messages.shapeRefusal(() ->
            Sequential.of(new Linear(2, 2, 1), new Linear(2, 3, 1))
                .loadStateDict(
                    Map.of(
                        "0.weight",
                        Tensor.zeros(4),
                        "0.bias",
                        Tensor.zeros(2),
                        "x",
                        Tensor.zeros(1))))
        .isEqualTo(
            "loadStateDict: the state does not fit, nothing was changed: missing: 1.weight, 1.bias;"
                + " unexpected: x; of another shape: 0.weight ([2, 2] in the module, [4] in the"
                + " state)");
  }

  @Test
  void adoptStateDict_shapesOnly_takesTheTensorsThemselves() {
    Linear from = new Linear(3, 2, 1);
    Linear to = Init.shapesOnly(() -> new Linear(3, 2, 2));
    from.to(DType.BF16);
    to.adoptStateDict(from.stateDict());

    assertThat(to.weight().dtype()).isEqualTo(DType.BF16);
    assertThat(to.weight().segment()).isEqualTo(from.weight().segment());
    assertThat(to.weight().requiresGrad()).isTrue();
  }

  @Test
  void hooks_runInOrder_andEndWhenRemoved() {
    Linear layer = new Linear(2, 2, 1);
    List<String> seen = new ArrayList<>();
    HookHandle before =
        layer.forwardPreHook((m, inputs) -> {
          seen.add("before");
          return List.of(inputs.getFirst().mul(2));
        });
    HookHandle after =
        layer.forwardHook((m, inputs, output) -> {
          seen.add("after " + inputs.getFirst().toArray()[0]);
          return output.neg();
        });
    Tensor x = Tensor.ones(1, 2);
    Tensor y = layer.call(x);

    assertThat(y.toArray()).isEqualTo(layer.forward(x.mul(2)).neg().toArray());
    before.remove();
    before.remove();
    after.close();
    assertThat(layer.call(x).toArray()).isEqualTo(layer.forward(x).toArray());
    assertThat(seen).containsExactly("before", "after 2.0");
  }

  @Test
  void backwardHook_seesTheGradientsOfItsCallAlone() {
    Linear layer = new Linear(2, 2, 1);
    List<String> seen = new ArrayList<>();
    layer.backwardHook((m, ofInputs, ofOutput) ->
        seen.add(
            m.label()
                + " "
                + Arrays.toString(ofInputs.getFirst().orElseThrow().toArray())
                + " "
                + Arrays.toString(ofOutput.toArray())));
    Tensor x = Tensor.ones(1, 2).requireGrad();
    layer.call(x).add(x).mul(2).sum().backward();
    float[] expected = layer.weight().detach().sum(0).mul(2).toArray();

    assertThat(seen)
        .containsExactly("Linear(in=2, out=2) " + Arrays.toString(expected) + " [2.0, 2.0]");
  }

  @Test
  void freeze_parameters_getNoGradientsUntilUnfrozen() {
    Linear layer = new Linear(2, 2, 1);
    List<Tensor> before = layer.parameters();
    layer.freeze();
    Tensor x = Tensor.ones(1, 2).requireGrad();
    layer.call(x).sum().backward();

    assertThat(layer.parameters()).noneMatch(Tensor::hasGrad);
    assertThat(x.hasGrad()).isTrue();
    layer.unfreeze();
    layer.call(x).sum().backward();
    assertThat(layer.parameters()).isEqualTo(before).allMatch(Tensor::hasGrad);
  }

  @Test
  void apply_visitsEachModuleOnce() {
    ReLU shared = new ReLU();
    List<String> seen = new ArrayList<>();
    Module model = Sequential.of(shared, new Linear(1, 1, 1), shared);
    model.apply(m -> seen.add(m.label()));

    assertThat(seen).containsExactly("Sequential", "ReLU", "Linear(in=1, out=1)");
    assertThat(model.namedModules().keySet()).containsExactly("", "0", "1");
  }

  @Test
  void listAndDict_holdParts_andRefuseToRun() {
    var list = ModuleList.of(List.of(new Linear(1, 1, 1), new ReLU()));
    var parts = new LinkedHashMap<String, Module>();
    parts.put("a", new ReLU());
    var dict = ModuleDict.of(parts);

    assertThat(list.namedParameters().keySet()).containsExactly("0.weight", "0.bias");
    assertThat(dict.get("a")).isSameAs(parts.get("a"));
    assertThatThrownBy(() -> dict.get("b"))
        .hasMessage("ModuleDict: there is no part 'b', only [a]");
    Messages.tensorRefusal(() -> list.call(Tensor.ones(1)))
        .isEqualTo("ModuleList: a list has no forward pass; run its parts, or use Sequential");
  }

  @Test
  void summary_smallNetwork_countsShapesWorkAndBytes() {
    Module model =
        Sequential.of(new Embedding(10, 4, 1), new Linear(4, 6, 2), new GELU(), new Flatten());

    assertThat(model.summary(Tensor.zeros(DType.I64, 5, 3)))
        .hasToString(
            """
            layer                           output  parameters  FLOPs  weight bytes  output bytes
            Sequential                        5x18          70    900           280           360
            0: Embedding(rows=10, width=4)   5x3x4          40      0           160           240
            1: Linear(in=4, out=6)           5x3x6          30    810           120           360
            2: GELU()                        5x3x6           0     90             0           360
            3: Flatten                        5x18           0      0             0           360\
            """);
    assertThat(model.summary(Tensor.zeros(DType.I64, 5, 3)).mime().get("text/html"))
        .startsWith("<table><tr><th>layer</th>")
        .contains("<td>1: Linear(in=4, out=6)</td>");
  }

  @Test
  void summary_hugeModel_takesNoMemory() {
    Module huge = Init.shapesOnly(() -> new Linear(1 << 20, 1 << 19, 1));
    ModuleSummary.Layer total = huge.summary(Tensor.meta(DType.F32, 2, 1 << 20)).total();

    assertThat(total.parameters()).isEqualTo((1L << 39) + (1 << 19));
    assertThat(total.flops()).isEqualTo((1L << 41) + (1 << 20));
    assertThat(huge.parameters().getFirst().device()).isEqualTo(Device.meta());
  }
}
