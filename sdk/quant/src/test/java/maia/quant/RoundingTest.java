package maia.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import maia.numerics.BlockCodec;
import maia.numerics.BlockFormat;
import maia.numerics.BlockRules;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.numerics.NvOrder;
import maia.numerics.Philox;
import maia.numerics.Rounding;
import maia.numerics.ScaleRule;
import maia.quant.Quantizer.Range;
import maia.quant.Quantizer.Scale;
import maia.quant.Quantizer.Sharing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RoundingTest {
  private static float[] normal(long seed, int count) {
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = Philox.normal(seed, i);
    }
    return x;
  }

  @ParameterizedTest
  @EnumSource(NvOrder.class)
  void nvfp4_everyOrder_equalsTheBlockCodec(NvOrder order) {
    float[] x = normal(3, 20 * 70);
    for (int i = 0; i < 32; i++) {
      x[i] *= i < 16 ? 0 : 1e-6f;
    }
    BlockRules rules = BlockRules.OCP.with(order);
    HostArray array = HostArray.of(x, DType.F32, 20, 70);
    float[] expected =
        BlockCodec.dequantize(BlockCodec.quantize(array, BlockFormat.NVFP4, rules)).toFloats();
    Quantizer q = Quantizer.of(BlockFormat.NVFP4, rules);
    assertThat(q.quantize(x, 20, 70).values()).isEqualTo(expected);
    assertThat(q.fake(x, 20, 70)).isEqualTo(expected);
  }

  @Test
  void fake_ofEveryKind_isTheValuesOfTheCodes() {
    float[] x = normal(4, 12 * 96);
    for (Quantizer q :
        List.of(
            Quantizer.of(new Grid.Floats(DType.FP8_E4M3), Sharing.ROWS),
            Quantizer.of(new Grid.Floats(DType.FP8_E5M2), Sharing.ROWS),
            Quantizer.of(new Grid.Ints(8), Sharing.ROWS),
            Quantizer.of(new Grid.Ints(4), Sharing.groups(32)).with(Scale.ASYMMETRIC),
            Quantizer.of(Grid.NF4, Sharing.groups(64)),
            Quantizer.of(BlockFormat.MXFP4, ScaleRule.MSE),
            Quantizer.of(BlockFormat.MXFP6_E3M2, ScaleRule.EVEN),
            Quantizer.of(BlockFormat.NVFP4, ScaleRule.FLOOR))) {
      assertThat(q.fake(x, 12, 96)).as(q.label()).isEqualTo(q.quantize(x, 12, 96).values());
    }
  }

  @Test
  void integers_everyRounding_equalDecimalArithmetic() {
    Grid grid = new Grid.Ints(4);
    for (int i = -40; i <= 40; i++) {
      double x = i / 4.0;
      for (Rounding rounding : Rounding.Fixed.values()) {
        RoundingMode mode =
            rounding == Rounding.NEAREST_EVEN
                ? RoundingMode.HALF_EVEN
                : rounding == Rounding.NEAREST_AWAY ? RoundingMode.HALF_UP : RoundingMode.DOWN;
        int exact = new BigDecimal(x).setScale(0, mode).intValueExact();
        assertThat(grid.code(x, rounding, 0))
            .as("%s %s", x, rounding)
            .isEqualTo(Math.clamp(exact, -7, 7));
      }
    }
  }

  @Test
  void table_everyRounding_takesTheNamedNeighbour() {
    Grid table = new Grid.Table("thirds", new float[] {-1, -0.5f, 0, 0.5f, 1});
    assertThat(table.code(0.25, Rounding.NEAREST_EVEN, 0)).isEqualTo(2);
    assertThat(table.code(0.25, Rounding.NEAREST_AWAY, 0)).isEqualTo(3);
    assertThat(table.code(-0.25, Rounding.NEAREST_AWAY, 0)).isEqualTo(1);
    assertThat(table.code(0.49, Rounding.TOWARD_ZERO, 0)).isEqualTo(2);
    assertThat(table.code(-0.99, Rounding.TOWARD_ZERO, 0)).isEqualTo(1);
    assertThat(table.code(3, Rounding.TOWARD_ZERO, 0)).isEqualTo(4);
    int up = 0;
    for (int i = 0; i < 4000; i++) {
      up += table.code(0.125, Rounding.stochastic(1), i) == 3 ? 1 : 0;
    }
    assertThat(up).isBetween(900, 1100);
  }

  @Test
  void blocks_of128_shareOneScaleEach() {
    float[] x = normal(6, 5 * 6);
    Quantized q =
        Quantizer.of(new Grid.Floats(DType.FP8_E4M3), Sharing.blocks(2, 4)).quantize(x, 5, 6);
    assertThat(q.scales()).hasSize(6);
    float most = 0;
    for (int r = 2; r < 4; r++) {
      for (int c = 4; c < 6; c++) {
        most = Math.max(most, Math.abs(x[r * 6 + c]));
      }
    }
    assertThat(q.scales()[3]).isEqualTo(most / 448);
    assertThat(q.bitsPerValue()).isEqualTo(8 + 6 * 32 / 30.0);
  }

  @Test
  void heads_andChannels_shareOverAllRows() {
    float[] x = {1, 2, 30, 40, -3, 1, -10, 20};
    Quantizer q = Quantizer.of(new Grid.Ints(8), Sharing.heads(2));
    assertThat(q.quantize(x, 2, 4).scales()).containsExactly(3 / 127f, 40 / 127f);
    assertThat(q.label()).isEqualTo("int8 per head of 2");
    Quantizer channels = q.with(Sharing.channels());
    assertThat(channels.quantize(x, 2, 4).scales())
        .containsExactly(3 / 127f, 2 / 127f, 30 / 127f, 40 / 127f);
    assertThat(channels.label()).isEqualTo("int8 per channel");
  }

  @Test
  void roundedScale_isANumberOfItsType() {
    Quantizer q =
        Quantizer.of(new Grid.Ints(8), Sharing.groups(32)).with(new Scale.Rounded(DType.F16));
    Quantized stored = q.quantize(normal(8, 64), 1, 64);
    for (float scale : stored.scales()) {
      assertThat(Float.float16ToFloat(Float.floatToFloat16(scale))).isEqualTo(scale);
    }
    assertThat(stored.bitsPerValue()).isEqualTo(8.5);
    assertThat(q.label()).isEqualTo("int8 g32 f16");
  }

  @Test
  void importanceRange_weighsColumns() {
    float[] x = {8, 1.2f, 0.9f, 1.1f};
    Quantizer q = Quantizer.of(new Grid.Ints(3), Sharing.ROWS).with(Range.IMPORTANCE);
    float[] quiet = q.quantize(x, 1, 4, new double[] {0, 1, 1, 1}).values();
    float[] loud = q.quantize(x, 1, 4, new double[] {1e6, 1, 1, 1}).values();
    assertThat(Math.abs(quiet[1] - 1.2f)).isLessThan(Math.abs(loud[1] - 1.2f));
    assertThat(Math.abs(loud[0] - 8)).isLessThan(Math.abs(quiet[0] - 8));
  }

  @Test
  void importanceRange_withoutImportance_isRefused() {
    Quantizer q = Quantizer.of(new Grid.Ints(3), Sharing.ROWS).with(Range.IMPORTANCE);
    assertThatThrownBy(() -> q.quantize(new float[4], 1, 4))
        .hasMessage(
            "quantize int3 per row importance: needs the importance of each column; pass it, or calibrate");
  }
}
