package maia.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.quant.Quantizer.Scale;
import maia.quant.Quantizer.Sharing;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

class KeyValuesTest {
  private static final Grid INT4 = new Grid.Ints(4);

  @Test
  void tokens_storedTogetherOrOneByOne_areTheSame() {
    Tensor keys = Tensor.randn(DType.F32, 1, 2, 5, 32).mul(Tensor.arange(1, 6, 1.0).unsqueeze(1));
    List<Quantizer> all =
        List.of(
            Quantizer.of(INT4, Sharing.ROWS),
            Quantizer.of(INT4, Sharing.groups(8)).with(Scale.ASYMMETRIC),
            Quantizer.of(INT4, Sharing.TENSOR),
            Quantizer.of(INT4, Sharing.heads(16)),
            Quantizer.of(Grid.NF4, Sharing.groups(8)).with(Scale.DOUBLED),
            Quantizer.of(BlockFormat.MXFP4, ScaleRule.FLOOR),
            Quantizer.of(BlockFormat.NVFP4, ScaleRule.FLOOR));
    for (Quantizer quantizer : all) {
      KeyValues cache = KeyValues.of(quantizer);
      List<Tensor> tokens = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        tokens.add(cache.storedKeys(keys.narrow(1, i, 1)));
      }
      assertThat(cache.storedKeys(keys).toArray())
          .as(quantizer.label())
          .isEqualTo(Tensor.cat(tokens, 1).toArray());
    }
  }

  @Test
  void within_withoutAttention_isRefused() {
    KeyValues cache = KeyValues.of(Quantizer.of(INT4, Sharing.ROWS));
    assertThatThrownBy(() -> cache.within(() -> Tensor.ones(2).add(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "key-value cache: the body ran no operation 'attention', so nothing was stored; give a model"
                + " that attends in other ways a cache of its own, KvCache.dense(config, capacity, stored)");
  }
}
