package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AutogradTest {
  @Test
  void backward_twice_accumulatesUntilZeroGrad() {
    Tensor x = Tensor.of(1, 2).requireGrad();
    x.mul(3).sum().backward();
    x.mul(3).sum().backward();

    assertThat(x.grad().toArray()).containsExactly(6, 6);
    x.zeroGrad();
    assertThat(x.hasGrad()).isFalse();
  }

  @Test
  void noGrad_recordsNothing_andEndsWithItsBody() {
    Tensor x = Tensor.of(1, 2).requireGrad();

    assertThat(Tensor.noGrad(() -> x.mul(2)).requiresGrad()).isFalse();
    assertThat(x.mul(2).requiresGrad()).isTrue();
    assertThat(x.detach().mul(2).requiresGrad()).isFalse();
    assertThat(x.gt(0).requiresGrad()).isFalse();
  }

  @Test
  void backward_deepChain_doesNotOverflowTheStack() {
    Tensor x = Tensor.scalar(1).requireGrad();
    Tensor y = x;
    for (int i = 0; i < 20_000; i++) {
      y = y.add(1);
    }
    y.backward();

    assertThat(x.grad().item()).isEqualTo(1);
  }

  @Test
  void backward_diamond_addsBothPaths() {
    Tensor x = Tensor.scalar(3).requireGrad();
    Tensor a = x.mul(2);
    a.mul(a).add(a).backward();

    assertThat(x.grad().item()).isEqualTo(26);
  }

  @Test
  void backward_notScalar_refused() {
    Tensor x = Tensor.of(1, 2).requireGrad();

    Messages.shapeRefusal(() -> x.mul(2).backward())
        .isEqualTo(
            "backward: needs a scalar, the shape is 2; reduce it first, or pass the gradient:"
                + " backward(g)");
    Messages.tensorRefusal(() -> Tensor.scalar(1).backward())
        .isEqualTo("backward: this tensor does not depend on any tensor marked with requireGrad()");
    Messages.tensorRefusal(() -> Tensor.scalar(1).grad())
        .isEqualTo(
            "grad: there is no gradient yet; mark the tensor with requireGrad(), then call backward()"
                + " on a loss that depends on it");
  }

  @Test
  void assign_insideGraph_refused() {
    Tensor x = Tensor.of(1, 2).requireGrad();

    Messages.tensorRefusal(() -> x.assign(Tensor.of(3, 4)))
        .isEqualTo(
            "assign: this tensor is part of a graph; write to it inside Tensor.noGrad(() -> ...)");
  }

  @Test
  void assign_betweenForwardAndBackward_refusedAtBackward() {
    Tensor x = Tensor.of(1, 2).requireGrad();
    Tensor loss = x.mul(x).sum();
    Tensor.noGrad(() -> x.get(0).assign(Tensor.scalar(9)));

    Messages.tensorRefusal(loss::backward)
        .isEqualTo(
            "backward: input 0 of 'mul' was overwritten by assign after it was used; assign to a copy,"
                + " or after backward()");
  }

  @Test
  void requireGrad_integers_refused() {
    Messages.tensorRefusal(() -> Tensor.arange(2).requireGrad())
        .isEqualTo("requireGrad: needs a floating-point tensor, got i64");
  }
}
