package maia.tensor.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

class OptimizerMistakesTest {
  private final Tensor p = Tensor.of(1, 2).requireGrad();

  @Test
  void parameterComputedFromOthers_isRefused() {
    assertThatThrownBy(() -> new SGD(List.of(p.mul(2)), 0.1))
        .hasMessageStartingWith(
            "sgd: parameter [2] is computed from others, so it gets no gradient of its own; pass what it is computed from, or p.detach().requireGrad()");
  }

  @Test
  void parameterTwice_isRefused() {
    ParamGroup group = new ParamGroup(List.of(p), 0.1, 0);
    assertThatThrownBy(() -> new AdamW(List.of(group, group), AdamSettings.PUBLISHED))
        .hasMessageStartingWith(
            "adamw: a parameter [2] comes twice and would be changed twice in a step; name it once");
  }

  @Test
  void optimisers_printTheirGroups() {
    assertThat(new SGD(List.of(p), 0.1)).hasToString("sgd(1 parameters at rate 0.1)");
    assertThat(new AdamW(List.of(p), 0.1, 0.01))
        .hasToString("adamw(1 parameters at rate 0.1, decay 0.01)");
  }
}
