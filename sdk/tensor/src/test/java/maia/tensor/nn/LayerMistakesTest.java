package maia.tensor.nn;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import maia.tensor.Spatial;
import maia.tensor.Tensor;
import maia.tensor.Window;
import org.junit.jupiter.api.Test;

class LayerMistakesTest {
  @Test
  void windowsLargerThanTheImage_areRefused_whateverTheStride() {
    Tensor image = Tensor.ones(1, 1, 2, 2);
    assertThatThrownBy(() -> new MaxPool2d(3).call(image))
        .hasMessageStartingWith(
            "maxPool2d: a window of 3x3 does not fit an image of 2x2 with padding 0, 0");
    assertThatThrownBy(() -> new AvgPool2d(3).call(image))
        .hasMessageContaining("a window of 3x3 does not fit an image of 2x2");
    assertThatThrownBy(() -> Spatial.conv2d(image, Tensor.ones(1, 1, 3, 3), Window.of().stride(5)))
        .hasMessageContaining("a window of 3x3 (dilation 1, 1) does not fit an image of 2x2");
  }

  @Test
  void hooksThatReturnNothing_areNamed() {
    Linear layer = new Linear(2, 2, 1);
    HookHandle after = layer.forwardHook((_, _, _) -> null);
    assertThatThrownBy(() -> layer.call(Tensor.ones(1, 2)))
        .hasMessage(
            "forward hook of Linear(in=2, out=2): returned null; return the output to leave it as it is");
    after.remove();
    layer.forwardPreHook((_, _) -> null);
    assertThatThrownBy(() -> layer.call(Tensor.ones(1, 2)))
        .hasMessage(
            "forward pre-hook of Linear(in=2, out=2): returned null; return the inputs to leave them as they are");
  }

  @Test
  void anonymousModules_haveAName() {
    Module module =
        new Module() {
          @Override
          public Tensor forward(Tensor x) {
            return parameter("w");
          }
        };
    assertThatThrownBy(() -> module.call(Tensor.ones(1)))
        .hasMessageStartingWith("module Module has no parameter 'w'");
  }
}
