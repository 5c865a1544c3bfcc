package maia.sim;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.FP8_E4M3;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Fmath;
import maia.numerics.HostArray;
import maia.numerics.MatMul;
import maia.numerics.Overflow;
import maia.numerics.Reduce;
import maia.numerics.Rounding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Attention by hand: its values against plain arithmetic, its time against the published figure.
class FlashTest {
  private static final Machine MAIA = Chip.MAIA_200.atClock(2.0e9);

  /// Published, FP8 tensor and FP32 vector arithmetic, four query heads per key-value head.
  private static final double PUBLISHED_FLOPS = 1.65e15;

  /// The bar of the model.
  private static final double SHARE = 0.10;

  /// Weights and results are rounded to 3 bits of fraction and to BF16, inputs are not: half a unit
  /// in the last place of each weight, averaged.
  private static final double FP8_TOLERANCE = 0.06;

  private static Flash small(Flash.Mask mask, DType type, Flash.Sums sums, int flight) {
    return new Flash(2, 4, 64, 16, 16, 32, type, mask, flight, sums);
  }

  private static List<HostArray> arrays(Flash f) {
    int queries = f.heads() * f.group() * f.sequence();
    int positions = f.heads() * f.sequence();
    int width = f.width();
    return List.of(
        HostArray.of(Gemm.random(queries * width, 1), f.type(), queries, width),
        HostArray.of(Gemm.random(positions * width, 2), f.type(), positions, width),
        HostArray.of(Gemm.random(positions * width, 3), f.type(), positions, width),
        HostArray.zeros(BF16, queries, width));
  }

