package maia.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import maia.machine.Chip;
import maia.npl.Npl;
import maia.npl.NplException;
import maia.numerics.BlockCodec;
import maia.numerics.BlockFormat;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Fmath;
import maia.numerics.HostArray;
import maia.numerics.MatMul;
import maia.numerics.Reduce;
import maia.numerics.ScaleRule;
import org.junit.jupiter.api.Test;

/// What instructions compute.
class ValueTest {
  private static RunRecord run(String text, HostArray... arrays) {
    return Simulator.on(Chip.TOY).run(Npl.parse(text), Launch.of(List.of(arrays)));
  }

  /// Loads x (4x6) to `a`, runs `middle` on the vector processor, stores `r`.
  private static float[] mapped(
      float[] x, DType result, String out, String shape, String... middle) {
    String text =
        """
        program p one_tile
          array x: f32[4, 6] in
          array y: %2$s[%1$s] out
          buffer a: f32[4, 6] tsram x1
          buffer t: f32[6, 4] tsram x1
          buffer row: f32[6] tsram x1
          buffer col: f32[4, 1] tsram x1
          buffer r: %2$s[%1$s] tsram x1
          semaphore s[2] tile initial 0 maximum 9
          queue tile_dma 0
            copy x[0 +: 4, 0 +: 6] -> a[0]
            copy x[0 +: 4 along 1, 0 +: 6 along 0] -> t[0]
            signal s[0]
          queue tvp
            wait s[0]
            %3$s
            signal s[1]
          queue tile_dma 1
            wait s[1]
            copy r[0] -> y[%4$s]
        """
            .formatted(shape, result.label(), String.join("\n    ", middle), out);
    var y =
        HostArray.zeros(
            result,
            java.util.Arrays.stream(shape.split(", ")).mapToLong(Long::parseLong).toArray());
    run(text, HostArray.of(x, DType.F32, 4, 6), y);
    return y.toFloats();
  }

  private static final float[] X = Gemm.random(24, 3);

  @Test
  void map_broadcastsRowsAndColumns_likeARowSoftmax() {
    float[] y =
        mapped(
            X,
            DType.F32,
            "0 +: 4, 0 +: 6",
            "4, 6",
            "reduce col[0] = max a[0] over [4, 6] axis 1",
            "map a[0] = exp((a[0] - col[0]))",
            "reduce col[0] = sum a[0] over [4, 6] axis 1",
            "map r[0] = (a[0] / col[0])");
    for (int i = 0; i < 4; i++) {
      float max = Reduce.max(X, i * 6, 6, 1);
      float[] e = new float[6];
      for (int j = 0; j < 6; j++) {
        e[j] = Fmath.exp(X[i * 6 + j] - max);
      }
      for (int j = 0; j < 6; j++) {
        assertThat(y[i * 6 + j]).isEqualTo(e[j] / Reduce.sum(e, 0, 6, 1));
      }
    }
  }

  @Test
  void map_ofATransposedLoad_equalsATransposedRegion() {
    float[] y = mapped(X, DType.F32, "0 +: 4, 0 +: 6", "4, 6", "map r[0] = (t[0].T - a[0])");
    assertThat(y).containsOnly(0f);
  }

  @Test
  void reduce_alongTheFirstAxis_stridesOverRows() {
    float[] y =
        mapped(
            X,
            DType.F32,
            "0 +: 6",
            "6",
            "reduce row[0] = sum a[0] over [4, 6] axis 0",
            "map r[0] = row[0]");
    for (int j = 0; j < 6; j++) {
      assertThat(y[j]).isEqualTo(Reduce.sum(X, j, 4, 6));
    }
  }

  @Test
  void map_roundsOnceToTheResultType() {
    float[] y =
        mapped(X, DType.FP8_E4M3, "0 +: 4, 0 +: 6", "4, 6", "map r[0] = fma(a[0], a[0], 0.5)");
    Codec codec = Codec.of(DType.FP8_E4M3);
    for (int i = 0; i < 24; i++) {
      assertThat(y[i]).isEqualTo(codec.round(Math.fma(X[i], X[i], 0.5f)));
    }
  }

