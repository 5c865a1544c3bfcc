package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Blocks under every scale rule and rounding against decimal arithmetic: ordinary blocks, zeros,
/// subnormals, scales that underflow or overflow, NaN and infinity. `-Dconformance.blocks` sets how
/// many of each.
final class BlockConformanceTest {
  private static final int BLOCKS = Integer.getInteger("conformance.blocks", 75);
  private static final Map<DType, ExactTable> TABLES = new EnumMap<>(DType.class);
  private static final Map<Integer, BigDecimal> POWERS = new HashMap<>();

  static Stream<Arguments> rules() {
    return Stream.of(
            BlockFormat.MXFP8_E4M3,
            BlockFormat.MXFP8_E5M2,
            BlockFormat.MXFP6_E2M3,
            BlockFormat.MXFP6_E3M2,
            BlockFormat.MXFP4,
            BlockFormat.MXINT8)
        .flatMap(f -> Stream.of(ScaleRule.values()).map(rule -> Arguments.of(f, rule)));
  }

  @ParameterizedTest
  @MethodSource("rules")
  void mx_everyKindOfBlockAndRounding_equalsDecimalArithmetic(BlockFormat format, ScaleRule rule) {
    SplittableRandom random = new SplittableRandom(31 * format.label().hashCode() + rule.ordinal());
    for (int trial = 0; trial < BLOCKS; trial++) {
      float[] x = block(random, trial, 32);
      for (Rounding rounding : Rounding.Fixed.values()) {
        float[] elements = new float[32];
        float[] scales = new float[1];
        BlockRules rules = BlockRules.of(rule).with(rounding);
        BlockCodec.quantize(format, rules, x, 0, 32, 1, elements, 0, scales, 0);
        checkMx(format, rule, rounding, x, elements, scales[0]);
      }
    }
  }

  private static void checkMx(
      BlockFormat format,
      ScaleRule rule,
      Rounding rounding,
      float[] x,
      float[] elements,
      float scale) {
    BigDecimal amax = BigDecimal.ZERO;
    for (float value : x) {
      if (!Float.isFinite(value)) {
        assertThat(scale).isNaN();
        assertThat(Codec.of(DType.E8M0).encode(scale, Rounding.NEAREST_EVEN, Overflow.SATURATE))
            .isEqualTo(0xff);
        return;
      }
      amax = amax.max(new BigDecimal(value).abs());
    }
    int exponent = amax.signum() == 0 ? -127 : exponent(format, rule, amax, x);
    assertThat(scale).as("%s of %s", rule, amax).isEqualTo((float) Math.pow(2, exponent));
    for (int i = 0; i < x.length; i++) {
      double scaled = new BigDecimal(x[i]).divide(power(exponent)).doubleValue();
      assertThat((double) elements[i] + 0.0)
          .as("%s x %s / 2^%d", rounding, Float.toHexString(x[i]), exponent)
          .isEqualTo(element(format, scaled, rounding) + 0.0);
    }
  }

  private static double element(BlockFormat format, double x, Rounding rounding) {
    if (format.element() == DType.I8) {
      double size = Math.abs(x) * 64;
      double low = Math.floor(size);
      boolean isTie = size - low == 0.5;
      boolean up =
          rounding == Rounding.NEAREST_EVEN
              ? size - low > 0.5 || isTie && low % 2 == 1
              : rounding == Rounding.NEAREST_AWAY && size - low >= 0.5;
      return Math.copySign(Math.min(up ? low + 1 : low, 127) / 64, x);
    }
    return TABLES
        .computeIfAbsent(format.element(), t -> new ExactTable(t.format().orElseThrow()))
        .convert(x, rounding, Overflow.SATURATE);
  }

  /// The exponent each rule asks for, from its definition.
  private static int exponent(BlockFormat format, ScaleRule rule, BigDecimal amax, float[] x) {
    double largest = element(format, 1e30, Rounding.NEAREST_EVEN);
    int emax = (int) Math.floor(Math.log(largest) / Math.log(2) + 1e-9);
    int floor = floorLog2(amax) - emax;
    int fraction = format.element().format().map(FloatFormat::fractionBits).orElse(6);
    return switch (rule) {
      case FLOOR -> clamp(floor);
      case CEIL -> clamp(amax.equals(power(floor + emax)) || isPower(amax) ? floor : floor + 1);
      case RCEIL ->
          clamp(
              amax.compareTo(new BigDecimal(largest).multiply(power(floor))) > 0
                  ? floor + 1
                  : floor);
      case EVEN -> {
        BigDecimal unit = power(floorLog2(amax) - fraction);
        BigDecimal steps = amax.divide(unit);
        BigDecimal rounded = steps.setScale(0, java.math.RoundingMode.HALF_EVEN).multiply(unit);
        yield clamp(floorLog2(rounded) - emax);
      }
      case MSE -> {
        int best = 0;
        BigDecimal least = null;
        for (int step : new int[] {0, 1, -1, -2}) {
          BigDecimal error = error(format, clamp(floor + step), x);
          if (least == null || error.compareTo(least) < 0) {
            least = error;
            best = clamp(floor + step);
          }
        }
        yield best;
      }
    };
  }

  private static BigDecimal error(BlockFormat format, int exponent, float[] x) {
    BigDecimal sum = BigDecimal.ZERO;
    for (float value : x) {
      double scaled = new BigDecimal(value).divide(power(exponent)).doubleValue();
      BigDecimal back =
          new BigDecimal(element(format, scaled, Rounding.NEAREST_EVEN)).multiply(power(exponent));
      sum = sum.add(new BigDecimal(value).subtract(back).pow(2));
    }
    return sum;
  }

  private static int clamp(int exponent) {
    return Math.clamp(exponent, -127, 127);
  }

