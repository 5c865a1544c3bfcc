package maia.tensor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import maia.numerics.DType;
import maia.tensor.ShapeException;
import maia.tensor.Tensor;
import maia.tensor.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Convolutions and recurrent layers as the linear layers that they contain.
class WindowedTest {
  private record Case(Module layer, Tensor x) {
    @Override
    public String toString() {
      return layer.toString();
    }
  }

  private static Tensor images(int channels) {
    return Tensor.randn(DType.F32, 5, 2, channels, 7, 6);
  }

  static Stream<Case> layers() {
    Window plain = Window.of();
    Tensor signals = Tensor.randn(DType.F32, 6, 2, 4, 11);
    return Stream.of(
        new Case(new Conv2d(4, 6, 3, plain.groups(2), Bias.LEARNED, 1), images(4)),
        new Case(
            new Conv2d(4, 8, 3, plain.groups(4).padding(1).stride(2), Bias.NONE, 2), images(4)),
        new Case(
            new Conv2d(3, 5, 2, plain.dilation(3, 2).padding(1, 2), Bias.LEARNED, 3), images(3)),
        new Case(new Conv1d(4, 6, 3, 4), signals),
        new Case(
            new Conv1d(4, 6, 3, plain.groups(2).stride(2).padding(2).dilation(2), Bias.NONE, 5),
            signals),
        new Case(new ConvTranspose2d(3, 5, 3, 6), images(3)),
        new Case(
            new ConvTranspose2d(3, 5, 3, plain.stride(2).padding(1), 1, Bias.LEARNED, 7),
            images(3)),
        new Case(
            new ConvTranspose2d(4, 6, 2, plain.groups(2).stride(3, 2).dilation(2), 1, Bias.NONE, 8),
            images(4)),
        new Case(
            new ConvTranspose2d(2, 3, 2, plain.padding(2).stride(2), 0, Bias.LEARNED, 9),
            images(2)));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void productOfWindows_isTheConvolution(Case test) {
    Tensor direct = Tensor.noGrad(() -> test.layer.forward(test.x));
    List<Linear> asked = new ArrayList<>();
    Tensor byRule =
        Tensor.noGrad(() ->
            LinearRule.within(
                (layer, x) -> {
                  asked.add(layer);
                  return layer.forward(x);
                },
                () -> test.layer.forward(test.x)));
    Windowed windowed = (Windowed) test.layer;
    assertThat(asked).containsExactly(windowed.product());
    assertThat(byRule.shape()).isEqualTo(direct.shape());
    assertThat(byRule.sub(direct).abs().amax().item()).isCloseTo(0, within(1e-5f));
    Tensor w = test.layer.namedParameters().get("weight").detach();
    assertThat(windowed.fromMatrix(windowed.asMatrix(w)).toArray()).isEqualTo(w.toArray());
    assertThat(windowed.fromMatrix(windowed.asMatrix(w)).shape()).isEqualTo(w.shape());
  }

  @Test
  void windows_ofOtherChannels_refused() {
    Conv1d layer = new Conv1d(4, 6, 3, 4);
    assertThatThrownBy(() -> layer.windows(Tensor.zeros(1, 3, 9)))
        .isInstanceOf(ShapeException.class)
        .hasMessageStartingWith(
            "conv1d: windows need [N, 4, length], got [1, 3, 9] of Conv1d(4, 6, kernel=3)");
  }

  @Test
  void groupsOfALinearLayer_meetTheirOwnInputs() {
    Linear product = new Conv2d(4, 6, 1, Window.of().groups(2), Bias.LEARNED, 3).product();
    assertThat(product).hasToString("Linear(in=2, out=6, groups=2)");
    Tensor x = Tensor.randn(DType.F32, 1, 5, 2, 2);
    Tensor y = Tensor.noGrad(() -> product.forward(x));
    Tensor second =
        x.select(1, 1).linear(product.weight().narrow(0, 3, 3), product.bias().narrow(0, 3, 3));
    assertThat(y.narrow(-1, 3, 3).contiguous().toArray()).isEqualTo(second.detach().toArray());
    assertThatThrownBy(() -> product.forward(x.reshape(5, 4)))
        .hasMessageStartingWith("linear: a layer of 2 groups needs [.., 2, in], got [5, 4]");
  }

  @Test
  void recurrentLayers_areTheirProductsAndGates() {
    Recurrent.Settings two = Recurrent.Settings.ONE.layers(2).both();
    Tensor x = Tensor.randn(DType.F32, 1, 3, 4, 5);
    for (Recurrent layer :
        List.of(new LSTM(5, 6, two, 1), new GRU(5, 6, two, 2), new RNN(5, 6, 3))) {
      Tensor own = Tensor.noGrad(() -> layer.forward(x));
      Tensor byRule =
          Tensor.noGrad(() -> LinearRule.within(Linear::forward, () -> layer.forward(x)));
      assertThat(byRule.toArray()).isEqualTo(own.toArray());
    }
    assertThat(new LSTM(5, 6, two, 1).products().keySet())
        .containsExactly(
            "ih_l0",
            "hh_l0",
            "ih_l0_reverse",
            "hh_l0_reverse",
            "ih_l1",
            "hh_l1",
            "ih_l1_reverse",
            "hh_l1_reverse");
    assertThat(new LSTM(5, 6, two, 1).products().get("ih_l1")).hasToString("Linear(in=12, out=24)");
  }
}
