package maia.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import maia.models.Cnn;
import maia.numerics.DType;
import maia.tensor.Attention;
import maia.tensor.CrossEntropy;
import maia.tensor.Device;
import maia.tensor.Functional;
import maia.tensor.LossReduction;
import maia.tensor.Spatial;
import maia.tensor.Tensor;
import maia.tensor.Window;
import maia.tensor.nn.CrossEntropyLoss;
import maia.tensor.nn.Module;
import maia.tensor.optim.AdamW;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Gradients computed on the chip are those of the host within what the conformance table states.
class GradientsOnTheChipTest {
  private static final Device MAIA = Device.maia();

  /// Chains of fp32 in other orders, two of them behind each other, against the largest element.
  private static final float CHAINS = 1e-5f;

  record Case(String name, Function<List<Tensor>, Tensor> function, List<Tensor> inputs) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Tensor x(long seed, long... shape) {
    return Tensor.randn(DType.F32, seed, shape);
  }

  private static Case of(String name, Function<List<Tensor>, Tensor> function, Tensor... inputs) {
    return new Case(name, function, List.of(inputs));
  }

  static Stream<Case> cases() {
    Window walk = Window.of().padding(1, 2).stride(2, 1).dilation(1, 2).groups(2);
    Tensor classes = Tensor.ofLongs(2, 0, 4, 1);
    Tensor index = Tensor.ofLongs(3, 1, 3, 0, 3);
    return Stream.of(
        of(
            "conv2d",
            in -> Spatial.conv2d(in.get(0), in.get(1), in.get(2), walk),
            x(1, 2, 4, 7, 6),
            x(2, 6, 2, 3, 2),
            x(3, 6)),
        of(
            "conv1d",
            in -> Spatial.conv1d(in.get(0), in.get(1), in.get(2), Window.of().stride(1, 2)),
            x(1, 2, 3, 11),
            x(2, 4, 3, 3),
            x(3, 4)),
        of(
            "convTranspose2d",
            in -> Spatial.convTranspose2d(in.get(0), in.get(1), Window.of().stride(2).padding(1)),
            x(1, 2, 3, 4, 5),
            x(2, 3, 2, 3, 3)),
        of(
            "six dimensions",
            in -> in.getFirst().permute(5, 3, 1, 4, 2, 0).contiguous(),
            x(1, 2, 3, 2, 3, 2, 3)),
        of("maxPool", in -> Spatial.maxPool2d(in.getFirst(), 2), x(1, 2, 3, 6, 7)),
        of(
            "avgPool",
            in -> Spatial.avgPool2d(in.getFirst(), 3, 2, Window.of().padding(1).stride(2)),
            x(1, 2, 3, 6, 7)),
        of("adaptive", in -> Spatial.adaptiveAvgPool2d(in.getFirst(), 2, 3), x(1, 2, 3, 5, 7)),
        of("pad", in -> Spatial.pad(in.getFirst(), Spatial.Padding.REFLECT, 1, 2), x(1, 2, 3, 5)),
        of(
            "interpolate",
            in -> Spatial.interpolate(in.getFirst(), 5, 7, Spatial.Interpolation.BILINEAR),
            x(1, 1, 2, 3, 4)),
        of("embedding", in -> Functional.embedding(at(index, in), in.getFirst()), x(1, 5, 6)),
        of(
            "cross entropy",
            in -> Functional.crossEntropy(in.getFirst(), at(classes, in)),
            x(1, 4, 5)),
        of(
            "cross entropy, weights",
            in ->
                Functional.crossEntropy(
                    in.getFirst(),
                    at(classes, in),
                    new CrossEntropy(1, 0.1f),
                    Optional.of(at(x(5, 5).abs(), in)),
                    LossReduction.MEAN),
            x(1, 4, 5)),
        of(
            "layer norm",
            in -> Functional.layerNorm(in.get(0), in.get(1), in.get(2), 1e-5),
            x(1, 4, 9),
            x(2, 9),
            x(3, 9)),
        of("rms norm", in -> Functional.rmsNorm(in.get(0), in.get(1), 1e-5), x(1, 4, 9), x(2, 9)),
        of(
            "group norm",
            in -> Functional.groupNorm(in.get(0), 2, in.get(1), in.get(2), 1e-5),
            x(1, 2, 4, 3),
            x(2, 4),
            x(3, 4)),
        of("softmax", in -> in.getFirst().softmax(-1).log(), x(1, 4, 9)),
        of("gelu", in -> Functional.gelu(Functional.silu(in.getFirst())), x(1, 4, 9)),
        of(
            "attention",
            in ->
                Functional.scaledDotProductAttention(
                    in.get(0), in.get(1), in.get(2), Attention.Causal.LOWER_RIGHT),
            x(1, 2, 2, 5, 16),
            x(2, 2, 2, 5, 16),
            x(3, 2, 2, 5, 16)),
        of("linear", in -> in.get(0).linear(in.get(1), in.get(2)), x(1, 3, 5), x(2, 4, 5), x(3, 4)),
        of("indexing", in -> in.getFirst().get(1).mul(in.getFirst().slice(0, 0, 3, 2)), x(1, 3, 5)),
        of("reductions", in -> in.getFirst().amax(-1).mul(in.getFirst().mean(-1)), x(1, 3, 5)),
        of(
            "where",
            in -> in.getFirst().gt(0).where(in.getFirst().exp(), in.getFirst()),
            x(1, 3, 5)));
  }

