package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class HostArrayTest {
  @Test
  void of_valuesAndShape_givesThemBack() {
    HostArray array = HostArray.of(new float[] {1, 2, 3, 4, 5, 6}, DType.BF16, 2, 3);
    assertThat(array).hasToString("bf16 2x3");
    assertThat(array.get(1, 0)).isEqualTo(4.0);
    assertThat(array.strides()).containsExactly(3, 1);
    assertThat(array.toFloats()).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(array.segment().byteSize()).isEqualTo(12);
  }

  @Test
  void of_scalar_hasOneElement() {
    HostArray array = HostArray.of(new float[] {7}, DType.F32);
    assertThat(array).hasToString("f32 scalar");
    assertThat(array.get()).isEqualTo(7.0);
  }

  @Test
  void of_countDiffers_namesShapeAndCount() {
    assertThatThrownBy(() -> HostArray.of(new float[5], DType.F32, 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("array: shape 2x3 holds 6 elements, got 5 values");
  }

  @Test
  void ofLongs_integers_areExact() {
    long big = (1L << 60) + 1;
    HostArray array = HostArray.ofLongs(new long[] {big, -5}, DType.I64, 2);
    assertThat(array.getLong(0)).isEqualTo(big);
    assertThat(array.get(1)).isEqualTo(-5.0);
    HostArray small = HostArray.ofLongs(new long[] {200, 0}, DType.U8, 2);
    assertThat(small.getLong(0)).isEqualTo(200);
  }

  @Test
  void ofLongs_outOfRange_isRefused() {
    assertThatThrownBy(() -> HostArray.ofLongs(new long[] {128}, DType.I8, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("array: 128 is out of the range of i8");
  }

  @Test
  void ofLongs_intoAFloatType_roundsOnce() {
    HostArray array = HostArray.ofLongs(new long[] {(1 << 25) + 1, 449}, DType.F64, 2);
    assertThat(array.get(0)).isEqualTo((1 << 25) + 1);
    HostArray fp8 = HostArray.ofLongs(new long[] {17, 500}, DType.FP8_E4M3, 2);
    assertThat(fp8.toFloats()).containsExactly(16, 448);
  }

  @Test
  void floats_ofATransposedPackedView_walksTheStrides() {
    HostArray array = HostArray.of(new float[] {0, 1, 2, 3, 4, 6}, DType.FP4_E2M1, 2, 3);
    HostArray view =
        HostArray.view(
            DType.FP4_E2M1,
            new long[] {3, 2},
            new long[] {1, 3},
            0,
            array.segment(),
            Optional.empty(),
            1f);
    assertThat(HostArray.floats(view)).containsExactly(0, 3, 1, 4, 2, 6);
    assertThat(view.get(2, 1)).isEqualTo(6.0);
  }

  @Test
  void floats_ofBroadcastAndEmptyViews_haveTheirElements() {
    HostArray array = HostArray.of(new float[] {1, 2}, DType.F32, 2);
    HostArray rows =
        HostArray.view(
            DType.F32,
            new long[] {3, 2},
            new long[] {0, 1},
            0,
            array.segment(),
            Optional.empty(),
            1f);
    assertThat(rows.toFloats()).containsExactly(1, 2, 1, 2, 1, 2);
    assertThat(HostArray.zeros(DType.F16, 3, 0, 2).toFloats()).isEmpty();
  }

  @Test
  void store_intoAStridedView_leavesTheRestAlone() {
    HostArray array = HostArray.of(new float[] {1, 2, 3, 4}, DType.F16, 4);
    HostArray odd =
        HostArray.view(
            DType.F16, new long[] {2}, new long[] {2}, 1, array.segment(), Optional.empty(), 1f);
    HostArray.store(new float[] {8, 9}, odd);
    assertThat(array.toFloats()).containsExactly(1, 8, 3, 9);
  }

  @Test
  void meta_hasShapeButNoValues() {
    HostArray array = HostArray.meta(BlockFormat.MXFP4, 4, 40);
    assertThat(array.isMeta()).isTrue();
    assertThat(HostArray.zeros(DType.F32, 1).isMeta()).isFalse();
    assertThat(array.scales().orElseThrow().shape()).containsExactly(4, 2);
    assertThatThrownBy(array::toFloats)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("array: a shape without memory has no values");
  }

  @Test
  void get_wrongNumberOfIndices_isRefused() {
    assertThatThrownBy(() -> HostArray.zeros(DType.F32, 2, 3).get(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("array f32 2x3: needs 2 indices, got 1");
  }

  @Test
  void store_intoABlockArray_isRefused() {
    assertThatThrownBy(() -> HostArray.store(new float[32], HostArray.zeros(BlockFormat.MXFP4, 32)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "array of mxfp4: values of a block format are written together; try:"
                + " BlockCodec.quantize");
  }

  @Test
  void allocate_manyUnreachableSegments_staysNearTheBudget() {
    for (int i = 0; i < 50; i++) {
      HostArray.zeros(DType.F32, 16 << 20);
    }
    assertThat(Memory.liveBytes()).isLessThanOrEqualTo(2L << 30);
  }
}
