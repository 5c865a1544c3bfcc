package maia.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

class MlpTest {
  @Test
  void digits_hasTheDocumentedLayers() {
    assertThat(Mlp.digits(1).namedParameters().keySet())
        .containsExactly("0.weight", "0.bias", "2.weight", "2.bias", "4.weight", "4.bias");
    assertThat(Mlp.digits(1).parameterCount())
        .isEqualTo(256 * 128 + 128 + 128 * 64 + 64 + 64 * 10 + 10);
  }

  @Test
  void digits_onABatch_givesOneScorePerClass() {
    assertThat(Mlp.digits(1).forward(Tensor.zeros(3, 256)).shape()).containsExactly(3, 10);
  }

  @Test
  void of_oneSize_isRefused() {
    assertThatThrownBy(() -> Mlp.of(1, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mlp: needs input and output size, got [4]");
  }
}