  @Test
  void map_ofIntegersAndTruthValues_selects() {
    float[] y =
        mapped(
            X,
            DType.I32,
            "0 +: 4, 0 +: 6",
            "4, 6",
            "map r[0] = select(((iota(1) >= iota(0)) & (a[0] != nan)),"
                + " ((iota(0) * iota(0)) + iota(1)), neg(iota(1)))");
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 6; j++) {
        assertThat(y[i * 6 + j]).isEqualTo(j >= i ? i * i + j : -j);
      }
    }
  }

  @Test
  void map_integerOverflow_isRefused() {
    var e =
        catchThrowableOfType(
            NplException.class,
            () ->
                mapped(
                    X,
                    DType.I32,
                    "0 +: 4, 0 +: 6",
                    "4, 6",
                    "map r[0] = (cast(i32, index(2147483647)) + iota(1))"));
    assertThat(e)
        .hasMessageContaining("map r 4x6: 2147483648 does not fit i32 of 'r' slot 0; cast it");
  }

  @Test
  void load_masked_fillsTheRest() {
    var x = HostArray.of(X, DType.F32, 4, 6);
    var y = HostArray.zeros(DType.F32, 4, 4);
    run(
        """
        program p one_tile
          array x: f32[4, 6] in
          array y: f32[4, 4] out
          buffer a: f32[4, 4] tsram x1
          queue tile_dma 0
            copy x[2 +: 4 < 4, -1 +: 4 by 2 >= 0 < size(x, 1)] -> a[0] fill -inf
            signal s
          semaphore s[1] tile initial 0 maximum 1
          queue tile_dma 1
            wait s
            copy a[0] -> y[0 +: 4, 0 +: 4]
        """,
        x,
        y);
    float out = Float.NEGATIVE_INFINITY;
    assertThat(y.toFloats())
        .containsExactly(
            out, X[13], X[15], X[17], out, X[19], X[21], X[23], out, out, out, out, out, out, out,
            out);
  }

  @Test
  void quantizeAndScaledProduct_equalTheHostOnDequantisedValues() {
    for (BlockFormat f :
        List.of(BlockFormat.MXFP4, BlockFormat.MXFP6_E2M3, BlockFormat.MXFP8_E4M3)) {
      int m = 8;
      int n = 16;
      int k = 64;
      var a = HostArray.of(Gemm.random(m * k, 5), DType.F32, m, k);
      var w =
          BlockCodec.quantize(
              HostArray.of(Gemm.random(n * k, 6), DType.F32, n, k), f, ScaleRule.FLOOR);
      var c = HostArray.zeros(DType.F32, m, n);
      String text =
          """
          program p one_tile
            array a: f32[8, 64] in
            array w: %1$s[16, 64] in
            array ws: %2$s[16, 2] in
            array c: f32[8, 16] out
            buffer rows: f32[8, 64] tsram x1
            buffer e: %1$s[8, 64] tsram x1
            buffer es: %2$s[8, 2] tsram x1
            buffer b: %1$s[16, 64] tsram x1
            buffer bs: %2$s[16, 2] tsram x1
            buffer acc: f32[8, 16] acc x1
            semaphore s[3] tile initial 0 maximum 9
            queue tile_dma 0
              copy a[0 +: 8, 0 +: 64] -> rows[0]
              signal s[0]
              copy w[0 +: 16, 0 +: 64] -> b[0]
              copy ws[0 +: 16, 0 +: 2] -> bs[0]
              signal s[1]
            queue tvp
              wait s[0]
              quantize e[0], es[0], rows[0] format %3$s rule floor
              signal s[1]
            queue ttu
              wait s[1] by 2
              mma_scaled acc[0], e[0], es[0], b[0].T, bs[0].T block 32 clear 1
              signal s[2]
            queue tile_dma 1
              wait s[2]
              copy acc[0] -> c[0 +: 8, 0 +: 16]
          """
              .formatted(f.element().label(), f.scale().label(), f.label());
      Simulator.on(Chip.TOY)
          .run(Npl.parse(text), Launch.of(List.of(a, w, w.scales().orElseThrow(), c)));
      float[] left = BlockCodec.dequantize(BlockCodec.quantize(a, f, ScaleRule.FLOOR)).toFloats();
      float[] right = BlockCodec.dequantize(w).toFloats();
      float[] expected = new float[m * n];
      MatMul.multiplyAdd(m, n, k, left, 0, k, 1, right, 0, 1, k, expected, 0, n);
      assertThat(c.toFloats()).as(f.label()).isEqualTo(expected);
    }
  }
}
