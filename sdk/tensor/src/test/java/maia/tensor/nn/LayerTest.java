package maia.tensor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import maia.numerics.DType;
import maia.tensor.Attention;
import maia.tensor.Functional;
import maia.tensor.Messages;
import maia.tensor.Spatial;
import maia.tensor.Tensor;
import maia.tensor.Window;
import org.junit.jupiter.api.Test;

class LayerTest {
  private static float difference(Tensor a, Tensor b) {
    return a.sub(b).abs().max().item();
  }

  @Test
  void batchNorm_training_normalisesAndKeepsAverages() {
    BatchNorm2d norm = new BatchNorm2d(3, 1e-5, 0.25);
    Tensor x = Tensor.randn(DType.F32, 1, 4, 3, 2, 5).mul(3).add(2);
    Tensor y = norm.call(x);
    float[] values = x.transpose(0, 1).reshape(3, 40).toArray();
    for (int c = 0; c < 3; c++) {
      double mean = 0;
      double square = 0;
      for (int i = 0; i < 40; i++) {
        mean += values[c * 40 + i] / 40.0;
      }
      for (int i = 0; i < 40; i++) {
        square += Math.pow(values[c * 40 + i] - mean, 2);
      }
      assertThat((double) norm.runningMean().toArray()[c]).isCloseTo(0.25 * mean, within(1e-6));
      assertThat((double) norm.runningVariance().toArray()[c])
          .isCloseTo(0.75 + 0.25 * square / 39, within(1e-5));
      assertThat((double) y.select(1, c).reshape(40).toArray()[0])
          .isCloseTo((values[c * 40] - mean) / Math.sqrt(square / 40 + 1e-5), within(1e-5));
    }
    assertThat(norm.namedBuffers().get("num_batches_tracked").toLongs()).containsExactly(1);
  }

  @Test
  void batchNorm_eval_usesTheAverages() {
    BatchNorm1d norm = new BatchNorm1d(2);
    norm.loadMatching(Map.of("running_mean", Tensor.of(1, 2), "running_var", Tensor.of(4, 9)));
    norm.eval();

    assertThat(difference(norm.call(Tensor.of(new float[][] {{3, 5}})), Tensor.of(1, 1)))
        .isLessThan(1e-5f);
    assertThat(norm.stateDict().keySet())
        .containsExactly("weight", "bias", "running_mean", "running_var", "num_batches_tracked");
  }

  @Test
  void batchNorm_gradient_isThatOfItsFormula() {
    BatchNorm1d norm = new BatchNorm1d(3);
    Tensor x = Tensor.randn(DType.F32, 1, 6, 3).requireGrad();
    Tensor g = Tensor.randn(DType.F32, 2, 6, 3);
    norm.call(x).backward(g);
    Tensor rows = x.detach().t().contiguous().requireGrad();
    Functional.layerNorm(rows, 1, 1e-5).backward(g.t().contiguous());

    assertThat(difference(x.grad(), rows.grad().t())).isLessThan(1e-5f);
  }

  @Test
  void batchNorm_oneValuePerChannel_refusedInTraining() {
    Messages.shapeRefusal(() -> new BatchNorm1d(2).call(Tensor.ones(1, 2)))
        .isEqualTo(
            "BatchNorm1d(2, epsilon=1.0E-5, momentum=0.1): training needs more than one value per"
                + " channel, the input is [1, 2]");
  }

  @Test
  void multihead_twoHeads_equalAttentionOfTheirParts() {
    MultiheadAttention attention = new MultiheadAttention(4, 2, 1);
    Tensor x = Tensor.randn(DType.F32, 2, 1, 3, 4);
    Tensor w = attention.stateDict().get("in_proj_weight");
    Tensor[] heads = new Tensor[2];
    for (int h = 0; h < 2; h++) {
      Tensor q = x.get(0).linear(w.narrow(0, 2 * h, 2));
      Tensor k = x.get(0).linear(w.narrow(0, 4 + 2 * h, 2));
      Tensor v = x.get(0).linear(w.narrow(0, 8 + 2 * h, 2));
      heads[h] = q.matmul(k.t()).div(Math.sqrt(2)).softmax(1).matmul(v);
    }
    Tensor expected =
        Tensor.cat(List.of(heads), 1)
            .linear(
                attention.stateDict().get("out_proj.weight"),
                attention.stateDict().get("out_proj.bias"));

    assertThat(difference(attention.call(x).get(0), expected)).isLessThan(1e-6f);
    assertThat(attention.stateDict().keySet())
        .containsExactly("in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias");
  }

  @Test
  void multihead_wrongWidth_refused() {
    Messages.shapeRefusal(() -> new MultiheadAttention(4, 2, 1).call(Tensor.ones(1, 3, 5)))
        .isEqualTo(
            "multiheadAttention: needs query, key and value [N, length, 4] and maybe a mask, got"
                + " [[1, 3, 5], [1, 3, 5], [1, 3, 5]]");
    assertThatThrownBy(() -> new MultiheadAttention(5, 2, 1))
        .hasMessage(
            "multiheadAttention: the width must be a positive multiple of the heads, were 5 and 2");
  }

