package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import maia.numerics.DType;
import org.junit.jupiter.api.Test;

class InPlaceTest {
  @Test
  void forms_everyOne_writesWhatTheOtherFormReturns() {
    float[] start = {0.5f, 2, 3};
    Tensor y = Tensor.of(4, 5, 0.25f);

    assertThat(Tensor.of(start).add_(y).toArray()).containsExactly(4.5f, 7, 3.25f);
    assertThat(Tensor.of(start).sub_(y).add_(1).toArray()).containsExactly(-2.5f, -2, 3.75f);
    assertThat(Tensor.of(start).mul_(y).mul_(2.0).toArray()).containsExactly(4, 20, 1.5f);
    assertThat(Tensor.of(start).div_(y).toArray()).containsExactly(0.125f, 0.4f, 12);
    assertThat(Tensor.of(start).neg_().relu_().toArray()).containsExactly(0, 0, 0);
    assertThat(Tensor.of(start).neg_().abs_().pow_(2).sqrt_().toArray()).containsExactly(start);
    assertThat(Tensor.of(start).clamp_(1, 2).toArray()).containsExactly(1, 2, 2);
    assertThat(Tensor.of(start).exp_().toArray()).isEqualTo(Tensor.of(start).exp().toArray());
    assertThat(Tensor.of(start).log_().toArray()).isEqualTo(Tensor.of(start).log().toArray());
    assertThat(Tensor.of(start).tanh_().toArray()).isEqualTo(Tensor.of(start).tanh().toArray());
    assertThat(Tensor.of(start).sigmoid_().toArray())
        .isEqualTo(Tensor.of(start).sigmoid().toArray());
    assertThat(Tensor.of(start).fill_(7).toArray()).containsExactly(7, 7, 7);
    assertThat(Tensor.of(start).zero_().toArray()).containsExactly(0, 0, 0);
  }

  @Test
  void write_throughAView_isSeenByTheBase() {
    Tensor x = Tensor.zeros(2, 3);
    Tensor same = x.select(1, 1).add_(5).unsqueeze(1);

    assertThat(x.toArray()).containsExactly(0, 5, 0, 0, 5, 0);
    assertThat(same.toArray()).containsExactly(5, 5);
  }

  @Test
  void write_toAnExpandedTensor_isRefused() {
    Tensor x = Tensor.zeros(1, 3);

    assertThatThrownBy(() -> x.expand(2, 3).add_(1))
        .isInstanceOf(TensorException.class)
        .hasMessageContaining(
            "add_: this tensor of 2x3 is expanded: several of its elements are one in memory, and a"
                + " write would change all of them; write to a clone() of it");
    assertThatThrownBy(() -> x.expand(2, 3).assign(Tensor.zeros(3)))
        .isInstanceOf(TensorException.class);
    assertThat(x.expand(1, 1, 3).add_(2).toArray()).containsExactly(2, 2, 2);
  }

  @Test
  void write_fromOverlappingMemory_readsTheOldValues() {
    Tensor x = Tensor.of(1, 2, 3, 4);
    x.narrow(0, 1, 3).copy_(x.narrow(0, 0, 3));
    Tensor square = Tensor.of(new float[][] {{1, 2}, {3, 4}});
    square.copy_(square.t());

    assertThat(x.toArray()).containsExactly(1, 1, 2, 3);
    assertThat(square.toArray()).containsExactly(1, 3, 2, 4);
  }

  @Test
  void write_keepsTheType_andRefusesAWiderKind() {
    Tensor half = Tensor.of(1, 2).to(DType.BF16);
    Tensor whole = Tensor.ofLongs(1, 2);

    assertThat(half.add_(Tensor.of(0.125f)).type()).isEqualTo(DType.BF16);
    assertThat(whole.mul_(3).toLongs()).containsExactly(3, 6);
    Messages.tensorRefusal(() -> whole.add_(0.5))
        .isEqualTo(
            "add_: the result is f32, which a tensor of i64 does not hold; use the form that returns a"
                + " new tensor");
    Messages.tensorRefusal(() -> whole.div_(Tensor.ofLongs(2)))
        .isEqualTo(
            "div_: the result is f32, which a tensor of i64 does not hold; use the form that returns a"
                + " new tensor");
  }

  @Test
  void write_thatWouldGrow_refused() {
    Messages.shapeRefusal(() -> Tensor.zeros(3).add_(Tensor.zeros(2, 3)))
        .isEqualTo(
            "add_: the result is 2x3, the tensor 3; an operation in place does not change the shape");
  }

  @Test
  void leaf_outsideNoGrad_refused() {
    Tensor x = Tensor.of(1, 2).requireGrad();
    Messages.tensorRefusal(() -> x.add_(1)).contains("noGrad");
    Tensor.noGrad(() -> x.add_(1));

    assertThat(x.toArray()).containsExactly(2, 3);
  }

  @Test
  void valueReadByAGradient_overwritten_refused() {
    Tensor x = Tensor.of(1, 2).requireGrad();
    Tensor scale = Tensor.of(3, 4);
    Tensor loss = x.mul(scale).sum();
    scale.add_(1);

    Messages.tensorRefusal(loss::backward).contains("overwritten");
  }
}