  private static BigDecimal power(int exponent) {
    return POWERS.computeIfAbsent(exponent, BlockConformanceTest::computed);
  }

  private static BigDecimal computed(int exponent) {
    BigDecimal two = BigDecimal.TWO.pow(Math.abs(exponent));
    return exponent >= 0 ? two : BigDecimal.ONE.divide(two, MathContext.UNLIMITED);
  }

  private static int floorLog2(BigDecimal x) {
    int e = Math.getExponent(x.doubleValue()) - 2;
    while (power(e + 1).compareTo(x) <= 0) {
      e++;
    }
    return e;
  }

  private static boolean isPower(BigDecimal x) {
    return power(floorLog2(x)).compareTo(x) == 0;
  }

  /// Blocks over the whole range; some with one awkward largest value, some all zero, all
  /// subnormal, or holding NaN or infinity.
  private static float[] block(SplittableRandom random, int trial, int size) {
    float[] x = new float[size];
    int top = trial % 5 == 0 ? random.nextInt(-149, -110) : random.nextInt(-149, 128);
    for (int i = 0; i < size; i++) {
      x[i] = (float) Math.scalb(random.nextDouble() * 2 - 1, top - random.nextInt(10));
    }
    double[] awkward = {1, 1.25, 1.5, 1.75, 1.875, 1.9375, 1.96875, 1.984375, 1.9921875};
    if (trial % 3 == 0) {
      float most = (float) Math.scalb(awkward[random.nextInt(awkward.length)], Math.min(top, 127));
      x[random.nextInt(size)] = trial % 2 == 0 ? most : -Math.nextUp(most);
    }
    switch (trial % 25) {
      case 21 -> java.util.Arrays.fill(x, trial % 2 == 0 ? 0f : -0f);
      case 22 -> x[random.nextInt(size)] = Float.NaN;
      case 23 -> x[random.nextInt(size)] = Float.NEGATIVE_INFINITY;
      case 24 -> {
        for (int i = 0; i < size; i++) {
          x[i] = Float.intBitsToFloat(random.nextInt(1 << 23));
        }
      }
      default -> {}
    }
    return x;
  }

  @ParameterizedTest
  @EnumSource(NvOrder.class)
  void nvfp4_everyOrderAndRounding_followsItsOperations(NvOrder order) {
    SplittableRandom random = new SplittableRandom(order.ordinal());
    ExactTable e4m3 = new ExactTable(FloatFormat.UE4M3);
    ExactTable e2m1 = new ExactTable(FloatFormat.E2M1);
    for (int trial = 0; trial < 4 * BLOCKS; trial++) {
      float[] x = block(random, trial, 16);
      float t =
          trial % 4 == 0 ? 1 : (float) Math.scalb(1 + random.nextDouble(), random.nextInt(-40, 40));
      for (Rounding rounding : Rounding.Fixed.values()) {
        float[] elements = new float[16];
        float[] scales = new float[1];
        BlockRules rules = BlockRules.OCP.with(rounding).with(order);
        BlockCodec.quantize(BlockFormat.NVFP4, rules, x, 0, 16, t, elements, 0, scales, 0);
        checkNv(order, rounding, e4m3, e2m1, x, t, elements, scales[0]);
      }
    }
  }

  private static void checkNv(
      NvOrder order,
      Rounding rounding,
      ExactTable e4m3,
      ExactTable e2m1,
      float[] x,
      float t,
      float[] elements,
      float got) {
    float amax = 0;
    for (float value : x) {
      if (!Float.isFinite(value)) {
        assertThat(got).isNaN();
        return;
      }
      amax = Math.max(amax, Math.abs(value));
    }
    float wanted =
        switch (order) {
          case DIVIDE -> amax / 6f / t;
          case RECIPROCAL -> Math.max(amax / 6f / t, 0.015625f);
          case MULTIPLY -> amax / 6f * (1f / t);
        };
    float scale = (float) e4m3.convert(wanted, Rounding.NEAREST_EVEN, Overflow.SATURATE);
    if (order == NvOrder.DIVIDE && scale == 0 && amax > 0) {
      scale = 0.001953125f;
    }
    assertThat(got).isEqualTo(scale);
    for (int i = 0; i < x.length; i++) {
      float scaled =
          switch (order) {
            case DIVIDE -> scale == 0 ? 0 : x[i] / (scale * t);
            case RECIPROCAL -> x[i] * (1f / t / scale);
            case MULTIPLY -> x[i] * Math.min(1f / (scale * t), Float.MAX_VALUE);
          };
      assertThat((double) elements[i] + 0.0)
          .as("%s %s element of %s", order, rounding, x[i])
          .isEqualTo(e2m1.convert(scaled, rounding, Overflow.SATURATE) + 0.0);
    }
  }

  @Test
  void stochasticElements_dependOnSeedAndPlaceOnly() {
    float[] x = new float[64];
    for (int i = 0; i < x.length; i++) {
      x[i] = Philox.normal(3, i);
    }
    BlockRules rules = BlockRules.of(ScaleRule.RCEIL).with(Rounding.stochastic(5));
    HostArray whole = BlockCodec.quantize(HostArray.of(x, DType.F32, 64), BlockFormat.MXFP4, rules);
    HostArray again = BlockCodec.quantize(HostArray.of(x, DType.F32, 64), BlockFormat.MXFP4, rules);
    HostArray other =
        BlockCodec.quantize(
            HostArray.of(x, DType.F32, 64), BlockFormat.MXFP4, rules.with(Rounding.stochastic(6)));
    assertThat(again.toFloats()).isEqualTo(whole.toFloats());
    assertThat(other.toFloats()).isNotEqualTo(whole.toFloats());
  }
}
