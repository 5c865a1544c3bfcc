package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import maia.numerics.BlockFormat;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Fmath;
import maia.numerics.Overflow;
import maia.numerics.Philox;
import maia.numerics.Reduce;
import maia.numerics.Rounding;
import maia.numerics.ScaleRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorMathTest {
  @Test
  void add_broadcast_alignsAtTheLastDimension() {
    Tensor sum = Tensor.of(new float[][] {{1, 2, 3}, {4, 5, 6}}).add(Tensor.of(10, 20, 30));

    assertThat(sum.toArray()).containsExactly(11, 22, 33, 14, 25, 36);
    assertThat(sum.shape()).containsExactly(2, 3);
  }

  @Test
  void add_shapesDoNotBroadcast_namesBoth() {
    Messages.shapeRefusal(() -> Tensor.zeros(4, 3).add(Tensor.zeros(2, 3)))
        .isEqualTo(
            "add: shapes do not broadcast: a is 4x3, b is 2x3; sizes must be equal or 1, counted from"
                + " the last dimension");
  }

  @Test
  void arithmetic_types_meetAsDocumented() {
    Tensor bf16 = Tensor.ones(2).to(DType.BF16);

    assertThat(bf16.add(Tensor.scalar(2)).type()).isEqualTo(DType.BF16);
    assertThat(bf16.add(Tensor.ones(2)).type()).isEqualTo(DType.F32);
    assertThat(bf16.add(Tensor.ones(2).to(DType.F16)).type()).isEqualTo(DType.F32);
    assertThat(bf16.add(Tensor.ones(2).to(DType.FP8_E4M3)).type()).isEqualTo(DType.BF16);
    assertThat(Tensor.arange(2).add(bf16).type()).isEqualTo(DType.BF16);
    assertThat(Tensor.arange(2).add(1).type()).isEqualTo(DType.I64);
    assertThat(Tensor.arange(2).mul(0.5).toArray()).containsExactly(0, 0.5f);
    assertThat(Tensor.arange(3).div(2).toArray()).containsExactly(0, 0.5f, 1);
    assertThat(Tensor.full(1, DType.F64, 1).add(Tensor.ones(1)).type()).isEqualTo(DType.F64);
  }

  @Test
  void longs_beyondFloat_stayExact() {
    long big = (1L << 53) + 1;

    assertThat(Tensor.ofLongs(big, 3).add(Tensor.ofLongs(1, 1)).toLongs())
        .containsExactly(big + 1, 4);
    assertThat(Tensor.ofLongs(big).eq(Tensor.ofLongs(big - 1)).toLongs()).containsExactly(0);
  }

  @Test
  void elementwise_bf16_roundsOncePerOperation() {
    Tensor x = Tensor.randn(DType.BF16, 1, 500);
    float[] values = x.toArray();
    float[] exp = x.exp().toArray();
    Codec codec = Codec.of(DType.BF16);

    for (int i = 0; i < exp.length; i++) {
      assertThat(exp[i]).isEqualTo(codec.round(Fmath.exp(values[i])));
    }
  }

  @Test
  void linear_isOneFmaChainThenBiasThenRounding() {
    Tensor x = Tensor.randn(DType.BF16, 1, 5, 37);
    Tensor w = Tensor.randn(DType.FP8_E4M3, 2, 9, 37);
    Tensor bias = Tensor.randn(DType.F32, 3, 9);
    float[] out = x.linear(w, bias, DType.BF16).toArray();

    for (int i = 0; i < 5; i++) {
      for (int j = 0; j < 9; j++) {
        float sum = 0;
        for (int k = 0; k < 37; k++) {
          sum = Math.fma(x.get(i, k).item(), w.get(j, k).item(), sum);
        }
        float expected = Codec.of(DType.BF16).round(sum + bias.get(j).item());
        assertThat(out[i * 9 + j]).isEqualTo(expected);
      }
    }
  }

  @Test
  void linear_blockOperands_decodeExactly() {
    Tensor x = Tensor.randn(DType.F32, 1, 4, 64).quantize(BlockFormat.MXFP4, ScaleRule.FLOOR);
    Tensor w = Tensor.randn(DType.F32, 2, 6, 64).quantize(BlockFormat.NVFP4, ScaleRule.FLOOR);

    assertThat(x.linear(w).toArray()).isEqualTo(x.dequantize().linear(w.dequantize()).toArray());
  }

  @Test
  void matmul_largeAndTransposed_equalsChains() {
    Tensor a = Tensor.randn(DType.F32, 1, 150, 70);
    Tensor b = Tensor.randn(DType.F32, 2, 130, 150).t();
    float[] product = a.t().matmul(b.contiguous()).toArray();

    assertThat(a.t().matmul(b).toArray()).isEqualTo(product);
    float sum = 0;
    for (int k = 0; k < 150; k++) {
      sum = Math.fma(a.get(k, 69).item(), b.get(k, 129).item(), sum);
    }
    assertThat(product[69 * 130 + 129]).isEqualTo(sum);
  }

  @Test
  void matmul_batchesAndVectors_asPyTorch() {
    Tensor a = Tensor.arange(12).to(DType.F32).reshape(2, 2, 3);
    Tensor v = Tensor.of(1, 2, 3);

    assertThat(a.matmul(v.unsqueeze(1)).toArray()).containsExactly(8, 26, 44, 62);
    assertThat(v.matmul(v).item()).isEqualTo(14);
    assertThat(v.matmul(v).shape()).isEmpty();
    assertThat(v.matmul(a.get(0).t()).toArray()).containsExactly(8, 26);
    assertThat(a.get(0).matmul(v).toArray()).containsExactly(8, 26);
  }

  @Test
  void matmul_innerDimensionsDiffer_namesBothShapes() {
    Messages.shapeRefusal(() -> Tensor.zeros(4, 3).matmul(Tensor.zeros(4, 3)))
        .isEqualTo(
            "matmul: inner dimensions differ: a is 4x3, b is 4x3; the last of a must equal the second"
                + " last of b");
  }

  @Test
  void linear_mistakes_namedWithShapes() {
    Tensor x = Tensor.zeros(4, 3);

    Messages.shapeRefusal(() -> x.linear(Tensor.zeros(3, 5)))
        .isEqualTo(
            "linear: inner dimensions differ: x is 4x3, w is 3x5; w must be [out, in] with in equal to"
                + " the last of x");
    Messages.shapeRefusal(() -> x.linear(Tensor.zeros(5, 3), Tensor.zeros(3)))
        .isEqualTo("linear: bias is 3, must be 5, one per output of w, which is 5x3");
    Messages.tensorRefusal(() -> x.linear(Tensor.zeros(DType.F64, 5, 3), DType.F32))
        .isEqualTo(
            "linear: operands of f64 need a result of f64, got f64 for a result of f32; convert with"
                + " to(F32)");
  }

  @Test
  void sum_overDims_followsTheFixedOrder() {
    Tensor x = Tensor.randn(DType.F32, 4, 3, 50, 2);
    float[] sums = x.sum(1).toArray();
    float[] values = x.toArray();

    assertThat(sums[1]).isEqualTo(Reduce.sum(values, 1, 50, 2));
    assertThat(x.sum().item()).isEqualTo(Reduce.sum(values, 0, 300, 1));
    assertThat(x.sum(Dims.KEEP, 0, -1).shape()).containsExactly(1, 50, 1);
  }

  @Test
  void reductions_small_asExpected() {
    Tensor x = Tensor.of(new float[][] {{1, 5, 2}, {7, 0, 7}});

    assertThat(x.mean(1).toArray()).containsExactly(8f / 3, 14f / 3);
    assertThat(x.amax(0).toArray()).containsExactly(7, 5, 7);
    assertThat(x.amin(1).toArray()).containsExactly(1, 0);
    assertThat(x.argmax(1).toLongs()).containsExactly(1, 0);
    assertThat(x.argmax(1).type()).isEqualTo(DType.I64);
    assertThat(x.max().item()).isEqualTo(7);
    assertThat(x.gt(1).sum().toLongs()).containsExactly(4);
    assertThat(Tensor.zeros(0, 3).sum(0).toArray()).containsExactly(0, 0, 0);
  }

  @Test
  void amax_nothingToChooseFrom_refused() {
    Messages.shapeRefusal(() -> Tensor.zeros(0, 3).amax(0))
        .isEqualTo("amax: no elements to choose from in dimensions [0] of 0x3");
  }

  @Test
  void softmax_definition_bitForBit() {
    Tensor x = Tensor.randn(DType.F32, 5, 3, 40).mul(3);
    float[] out = x.softmax(1).toArray();
    float[] log = x.logSoftmax(-1).toArray();
    float[] row = x.get(1).toArray();
    float max = Reduce.max(row, 0, 40, 1);
    float[] exp = new float[40];
    for (int i = 0; i < 40; i++) {
      exp[i] = Fmath.exp(row[i] - max);
    }
    float sum = Reduce.sum(exp, 0, 40, 1);

    assertThat(out[40 + 7]).isEqualTo(exp[7] / sum);
    assertThat(log[40 + 7]).isEqualTo(row[7] - max - Fmath.log(sum));
    assertThat(x.t().contiguous().softmax(0).t().toArray()).isEqualTo(out);
  }

  @Test
  void selection_small_asExpected() {
    Tensor x = Tensor.of(new float[][] {{1, -2}, {-3, 4}});

    assertThat(x.gt(0).where(x, Tensor.scalar(0)).toArray()).containsExactly(1, 0, 0, 4);
    assertThat(Tensor.cat(List.of(x, x.t()), 1).toArray())
        .containsExactly(1, -2, 1, -3, -3, 4, -2, 4);
    assertThat(Tensor.stack(List.of(Tensor.of(1, 2), Tensor.of(3, 4)), 1).toArray())
        .containsExactly(1, 3, 2, 4);
    assertThat(x.rows(Tensor.ofLongs(1, 1, 0)).toArray()).containsExactly(-3, 4, -3, 4, 1, -2);
    assertThat(Tensor.ofLongs(2, 0).oneHot(3).toLongs()).containsExactly(0, 0, 1, 1, 0, 0);
  }

  @Test
  void full_ofInfinity_isInfinite() {
    assertThat(Tensor.full(Double.NEGATIVE_INFINITY, DType.F32, 2).toArray())
        .containsExactly(Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY);
    assertThat(Tensor.full(Double.POSITIVE_INFINITY, DType.BF16).item())
        .isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(Tensor.of(1, -2).mul(Double.POSITIVE_INFINITY).toArray())
        .containsExactly(Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
    assertThat(Tensor.full(1e300, DType.F32).item()).isEqualTo(Float.MAX_VALUE);
  }

  @Test
  void unary_small_asExpected() {
    Tensor x = Tensor.of(-2, -0f, 3);

    assertThat(x.relu().toArray()).containsExactly(0, -0f, 3);
    assertThat(Tensor.scalar(Float.NaN).relu().item()).isNaN();
    assertThat(x.abs().toArray()).containsExactly(2, 0, 3);
    assertThat(x.neg().toArray()).containsExactly(2, 0f, -3);
    assertThat(x.pow(2).toArray()).containsExactly(4, 0, 9);
    assertThat(x.clamp(-1, 1).toArray()).containsExactly(-1, -0f, 1);
    assertThat(x.sign().toArray()).containsExactly(-1, -0f, 1);
    assertThat(Tensor.of(4, 9).sqrt().toArray()).containsExactly(2, 3);
    assertThat(Tensor.arange(3).pow(3).toLongs()).containsExactly(0, 1, 8);
    assertThat(x.maximum(Tensor.scalar(1)).toArray()).containsExactly(1, 1, 3);
  }

  @Test
  void functions_ofIntegers_areOfF32() {
    Tensor x = Tensor.arange(2);

    assertThat(x.exp().dtype()).isEqualTo(DType.F32);
    assertThat(x.exp().toArray()).containsExactly(1, (float) Math.E);
    assertThat(x.gt(0).sqrt().toArray()).containsExactly(0, 1);
    Messages.tensorRefusal(() -> x.gt(0).neg())
        .isEqualTo("neg: not defined for bool; convert the tensor with to(F32)");
  }

  @Test
  void rand_isAFunctionOfSeedAndIndex() {
    float[] values = Tensor.rand(DType.F32, 9, 40_000).toArray();

    assertThat(values[39_999]).isEqualTo(Philox.uniform(9, 39_999));
    assertThat(Tensor.randn(DType.F32, 9, 3, 5).toArray()[14]).isEqualTo(Philox.normal(9, 14));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {
        "F64",
        "F32",
        "BF16",
        "F16",
        "FP8_E4M3",
        "FP8_E5M2",
        "FP6_E2M3",
        "FP6_E3M2",
        "FP4_E2M1",
        "I64",
        "I32",
        "I16",
        "I8",
        "U8"
      })
  void cast_everyStorage_keepsRepresentableValues(DType type) {
    Tensor x = Tensor.of(new float[] {1, 2, 4, 3, 0, 1}, 2, 3).to(type);

    assertThat(x.type()).isEqualTo(type);
    assertThat(x.t().contiguous().toArray()).containsExactly(1, 3, 2, 0, 4, 1);
    assertThat(x.t().to(DType.F32).toArray()).containsExactly(1, 3, 2, 0, 4, 1);
    assertThat(x.slice(1, 1, 3).contiguous().toArray()).containsExactly(2, 4, 0, 1);
  }

  @Test
  void cast_overflow_asNamed() {
    Tensor big = Tensor.of(1e6f);

    assertThat(big.to(DType.F16).item()).isEqualTo(65504);
    assertThat(big.to(DType.F16, Rounding.NEAREST_EVEN, Overflow.NON_SATURATE).item())
        .isEqualTo(Float.POSITIVE_INFINITY);
  }

  @Test
  void blockTensor_viewsAlongWholeBlocks_keepTheValues() {
    Tensor x = Tensor.randn(DType.F32, 3, 2, 3, 64);
    Tensor q = x.quantize(BlockFormat.MXFP4, ScaleRule.FLOOR);
    Tensor values = q.dequantize();

    assertThat(q.type()).isEqualTo(BlockFormat.MXFP4);
    assertThat(q.get(1).dequantize().toArray()).isEqualTo(values.get(1).toArray());
    assertThat(q.slice(2, 32, 64).dequantize().toArray())
        .isEqualTo(values.slice(2, 32, 64).toArray());
    assertThat(q.permute(1, 0, 2).reshape(6, 64).dequantize().toArray())
        .isEqualTo(values.permute(1, 0, 2).reshape(6, 64).toArray());
  }

  @Test
  void blockTensor_viewCutsBlocks_refused() {
    Tensor q = Tensor.zeros(2, 64).quantize(BlockFormat.MXFP4, ScaleRule.FLOOR);

    Messages.shapeRefusal(q::t)
        .isEqualTo(
            "permute: would cut blocks of 32 elements of the last dimension of mxfp4 2x64;"
                + " dequantize() first");
    Messages.tensorRefusal(() -> q.add(1))
        .isEqualTo(
            "scalar: a tensor of block format mxfp4 has no values of its own; call dequantize() first");
  }

  @Test
  void meta_operations_inferShapesWithoutMemory() {
    Tensor x = Tensor.meta(DType.BF16, 1 << 20, 1 << 14);
    Tensor w = Tensor.meta(BlockFormat.MXFP4, 1 << 16, 1 << 14);
    Tensor y = x.linear(w, DType.BF16).relu().softmax(-1);

    assertThat(y.shape()).containsExactly(1 << 20, 1 << 16);
    assertThat(y.isMeta()).isTrue();
    assertThat(y).hasToString("tensor(..., size=(1048576, 65536), device='meta', dtype=bf16)");
    Messages.tensorRefusal(y::toArray)
        .isEqualTo("values: a tensor on device meta has a shape (1048576x65536) but no values");
  }
}