  /// `values` where the inputs are.
  private static Tensor at(Tensor values, List<Tensor> inputs) {
    return values.to(inputs.getFirst().device());
  }

  private static List<Tensor> gradients(Case c, Device device) {
    List<Tensor> inputs =
        c.inputs().stream().map(t -> t.to(device).detach().requireGrad()).toList();
    Tensor y = c.function().apply(inputs);
    Tensor g = Tensor.randn(DType.F32, 9, y.shape()).to(device);
    return Tensor.grad(List.of(y), inputs, List.of(g));
  }

  private static void assertNear(Tensor chip, Tensor host) {
    assertThat(chip.device()).isEqualTo(MAIA);
    float most = host.abs().max().item();
    float apart = chip.to(Device.cpu()).sub(host).abs().max().item();
    assertThat(apart).isLessThanOrEqualTo(CHAINS * Math.max(most, 1e-3f));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradient_isThatOfTheHost(Case c) {
    List<Tensor> host = gradients(c, Device.cpu());
    List<Tensor> chip = gradients(c, MAIA);
    for (int i = 0; i < host.size(); i++) {
      assertNear(chip.get(i), host.get(i));
    }
  }

  /// Loss, gradients and new weights of one training step.
  private static List<Tensor> step(Device device) {
    Module model = Cnn.shapes(3).to(device);
    Tensor images = Tensor.randn(DType.F32, 4, 3, 1, 32, 32).to(device);
    Tensor classes = Tensor.ofLongs(2, 0, 1).to(device);
    AdamW optimizer = new AdamW(model.parameters(), 1e-2, 0.05);
    Tensor loss = new CrossEntropyLoss().forward(model.call(images), classes);
    loss.backward();
    List<Tensor> gradients = model.parameters().stream().map(p -> p.grad().detach()).toList();
    optimizer.step();
    return Stream.of(List.of(loss.detach()), gradients, model.parameters())
        .flatMap(List::stream)
        .map(Tensor::detach)
        .toList();
  }

  @Test
  void trainingStepOfACnn_isThatOfTheHost() {
    List<Tensor> host = step(Device.cpu());
    List<Tensor> chip = step(MAIA);
    int parameters = (host.size() - 1) / 2;
    for (int i = 0; i <= parameters; i++) {
      assertNear(chip.get(i), host.get(i));
    }
    for (int i = parameters + 1; i < host.size(); i++) {
      assertThat(chip.get(i).device()).isEqualTo(MAIA);
      // the first step of Adam moves every weight by the learning rate times the gradient's sign
      float apart = chip.get(i).to(Device.cpu()).sub(host.get(i)).abs().mean().item();
      assertThat(apart).isLessThan(1e-4f);
    }
  }
}
