package maia.tensor.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import maia.numerics.DType;
import maia.tensor.Messages;
import maia.tensor.Tensor;
import maia.tensor.io.Safetensors;
import maia.tensor.nn.GELU;
import maia.tensor.nn.LayerNorm;
import maia.tensor.nn.Linear;
import maia.tensor.nn.MSELoss;
import maia.tensor.nn.Module;
import maia.tensor.nn.Sequential;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Optimisers against slow loops, and training that was cut in two against training that was not.
class ResumeTest {
  private static final Schedule SCHEDULE = Schedule.cosine(12, 0.1).afterWarmup(3);

  static Stream<Function<List<Tensor>, Optimizer>> optimizers() {
    return Stream.of(
        p -> new SGD(p, 0.05),
        p -> new SGD(List.of(new ParamGroup(p, 0.05, 0.01)), 0.9, SGD.Momentum.NESTEROV),
        p -> new Adam(List.of(new ParamGroup(p, 0.01, 0.1)), AdamSettings.PUBLISHED),
        p -> new AdamW(ParamGroup.byRank(p, 0.01, 0.2), new AdamSettings(0.8, 0.99, 1e-6)));
  }

  private static Module model() {
    return Sequential.of(new Linear(3, 5, 1), new LayerNorm(5), new GELU(), new Linear(5, 2, 2));
  }

  private static void train(Module model, Optimizer optimizer, int from, int to) {
    for (int step = from; step < to; step++) {
      Tensor x = Tensor.randn(DType.F32, 100 + step, 8, 3);
      optimizer.zeroGrad();
      new MSELoss().forward(model.call(x), x.narrow(1, 0, 2)).backward();
      Gradients.clipNorm(model.parameters(), 0.5);
      optimizer.step(SCHEDULE, step);
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void training_continuedFromFiles_hasTheSameBits(
      Function<List<Tensor>, Optimizer> make, @TempDir Path folder) {
    Module whole = model();
    train(whole, make.apply(whole.parameters()), 0, 10);

    Module first = model();
    Optimizer before = make.apply(first.parameters());
    train(first, before, 0, 4);
    Safetensors.write(folder.resolve("model"), first.stateDict());
    Safetensors.write(folder.resolve("optimizer"), before.stateDict());
    Module second = model();
    second.loadStateDict(Safetensors.read(folder.resolve("model")));
    Optimizer after = make.apply(second.parameters());
    after.loadStateDict(Safetensors.read(folder.resolve("optimizer")));
    train(second, after, 4, 10);

    whole
        .stateDict()
        .forEach((name, p) ->
            assertThat(second.stateDict().get(name).toArray()).as(name).isEqualTo(p.toArray()));
  }

  @Test
  void stateDict_laterSteps_doNotChangeIt() {
    Module model = model();
    AdamW optimizer = new AdamW(model.parameters(), 0.01, 0);
    train(model, optimizer, 0, 1);
    Map<String, Tensor> state = optimizer.stateDict();
    float[] before = state.get("0.mean").toArray();
    train(model, optimizer, 1, 2);

    assertThat(state.get("0.mean").toArray()).isEqualTo(before);
    assertThat(state.get("steps").toLongs()).containsOnly(1);
  }

  @Test
  void loadStateDict_ofAnotherModel_namesWhatDiffers() {
    AdamW optimizer = new AdamW(List.of(Tensor.zeros(2).requireGrad()), 0.01, 0);
    Map<String, Tensor> state = new LinkedHashMap<>(optimizer.stateDict());
    state.put("0.mean", Tensor.zeros(3));
    state.remove("0.square");
    state.put("1.mean", Tensor.zeros(1));

    Messages.shapeRefusal(() -> optimizer.loadStateDict(state))
        .isEqualTo(
            "adamw: the state does not fit: '0.mean' is f32 [3], must be f32 [2], missing '0.square',"
                + " unexpected '1.mean'");
  }

  @Test
  void sgd_nesterovWithDecay_followsItsFormulaInFp64() {
    Tensor p = Tensor.of(1, -2).requireGrad();
    SGD sgd = new SGD(List.of(new ParamGroup(List.of(p), 0.1, 0.3)), 0.9, SGD.Momentum.NESTEROV);
    double[] x = {1, -2};
    double[] v = new double[2];
    for (int step = 0; step < 5; step++) {
      sgd.zeroGrad();
      p.pow(3).sum().backward();
      sgd.step();
      for (int i = 0; i < 2; i++) {
        double g = 3 * x[i] * x[i] + 0.3 * x[i];
        v[i] = 0.9 * v[i] + g;
        x[i] -= 0.1 * (g + 0.9 * v[i]);
      }
    }
    assertThat((double) p.toArray()[0]).isCloseTo(x[0], within(1e-5 * Math.max(1, Math.abs(x[0]))));
  }

  @Test
  void adamW_groups_followTheFormulaInFp64() {
    Tensor p = Tensor.of(new float[][] {{1, -2}}).requireGrad();
    Tensor q = Tensor.of(0.5f).requireGrad();
    AdamW adam =
        new AdamW(ParamGroup.byRank(List.of(p, q), 0.1, 0.3), new AdamSettings(0.8, 0.9, 1e-3));
    double[] x = {1, -2, 0.5};
    double[] m = new double[3];
    double[] v = new double[3];
    for (int step = 1; step <= 6; step++) {
      adam.zeroGrad();
      p.pow(2).sum().add(q.pow(2).sum()).backward();
      adam.step();
      for (int i = 0; i < 3; i++) {
        double g = 2 * x[i];
        x[i] *= i < 2 ? 1 - 0.1 * 0.3 : 1;
        m[i] = 0.8 * m[i] + 0.2 * g;
        v[i] = 0.9 * v[i] + 0.1 * g * g;
        double mean = m[i] / (1 - Math.pow(0.8, step));
        double square = v[i] / (1 - Math.pow(0.9, step));
        x[i] -= 0.1 * mean / (Math.sqrt(square) + 1e-3);
      }
    }
    assertThat((double) p.toArray()[0]).isCloseTo(x[0], within(1e-5));
    assertThat((double) p.toArray()[1]).isCloseTo(x[1], within(1e-5));
    assertThat((double) q.item()).isCloseTo(x[2], within(1e-5));
  }

  @Test
  void clipNorm_aboveTheMost_scalesAllGradientsTogether() {
    Tensor a = Tensor.of(3).requireGrad();
    Tensor b = Tensor.of(4).requireGrad();
    a.mul(a).div(2).sum().add(b.mul(b).div(2).sum()).backward();

    assertThat(Gradients.clipNorm(List.of(a, b), 1)).isCloseTo(5, within(1e-6));
    assertThat(a.grad().item()).isCloseTo(0.6f, within(1e-6f));
    assertThat(b.grad().item()).isCloseTo(0.8f, within(1e-6f));
    Gradients.clipValue(List.of(a, b), 0.7);
    assertThat(b.grad().item()).isEqualTo(0.7f);
  }
}