  @Test
  void encoderLayer_normsBeforeAndAfter_followTheirFormulas() {
    for (var norms : TransformerSettings.Norms.values()) {
      var settings = new TransformerSettings(4, 2, 8).withNorms(norms);
      var layer = new TransformerEncoderLayer(settings, 3);
      var parts = layer.children();
      Tensor x = Tensor.randn(DType.F32, 2, 2, 3, 4);
      UnaryOperator<Tensor> feed =
          y -> parts.get("linear2").call(parts.get("linear1").call(y).relu());
      Tensor expected;
      if (norms == TransformerSettings.Norms.BEFORE) {
        Tensor y = x.add(parts.get("self_attn").call(parts.get("norm1").call(x)));
        expected = y.add(feed.apply(parts.get("norm2").call(y)));
      } else {
        Tensor y = parts.get("norm1").call(x.add(parts.get("self_attn").call(x)));
        expected = parts.get("norm2").call(y.add(feed.apply(y)));
      }
      assertThat(layer.call(x).toArray()).isEqualTo(expected.toArray());
    }
  }

  @Test
  void encoderLayer_causal_laterTokensChangeNothingBefore() {
    var layer =
        new TransformerEncoderLayer(
            new TransformerSettings(4, 2, 8), Attention.Causal.UPPER_LEFT, 3);
    Tensor x = Tensor.randn(DType.F32, 2, 1, 5, 4);
    Tensor y = layer.call(x);
    Tensor prefix = layer.call(x.narrow(1, 0, 3));

    assertThat(y.narrow(1, 0, 3).toArray()).isEqualTo(prefix.toArray());
  }

  @Test
  void decoderLayer_memoryAndMask_namesAndShapes() {
    var layer = new TransformerDecoderLayer(new TransformerSettings(4, 2, 8), 3);
    Tensor x = Tensor.randn(DType.F32, 2, 2, 3, 4);
    Tensor memory = Tensor.randn(DType.F32, 3, 2, 5, 4);
    Tensor all = Tensor.ones(3, 5).gt(0);

    assertThat(layer.call(x, memory).shape()).containsExactly(2, 3, 4);
    assertThat(layer.call(x, memory, all).toArray()).isEqualTo(layer.call(x, memory).toArray());
    assertThat(layer.children().keySet())
        .containsExactly(
            "self_attn",
            "multihead_attn",
            "linear1",
            "dropout",
            "linear2",
            "norm1",
            "dropout1",
            "norm2",
            "dropout2",
            "norm3",
            "dropout3");
    Messages.tensorRefusal(() -> layer.call(x))
        .isEqualTo(
            "transformer decoder layer: takes x and the output of an encoder, got one tensor; use"
                + " TransformerEncoderLayer with Attention.Causal.UPPER_LEFT for a decoder alone");
  }

  @Test
  void dropout_trainAndEval_andContinuedFromACount() {
    Dropout dropout = new Dropout(0.5, 3);
    Tensor x = Tensor.ones(64);
    Tensor first = dropout.call(x);
    Tensor second = dropout.call(x);
    Dropout again = new Dropout(0.5, 3);
    again.seek(1);

    assertThat(first.toArray()).isNotEqualTo(second.toArray());
    assertThat(again.call(x).toArray()).isEqualTo(second.toArray());
    dropout.eval();
    assertThat(dropout.call(x)).isSameAs(x);
  }

  @Test
  void flattenAndUnflatten_invertEachOther() {
    Tensor x = Tensor.randn(DType.F32, 1, 2, 3, 4);

    assertThat(new Flatten().call(x).shape()).containsExactly(2, 12);
    assertThat(new Unflatten(1, 3, 4).call(new Flatten().call(x)).toArray()).isEqualTo(x.toArray());
    Messages.shapeRefusal(() -> new Unflatten(1, 5).call(x))
        .isEqualTo("unflatten: dimension 1 of [2, 3, 4] must have size 5, the product of [5]");
  }

  @Test
  void linear_withoutBias_isAProduct() {
    Linear layer = new Linear(3, 2, Bias.NONE, 1);

    assertThat(layer).hasToString("Linear(in=3, out=2, bias=none)");
    assertThat(layer.call(Tensor.ones(1, 3)).toArray())
        .isEqualTo(Tensor.ones(1, 3).linear(layer.weight()).toArray());
  }

  @Test
  void convolutions_summaryAndBits_areThoseOfTheFunctions() {
    Conv2d conv = new Conv2d(2, 3, 3, Window.of().padding(1).stride(2), Bias.LEARNED, 1);
    Tensor x = Tensor.randn(DType.F32, 1, 4, 2, 6, 6);
    Tensor expected =
        Spatial.conv2d(
            x, conv.weight(), conv.stateDict().get("bias"), Window.of().padding(1).stride(2));

    assertThat(conv.call(x).toArray()).isEqualTo(expected.toArray());
    assertThat(conv.summary(x).total().flops()).isGreaterThanOrEqualTo(2L * 4 * 3 * 9 * 2 * 9);
    assertThat(new Conv1d(2, 3, 3, 1).call(x.select(2, 0)).shape()).containsExactly(4, 3, 4);
    assertThat(new Conv2d(2, 3, 3, 1)).hasToString("Conv2d(2, 3, kernel=3)");
  }

  @Test
  void pools_ofAnImage_reduceItsWindows() {
    Tensor x = Tensor.arange(16).to(DType.F32).reshape(1, 1, 4, 4);

    assertThat(new MaxPool2d(2).call(x).toArray()).containsExactly(5, 7, 13, 15);
    assertThat(new AvgPool2d(2).call(x).toArray()).containsExactly(2.5f, 4.5f, 10.5f, 12.5f);
    assertThat(new AdaptiveAvgPool2d(1, 1).call(x).toArray()).containsExactly(7.5f);
    assertThat(new MaxPool1d(2).call(x.get(0)).toArray())
        .containsExactly(1, 3, 5, 7, 9, 11, 13, 15);
    assertThat(new AvgPool1d(4).call(x.get(0)).toArray()).containsExactly(1.5f, 5.5f, 9.5f, 13.5f);
  }
}
