package maia.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import maia.numerics.BlockFormat;
import maia.numerics.BlockRules;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;
import maia.numerics.ScaleRule;
import org.junit.jupiter.api.Test;

class ExplainTest {
  @Test
  void fourAndAQuarter_inFp4_isTold() {
    assertThat(Explain.value(4.25f, DType.FP4_E2M1))
        .hasToString(
            """
            4.25 in fp4_e2m1
            1. binary32 4.25 = 0x1.1p2: sign 0, exponent 2, fraction 00010000000000000000000
            2. between 4 and 6, below the middle 5: NEAREST_EVEN gives 4
            3. code 0x6 = 0110: sign 0, exponent field 3 (2^2), fraction 0
            4. 4.25 became 4: error -0.25, 5.88 % of the value
            """);
  }

  @Test
  void aTie_anOverflow_andAnExactValue_areNamed() {
    assertThat(Explain.value(5, DType.FP4_E2M1).steps())
        .contains("between 4 and 6, exactly at the middle 5: NEAREST_EVEN gives 4");
    assertThat(Explain.value(-464, DType.FP8_E4M3).back()).isEqualTo(-448);
    assertThat(
            Explain.value(500, DType.FP8_E4M3, Rounding.NEAREST_EVEN, Overflow.NON_SATURATE)
                .steps())
        .contains("beyond the largest value 448: NON_SATURATE gives NaN");
    assertThat(Explain.value(500, DType.FP8_E4M3).steps())
        .contains("beyond the largest value 448, which it becomes");
    assertThat(Explain.value(1.5f, DType.FP8_E4M3).steps())
        .contains("1.5 is a value of the format");
    assertThat(Explain.value(Float.NaN, DType.FP8_E4M3).steps()).contains("NaN becomes NaN");
  }

  @Test
  void everyCode_isItsOwnStory_andNeighboursHoldTheValue() {
    for (DType type :
        new DType[] {DType.FP8_E4M3, DType.FP8_E5M2, DType.FP6_E3M2, DType.FP4_E2M1}) {
      for (int i = -2000; i < 2000; i++) {
        float x = i * 0.013f;
        Explain e = Explain.value(x, type);
        assertThat(e.back()).isEqualTo(Codec.of(type).round(x));
        if (Math.abs(x) < 6) {
          assertThat(e.below()).isLessThanOrEqualTo(x);
          assertThat(e.above()).isGreaterThanOrEqualTo(x);
          assertThat(e.back()).isIn(e.below(), e.above());
          assertThat(e.line()).isSorted().contains(e.below(), e.above());
        }
      }
    }
  }

  @Test
  void element_ofABlock_namesTheScale() {
    float[] block = new float[32];
    block[0] = 7;
    block[1] = 2.6f;
    Explain e = Explain.value(block, 1, BlockFormat.MXFP4, BlockRules.of(ScaleRule.RCEIL));
    assertThat(e.scale()).isEqualTo(2);
    assertThat(e.back()).isEqualTo(3);
    assertThat(e.steps()).contains("largest magnitude of the block 7; scale 2 (e8m0 RCEIL)");
    Explain nv = Explain.value(block, 0, BlockFormat.MXINT8, BlockRules.OCP);
    assertThat(nv.steps()).anyMatch(s -> s.endsWith("of 64ths"));
    assertThatThrownBy(() -> Explain.value(block, 0, BlockFormat.NVFP4, BlockRules.OCP))
        .hasMessage("explain: element 0 of a block of 32 values; nvfp4 has blocks of 16");
  }
}
