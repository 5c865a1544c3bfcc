package maia.graph;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import maia.numerics.DType;
import maia.tensor.Attention;
import maia.tensor.Op;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

class FindAttentionTest {
  private static List<Op> ops(DType type, Function<List<Tensor>, Tensor> forward, long... keys) {
    Tensor q = Tensor.meta(type, 2, 4, 6, 32);
    Tensor k = Tensor.meta(type, keys);
    return FindAttention.of(Graph.record("net", forward, List.of(q, k, k)).simplified())
        .nodes()
        .stream()
        .<Op>map(Node::op)
        .toList();
  }

  private static List<Op> ops(Function<List<Tensor>, Tensor> forward) {
    return ops(F32, forward, 2, 4, 9, 32);
  }

  private static Tensor scores(List<Tensor> in) {
    return in.get(0).matmul(in.get(1).transpose(-1, -2));
  }

  @Test
  void attentionWrittenOut_isOneOperation() {
    Op attention = new Attention(0.25f, Attention.Causal.NONE, 0, 0);
    assertThat(ops(in -> scores(in).mul(0.25).softmax(-1).matmul(in.get(2))))
        .containsExactly(attention);
    assertThat(ops(in -> scores(in).div(4).softmax(-1).matmul(in.get(2))))
        .containsExactly(attention);
    assertThat(ops(BF16, in -> scores(in).mul(0.25).softmax(-1).matmul(in.get(2)), 2, 4, 9, 32))
        .containsExactly(attention);
    assertThat(ops(in -> scores(in).softmax(-1).matmul(in.get(2))))
        .containsExactly(new Attention(1, Attention.Causal.NONE, 0, 0));
  }

  @Test
  void laterKeysHidden_isCausal() {
    Tensor at = Tensor.arange(6).add(3).unsqueeze(1);
    Tensor seen = at.ge(Tensor.arange(9).unsqueeze(0));
    Tensor hidden = Tensor.full(Float.NEGATIVE_INFINITY, F32);
    assertThat(ops(in -> seen.where(scores(in).mul(0.25), hidden).softmax(-1).matmul(in.get(2))))
        .containsExactly(new Attention(0.25f, Attention.Causal.LOWER_RIGHT, 0, 0));
  }

  @Test
  void otherMasks_stayAsTheyAre() {
    Tensor seen = Tensor.arange(9).unsqueeze(0).expand(6, 9).ge(2);
    Tensor hidden = Tensor.full(Float.NEGATIVE_INFINITY, F32);
    assertThat(ops(in -> seen.where(scores(in).mul(0.25), hidden).softmax(-1).matmul(in.get(2))))
        .hasSize(6);
  }

  @Test
  void weightsReadTwice_smallHeads_andOtherSoftmaxes_stayAsTheyAre() {
    assertThat(
            ops(in -> {
              Tensor weights = scores(in).mul(0.25).softmax(-1);
              return weights.matmul(in.get(2)).add(weights.sum());
            }))
        .noneMatch(op -> op instanceof Attention);
    assertThat(ops(in -> scores(in).mul(0.25).softmax(2).matmul(in.get(2))))
        .noneMatch(op -> op instanceof Attention);
    assertThat(ops(in -> scores(in).mul(-0.25).softmax(-1).matmul(in.get(2))))
        .noneMatch(op -> op instanceof Attention);
    assertThat(
            ops(in -> {
              Tensor q = in.get(0).slice(-1, 0, 24);
              Tensor k = in.get(1).slice(-1, 0, 24);
              return q.matmul(k.transpose(-1, -2)).softmax(-1).matmul(k);
            }))
        .noneMatch(op -> op instanceof Attention);
  }
}
