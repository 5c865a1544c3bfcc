package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maia.numerics.DType;
import maia.tensor.nn.Dropout;
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
            "assign: this tensor is marked with requireGrad(), its gradient would be lost; write to it"
                + " inside Tensor.noGrad(() -> ...), or to a copy");
  }

  @Test
  void assign_betweenForwardAndBackward_refusedAtBackward() {
    Tensor x = Tensor.of(1, 2).requireGrad();
    Tensor loss = x.mul(x).sum();
    Tensor.noGrad(() -> x.get(0).assign(Tensor.scalar(9)));

    Messages.tensorRefusal(loss::backward)
        .matches(
            "backward: input 0 of 'mul' \\(AutogradTest.java:\\d+\\) was overwritten by 'assign'"
                + " \\(AutogradTest.java:\\d+\\) after it was used; write to a copy, or after"
                + " backward\\(\\)");
  }

  @Test
  void requireGrad_integers_refused() {
    Messages.tensorRefusal(() -> Tensor.arange(2).requireGrad())
        .isEqualTo("requireGrad: needs a floating-point tensor, got i64");
  }

  @Test
  void grad_leavesParametersAlone_andCanBeDifferentiatedAgain() {
    Tensor x = Tensor.scalar(2).requireGrad();
    Tensor y = x.pow(3);
    Tensor first = Tensor.grad(List.of(y), List.of(x), GradOption.CREATE_GRAPH).getFirst();
    Tensor second = Tensor.grad(List.of(first), List.of(x), GradOption.CREATE_GRAPH).getFirst();
    Tensor third = Tensor.grad(List.of(second), List.of(x)).getFirst();

    assertThat(List.of(first.item(), second.item(), third.item())).containsExactly(12f, 12f, 6f);
    assertThat(third.requiresGrad()).isFalse();
    assertThat(x.hasGrad()).isFalse();
  }

  @Test
  void grad_withRespectToAResult_stopsThere() {
    Tensor x = Tensor.of(1, 2).requireGrad();
    Tensor h = x.mul(3);
    Tensor y = h.mul(h).sum().add(x.sum());

    assertThat(Tensor.grad(List.of(y), List.of(h)).getFirst().toArray()).containsExactly(6, 12);
    assertThat(Tensor.grad(List.of(y), List.of(h, x)).get(1).toArray()).containsExactly(19, 37);
    assertThat(Tensor.grad(List.of(h), List.of(x), List.of(Tensor.of(5, 7))).getFirst().toArray())
        .containsExactly(15, 21);
  }

  @Test
  void grad_unusedInput_refusedUnlessAllowed() {
    Tensor x = Tensor.of(1, 2).requireGrad();
    Tensor unused = Tensor.of(3, 4).requireGrad();
    Tensor y = x.sum();

    Messages.tensorRefusal(() -> Tensor.grad(List.of(y), List.of(x, unused)))
        .isEqualTo(
            "grad: no output depends on input 1; leave it out, or pass GradOption.ALLOW_UNUSED for"
                + " zeros");
    assertThat(
            Tensor.grad(List.of(y), List.of(x, unused), GradOption.ALLOW_UNUSED).get(1).toArray())
        .containsExactly(0, 0);
    Messages.tensorRefusal(() -> Tensor.grad(List.of(y), List.of(Tensor.of(1))))
        .isEqualTo(
            "grad: input 0 does not need a gradient; mark it with requireGrad() before it is used");
  }

  @Test
  void retainGrad_keepsTheGradientOfAResult() {
    Tensor x = Tensor.of(1, 2).requireGrad();
    Tensor h = x.mul(3).retainGrad();
    h.mul(h).sum().backward();

    assertThat(h.grad().toArray()).containsExactly(6, 12);
    assertThat(h.isLeaf()).isFalse();
    assertThat(x.isLeaf()).isTrue();
    Messages.tensorRefusal(() -> Tensor.of(1).retainGrad())
        .isEqualTo(
            "retainGrad: this tensor does not need a gradient; mark it, or what it is made of, with"
                + " requireGrad()");
  }

  @Test
  void hook_changesTheGradient_untilRemoved() {
    Tensor x = Tensor.of(1, 2).requireGrad();
    Tensor h = x.mul(3);
    List<float[]> seen = new ArrayList<>();
    Hook onLeaf =
        x.hook(g -> {
          seen.add(g.toArray());
          return g.neg();
        });
    h.hook(g -> g.mul(10));
    h.sum().backward();
    onLeaf.remove();
    h.sum().backward();

    assertThat(seen).hasSize(1);
    assertThat(seen.getFirst()).containsExactly(30, 30);
    assertThat(x.grad().toArray()).containsExactly(0, 0);
    x.hook(g -> Tensor.zeros(3));
    Messages.shapeRefusal(() -> x.sum().backward())
        .isEqualTo("backward: a hook returned a gradient of 3 for a tensor of 2");
  }

  @Test
  void accumulatedGradients_areNotShared() {
    Tensor a = Tensor.of(1, 2).requireGrad();
    Tensor b = Tensor.of(3, 4).requireGrad();
    a.add(b).sum().backward();
    a.grad().assign(Tensor.of(9, 9));

    assertThat(b.grad().toArray()).containsExactly(1, 1);
  }

  record Cube() implements CustomFunction {
    @Override
    public Tensor forward(List<Tensor> inputs) {
      return inputs.getFirst().pow(3);
    }

    @Override
    public List<Optional<Tensor>> backward(List<Tensor> inputs, Tensor output, Tensor gradient) {
      return List.of(Optional.of(gradient.mul(inputs.getFirst().pow(2)).mul(3)));
    }
  }

  record Broken() implements CustomFunction {
    @Override
    public Tensor forward(List<Tensor> inputs) {
      return inputs.getFirst();
    }

    @Override
    public List<Optional<Tensor>> backward(List<Tensor> inputs, Tensor output, Tensor gradient) {
      return List.of(Optional.of(Tensor.scalar(1)));
    }
  }

  @Test
  void customFunction_hasItsOwnGradient_ofAnyOrder() {
    List<Tensor> at = List.of(Tensor.randn(DType.F64, 5, 3));

    assertThat(GradCheck.check(x -> Tensor.apply(new Cube(), x.getFirst()), at).isRight()).isTrue();
    assertThat(GradCheck.checkSecond(x -> Tensor.apply(new Cube(), x.getFirst()), at).isRight())
        .isTrue();
    Tensor x = Tensor.of(1, 2).requireGrad();
    Messages.shapeRefusal(() -> Tensor.apply(new Broken(), x).sum().backward())
        .matches(
            "backward: 'Broken' \\(AutogradTest.java:\\d+\\) returned a gradient of scalar for a"
                + " tensor of 2");
  }

  @Test
  void gradCheck_wrongGradient_namesTheWorstElement() {
    CustomFunction wrong =
        new CustomFunction() {
          @Override
          public Tensor forward(List<Tensor> inputs) {
            return inputs.getFirst().mul(2);
          }

          @Override
          public List<Optional<Tensor>> backward(
              List<Tensor> inputs, Tensor output, Tensor gradient) {
            return List.of(Optional.of(gradient.mul(3)));
          }
        };
    GradCheck.Result result =
        GradCheck.check(
            x -> Tensor.apply(wrong, x.getFirst()), List.of(Tensor.randn(DType.F64, 5, 3)));

    assertThat(result.isRight()).isFalse();
    assertThat(result.analytic()).isCloseTo(1.5 * result.numeric(), within(1e-6));
    Messages.tensorRefusal(() -> GradCheck.check(x -> x.getFirst(), List.of(Tensor.of(1))))
        .isEqualTo("gradCheck: input 0 is f32, must be f64; convert it with to(F64)");
  }

  @Test
  void checkpoint_computesAgain_withTheSameGradients() {
    Tensor w = Tensor.randn(DType.F64, 1, 3, 3).requireGrad();
    List<Integer> runs = new ArrayList<>();
    Tensor x = Tensor.randn(DType.F64, 2, 2, 3).requireGrad();
    Tensor y =
        Tensor.checkpoint(
            in -> {
              runs.add(runs.size());
              return in.getFirst().matmul(w).tanh();
            },
            x.mul(2));
    assertThat(runs).hasSize(1);
    y.sum().backward();
    assertThat(runs).hasSize(2);
    float[] ofX = x.grad().toArray();
    float[] ofW = w.grad().toArray();
    x.zeroGrad();
    w.zeroGrad();
    x.mul(2).matmul(w).tanh().sum().backward();

    assertThat(x.grad().toArray()).isEqualTo(ofX);
    assertThat(w.grad().toArray()).isEqualTo(ofW);
  }

  @Test
  void checkpoint_withDropout_drawsTheSameNumbersAgain() {
    Tensor x = Tensor.ones(64).requireGrad();
    Dropout dropout = new Dropout(0.5, 7);
    Dropout twin = new Dropout(0.5, 7);
    Tensor y =
        Tensor.checkpoint(
            in -> Tensor.checkpoint(i -> dropout.forward(i.getFirst()).exp(), in.getFirst()), x);
    Tensor expected = twin.forward(Tensor.ones(64)).exp();
    y.sum().backward();

    assertThat(y.toArray()).isEqualTo(expected.toArray());
    for (int i = 0; i < 64; i++) {
      boolean dropped = y.toArray()[i] == 1;
      assertThat(x.grad().toArray()[i] == 0).as("element %d", i).isEqualTo(dropped);
    }
    assertThat(dropout.forward(Tensor.ones(64)).toArray())
        .as("the second run does not count")
        .isEqualTo(twin.forward(Tensor.ones(64)).toArray());
  }

  @Test
  void checkpoint_differentiatedTwice_isRight() {
    List<Tensor> at = List.of(Tensor.randn(DType.F64, 1, 2, 2), Tensor.randn(DType.F64, 2, 2, 2));

    GradCheck.Result result =
        GradCheck.checkSecond(
            x -> Tensor.checkpoint(in -> in.getFirst().matmul(x.get(1)).exp(), x.getFirst()), at);
    assertThat(result.isRight()).as(result.toString()).isTrue();
  }

  @Test
  void detectAnomaly_namesTheOperationThatMadeTheNaN() {
    Tensor x = Tensor.of(-1, 4).requireGrad();

    Messages.tensorRefusal(() -> Tensor.detectAnomaly(() -> x.mul(2).sqrt()))
        .isEqualTo("anomaly: 'sqrt' of inputs without NaN gave NaN; inputs are [2]");
    Tensor zero = Tensor.of(0, 4).requireGrad();
    Messages.tensorRefusal(() ->
            Tensor.detectAnomaly(() -> {
              Tensor root = zero.sqrt();
              root.mul(0).sum().backward();
              return root;
            }))
        .matches("anomaly: the gradient of input 0 of 'sqrt' \\(AutogradTest.java:\\d+\\) is NaN");
  }

  @Test
  void enableGrad_insideNoGrad_records() {
    Tensor x = Tensor.of(1, 2).requireGrad();

    Tensor y = Tensor.noGrad(() -> Tensor.enableGrad(() -> x.mul(2)));
    assertThat(y.requiresGrad()).isTrue();
  }

  @Test
  void assign_toAResult_afterItsValuesWereUsed_refusedByName() {
    Tensor x = Tensor.of(1, 2).requireGrad();
    Tensor y = x.exp();
    y.assign(Tensor.of(0, 0));
    assertThat(y.requiresGrad()).isFalse();
    Tensor z = x.exp();
    Tensor sum = z.sum();
    z.assign(Tensor.of(0, 0));

    Messages.tensorRefusal(sum::backward)
        .matches(
            "backward: the result of 'exp' \\(AutogradTest.java:\\d+\\) was overwritten by 'assign'"
                + " \\(AutogradTest.java:\\d+\\) after it was used; write to a copy, or after"
                + " backward\\(\\)");
    Tensor sumOfProduct = x.mul(3);
    Tensor total = sumOfProduct.sum();
    sumOfProduct.assign(Tensor.of(0, 0));
    total.backward();
    assertThat(x.grad().toArray()).as("a product does not need its result").containsExactly(3, 3);
  }

  @Test
  void assign_toAViewOfAParameter_refused() {
    Tensor x = Tensor.of(1, 2).requireGrad();

    Messages.tensorRefusal(() -> x.get(0).assign(Tensor.scalar(1)))
        .isEqualTo(
            "assign: this tensor is a view of one marked with requireGrad(), its gradient would be"
                + " lost; write to it inside Tensor.noGrad(() -> ...), or to a copy");
  }
}