  @ParameterizedTest
  @EnumSource(Flash.Mask.class)
  void flash_everyVariant_equalsItsArithmeticBitForBit(Flash.Mask mask) {
    for (Flash.Sums sums : Flash.Sums.values()) {
      for (DType type : List.of(FP8_E4M3, BF16)) {
        Flash f = small(mask, type, sums, type == BF16 ? 1 : 2);
        float[] expected = blockwise(f, arrays(f));
        for (Machine machine : List.of(Chip.TOY, MAIA)) {
          List<HostArray> arrays = arrays(f);
          Simulator.on(machine).run(f.program(), Launch.of(arrays));
          assertThat(arrays.get(3).toFloats()).as("%s on %s", f, machine).isEqualTo(expected);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Flash.Mask.class)
  void flash_fp8_isCloseToAttentionInDoublePrecision(Flash.Mask mask) {
    Flash f = small(mask, FP8_E4M3, Flash.Sums.TENSOR, 2);
    List<HostArray> arrays = arrays(f);
    Simulator.on(MAIA).run(f.program(), Launch.of(arrays));
    float[] found = arrays.get(3).toFloats();
    double[] expected = attention(f, arrays);
    for (int i = 0; i < found.length; i++) {
      assertThat((double) found[i]).isCloseTo(expected[i], within(FP8_TOLERANCE));
    }
  }

  @Test
  void flash_tilesWithoutWork_endQuietly() {
    Flash f = new Flash(1, 4, 32, 16, 16, 32, FP8_E4M3, Flash.Mask.FULL, 2, Flash.Sums.TENSOR);
    List<HostArray> arrays = arrays(f);
    Simulator.on(MAIA).run(f.program(), Launch.of(arrays));
    assertThat(arrays.get(3).toFloats()).isEqualTo(blockwise(f, arrays));
  }

  @Test
  void flash_longSequence_reachesThePublishedRate() {
    assertThat(rate(Flash.Mask.FULL)).isCloseTo(PUBLISHED_FLOPS, within(SHARE * PUBLISHED_FLOPS));
  }

  private static final int SEQUENCE = 4096;

  private static double rate(Flash.Mask mask) {
    Flash f = new Flash(9, 4, SEQUENCE, 128, 128, 1024, FP8_E4M3, mask, 2, Flash.Sums.TENSOR);
    List<HostArray> arrays =
        List.of(
            HostArray.meta(f.type(), 36L * SEQUENCE, 128),
            HostArray.meta(f.type(), 9L * SEQUENCE, 128),
            HostArray.meta(f.type(), 9L * SEQUENCE, 128),
            HostArray.meta(BF16, 36L * SEQUENCE, 128));
    RunRecord run =
        Simulator.on(MAIA).run(f.program(), Launch.of(arrays).with(Options.timingOnly()));
    return f.flops() / run.picoseconds() * 1e12;
  }

  // ---- references

  private static double[] attention(Flash f, List<HostArray> arrays) {
    float[] q = arrays.get(0).toFloats();
    float[] k = arrays.get(1).toFloats();
    float[] v = arrays.get(2).toFloats();
    int d = f.width();
    double[] out = new double[q.length];
    for (int row = 0; row < q.length / d; row++) {
      int position = row % f.sequence();
      int first = row / f.sequence() / f.group() * f.sequence();
      int seen = f.mask() == Flash.Mask.FULL ? f.sequence() : position + 1;
      double total = 0;
      for (int j = first; j < first + seen; j++) {
        double score = 0;
        for (int c = 0; c < d; c++) {
          score += (double) q[row * d + c] * k[j * d + c];
        }
        double weight = StrictMath.exp(score / StrictMath.sqrt(d));
        total += weight;
        for (int c = 0; c < d; c++) {
          out[row * d + c] += weight * v[j * d + c];
        }
      }
      for (int c = 0; c < d; c++) {
        out[row * d + c] /= total;
      }
    }
    return out;
  }

  /// The same arithmetic in the same order, written as loops over rows.
  private static float[] blockwise(Flash f, List<HostArray> arrays) {
    float[] q = arrays.get(0).toFloats();
    float[] out = new float[q.length];
    for (int row = 0; row < q.length / f.width(); row++) {
      row(f, arrays, row, out);
    }
    return out;
  }

  private static void row(Flash f, List<HostArray> arrays, int row, float[] out) {
    float[] q = arrays.get(0).toFloats();
    float[] k = arrays.get(1).toFloats();
    float[] v = arrays.get(2).toFloats();
    int d = f.width();
    int position = row % f.sequence();
    int head = row / f.sequence() / f.group();
    int block = position / f.rows();
    int seen = f.mask() == Flash.Mask.FULL ? f.sequence() : (block + 1) * f.rows();
    float[] acc = new float[d];
    float sum = 0;
    float shift = 0;
    for (int j = 0; j < seen; j += f.keys()) {
      int first = (head * f.sequence() + j) * d;
      float[] s = new float[f.keys()];
      MatMul.multiplyAdd(1, f.keys(), d, q, row * d, d, 1, k, first, 1, d, s, 0, f.keys());
      for (int c = 0; c < f.keys() && f.mask() == Flash.Mask.CAUSAL; c++) {
        s[c] = j + c <= position ? s[c] : Float.NEGATIVE_INFINITY;
      }
      float here = Math.fma(Reduce.max(s, 0, f.keys(), 1), -f.scale(), Flash.BIAS);
      float shrink = 0;
      if (j > 0) {
        float lower = Math.min(shift, here);
        shrink = Fmath.exp2(lower - shift);
        here = lower;
        for (int c = 0; c < d; c++) {
          acc[c] *= shrink;
        }
      }
      shift = here;
      float[] p = new float[f.keys()];
      for (int c = 0; c < f.keys(); c++) {
        p[c] = round(Fmath.exp2(Math.fma(s[c], f.scale(), shift)), f.type());
      }
      MatMul.multiplyAdd(1, d, f.keys(), p, 0, f.keys(), 1, v, first, d, 1, acc, 0, d);
      sum = sum(f, p, sum, shrink, j > 0);
    }
    for (int c = 0; c < d; c++) {
      out[row * d + c] = round(acc[c] * (1 / sum), BF16);
    }
  }

  private static float sum(Flash f, float[] p, float sum, float shrink, boolean again) {
    if (f.sums() == Flash.Sums.VECTOR) {
      float added = Reduce.sum(p, 0, f.keys(), 1);
      return again ? Math.fma(sum, shrink, added) : added;
    }
    float total = again ? sum * shrink : 0;
    for (float weight : p) {
      total = Math.fma(weight, 1, total);
    }
    return total;
  }

  private static float round(float value, DType type) {
    Codec codec = Codec.of(type);
    return codec.decode(codec.encode(value, Rounding.NEAREST_EVEN, Overflow.SATURATE));
  }
}
