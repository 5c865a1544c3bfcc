package maia.quant;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.util.List;
import maia.numerics.Array;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.quant.Quantizer.Sharing;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

class BlockTensorTest {
  private static byte[] bytes(Array array) {
    return array.segment().toArray(ValueLayout.JAVA_BYTE);
  }

  /// A stored matrix as blocks has the bytes of the tensor that is quantised directly.
  @Test
  void storedMatrix_asBlocks_hasTheBytesOfTheQuantisedTensor() {
    Tensor w = Tensor.randn(DType.F32, 3, 7, 70);
    for (BlockFormat format :
        List.of(
            BlockFormat.MXFP8_E4M3,
            BlockFormat.MXFP8_E5M2,
            BlockFormat.MXFP6_E2M3,
            BlockFormat.MXFP6_E3M2,
            BlockFormat.MXFP4,
            BlockFormat.MXINT8,
            BlockFormat.NVFP4)) {
      for (ScaleRule rule : List.of(ScaleRule.FLOOR, ScaleRule.RCEIL, ScaleRule.MSE)) {
        Quantized stored = Quantizer.of(format, rule).quantize(w.toArray(), 7, 70);
        Tensor blocks = stored.blocks().orElseThrow();
        Tensor direct = w.quantize(format, rule);
        assertThat(bytes(blocks)).as(format.label()).isEqualTo(bytes(direct));
        assertThat(bytes(blocks.scales().orElseThrow()))
            .isEqualTo(bytes(direct.scales().orElseThrow()));
        assertThat(blocks.tensorScale()).isEqualTo(direct.tensorScale());
        assertThat(blocks.dequantize().toArray()).isEqualTo(stored.values());
      }
    }
    assertThat(
            Quantizer.of(new Grid.Ints(4), Sharing.groups(32))
                .quantize(w.toArray(), 7, 70)
                .blocks())
        .isEmpty();
  }
}
