package maia.tensor.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

class OptimizerTest {
  private static void step(Optimizer optimizer, Tensor x) {
    optimizer.zeroGrad();
    x.mul(x).sum().backward();
    optimizer.step();
  }

  @Test
  void sgd_withMomentum_followsItsFormula() {
    Tensor x = Tensor.of(1).requireGrad();
    SGD sgd = new SGD(List.of(x), 0.1, 0.5);
    step(sgd, x);
    assertThat(x.item()).isEqualTo(1 - 0.1f * 2);
    step(sgd, x);

    assertThat(x.item()).isCloseTo(0.8f - 0.1f * (0.5f * 2 + 1.6f), within(1e-6f));
  }

  @Test
  void adam_firstStep_movesByTheLearningRate() {
    Tensor x = Tensor.of(1, -3).requireGrad();
    step(new Adam(List.of(x), 0.01), x);

    assertThat(x.toArray()[0]).isCloseTo(0.99f, within(1e-6f));
    assertThat(x.toArray()[1]).isCloseTo(-2.99f, within(1e-6f));
  }

  @Test
  void adam_decoupled_shrinksTheParameters() {
    Tensor x = Tensor.of(1).requireGrad();
    step(Adam.decoupled(List.of(x), 0.01, 0.5), x);

    assertThat(x.item()).isCloseTo(0.995f - 0.01f, within(1e-6f));
  }

  @Test
  void adam_quadratic_converges() {
    Tensor x = Tensor.of(1, -3).requireGrad();
    Adam adam = new Adam(List.of(x), 0.1);
    for (int i = 0; i < 300; i++) {
      step(adam, x);
    }
    assertThat(x.abs().max().item()).isLessThan(1e-2f);
  }

  @Test
  void step_parameterWithoutGradient_stays() {
    Tensor x = Tensor.of(1).requireGrad();
    new SGD(List.of(x), 0.1).step();

    assertThat(x.item()).isEqualTo(1);
  }

  @Test
  void settings_outOfRange_refused() {
    assertThatThrownBy(() -> new SGD(List.of(), 0))
        .hasMessage("sgd: learning rate must be positive, was 0.0");
    assertThatThrownBy(() -> new SGD(List.of(), 1, 1))
        .hasMessage("sgd: momentum must be from 0 to below 1, was 1.0");
    assertThatThrownBy(() -> new Adam(List.of(), -1))
        .hasMessage("adam: learning rate must be positive, was -1.0");
    assertThatThrownBy(() -> Adam.decoupled(List.of(), 1, -1))
        .hasMessage("adam: weight decay must not be negative, was -1.0");
  }
}
