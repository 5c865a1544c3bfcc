package maia.numerics;

import static maia.numerics.Overflow.NON_SATURATE;
import static maia.numerics.Overflow.SATURATE;
import static maia.numerics.Rounding.NEAREST_AWAY;
import static maia.numerics.Rounding.NEAREST_EVEN;
import static maia.numerics.Rounding.TOWARD_ZERO;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class ConversionTest {
  private static final int RANDOM_VALUES = 1500;

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {
        "BF16",
        "F16",
        "FP8_E4M3",
        "FP8_E5M2",
        "FP8_E4M3FNUZ",
        "FP8_E5M2FNUZ",
        "FP8_E4M3IEEE",
        "FP8_E3M4",
        "FP6_E2M3",
        "FP6_E3M2",
        "FP4_E2M1",
        "UE4M3",
        "E8M0"
      })
  void encode_randomDoubles_findsWhatAnExactSearchFinds(DType type) {
    FloatFormat format = type.format().orElseThrow();
    Oracle oracle = new Oracle(format);
    SplittableRandom random = new SplittableRandom(type.ordinal());
    for (int i = 0; i < RANDOM_VALUES; i++) {
      check(format, oracle, randomSize(random, format));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {
        "BF16",
        "F16",
        "FP8_E4M3",
        "FP8_E5M2",
        "FP8_E4M3FNUZ",
        "FP8_E5M2FNUZ",
        "FP8_E4M3IEEE",
        "FP8_E3M4",
        "FP6_E2M3",
        "FP6_E3M2",
        "FP4_E2M1",
        "UE4M3",
        "E8M0"
      })
  void encode_everyValueAndMidpointAndNeighbour_findsWhatAnExactSearchFinds(DType type) {
    FloatFormat format = type.format().orElseThrow();
    Oracle oracle = new Oracle(format);
    int step = format.bits() == 16 ? 137 : 1;
    for (int code = 0; code + 1 < oracle.finiteMagnitudes(); code += step) {
      double low = oracle.value(code).doubleValue();
      double high = oracle.value(code + 1).doubleValue();
      for (double x : new double[] {low, high, (low + high) / 2}) {
        check(format, oracle, Math.max(0, Math.nextDown(x)));
        check(format, oracle, x);
        check(format, oracle, Math.nextUp(x));
      }
    }
  }

  /// Both nearest modes and truncation, positive and negative.
  private static void check(FloatFormat format, Oracle oracle, double size) {
    String what = format.label() + " of " + Double.toHexString(size);
    int last = oracle.finiteMagnitudes() - 1;
    int even = Math.min(oracle.nearest(size, false), last);
    int away = Math.min(oracle.nearest(size, true), last);
    assertThat(encode(format, size, NEAREST_EVEN, SATURATE)).as(what).isEqualTo(even);
    assertThat(encode(format, size, NEAREST_AWAY, SATURATE)).as(what).isEqualTo(away);
    int below = oracle.below(size);
    assertThat(encode(format, size, TOWARD_ZERO, SATURATE)).as(what).isEqualTo(below);
    if (format.signBits() == 1) {
      boolean plain = even != 0 || format.specials() != FloatFormat.Specials.NAN_NEGATIVE_ZERO;
      int negative = plain ? even | 1 << (format.bits() - 1) : 0;
      assertThat(encode(format, -size, NEAREST_EVEN, SATURATE)).as(what).isEqualTo(negative);
    }
  }

  private static double randomSize(SplittableRandom random, FloatFormat format) {
    int span = 1 << format.exponentBits();
    int exponent = random.nextInt(-span / 2 - format.fractionBits() - 3, span / 2 + 4);
    double significand = 1 + random.nextDouble();
    return Math.scalb(
        significand, exponent + (1 << (format.exponentBits() - 1)) - 1 - format.bias());
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"BF16", "F16", "FP8_E4M3", "FP8_E5M2FNUZ", "FP6_E2M3", "FP4_E2M1", "E8M0", "TF32"})
  void encode_ofEveryFiniteCode_returnsIt(DType type) {
    FloatFormat format = type.format().orElseThrow();
    for (int code = 0; code < 1 << format.bits(); code++) {
      float value = Conversion.decode(format, code);
      if (Float.isFinite(value)) {
        assertThat(encode(format, value, NEAREST_EVEN, NON_SATURATE)).isEqualTo(code);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FP8_E4M3, SATURATE, 448, 448, NaN",
    "FP8_E4M3, NON_SATURATE, NaN, NaN, NaN",
    "FP8_E5M2, SATURATE, 57344, 57344, NaN",
    "FP8_E5M2, NON_SATURATE, Infinity, Infinity, NaN",
    "FP8_E4M3FNUZ, SATURATE, 240, 240, NaN",
    "FP8_E4M3FNUZ, NON_SATURATE, NaN, NaN, NaN",
    "FP8_E5M2FNUZ, NON_SATURATE, NaN, NaN, NaN",
    "FP6_E3M2, SATURATE, 28, 28, 28",
    "FP6_E3M2, NON_SATURATE, 28, 28, 28",
    "FP6_E2M3, NON_SATURATE, 7.5, 7.5, 7.5",
    "FP4_E2M1, NON_SATURATE, 6, 6, 6",
    "F16, NON_SATURATE, Infinity, Infinity, NaN",
    "F16, SATURATE, 65504, 65504, NaN",
    "E8M0, SATURATE, 0x1p127, 0x1p127, NaN",
    "E8M0, NON_SATURATE, NaN, NaN, NaN",
    "UE4M3, SATURATE, 448, 448, NaN",
    "F32, NON_SATURATE, Infinity, Infinity, NaN",
  })
  void encode_hugeInfiniteOrNaN_followsTheOverflowRule(
      DType type, Overflow overflow, Double huge, Double infinite, Double nan) {
    assertThat(convert(type, 1e300, NEAREST_EVEN, overflow)).isEqualTo(huge);
    assertThat(convert(type, Double.POSITIVE_INFINITY, NEAREST_EVEN, overflow)).isEqualTo(infinite);
    assertThat(convert(type, Double.NaN, NEAREST_EVEN, overflow)).isEqualTo(nan);
  }

  @Test
  void encode_towardZeroBeyondTheRange_keepsTheLargestFiniteValue() {
    assertThat(convert(DType.FP8_E4M3, 1e9, TOWARD_ZERO, NON_SATURATE)).isEqualTo(448);
    assertThat(convert(DType.FP8_E5M2, 1e9, TOWARD_ZERO, NON_SATURATE)).isEqualTo(57344);
    assertThat(convert(DType.FP8_E5M2, Double.POSITIVE_INFINITY, TOWARD_ZERO, NON_SATURATE))
        .isInfinite();
  }

  @ParameterizedTest
  @CsvSource({
    "0.25, 0",
    "0.75, 1",
    "1.25, 1",
    "1.75, 2",
    "2.5, 2",
    "3.5, 4",
    "5, 4",
    "5.0000001, 6",
    "0.2500000001, 0.5",
    "0.7499999999, 0.5"
  })
  void encode_e2m1Tie_goesToTheEvenCode(double x, double value) {
    assertThat(convert(DType.FP4_E2M1, x, NEAREST_EVEN, SATURATE)).isEqualTo(value);
    assertThat(convert(DType.FP4_E2M1, -x, NEAREST_EVEN, SATURATE)).isEqualTo(-value);
  }

  @Test
  void encode_justBesideAMidpointInDouble_isNotRoundedTwice() {
    double tie = 1.0625;
    double above = tie + 0x1p-40;
    assertThat((float) above).isEqualTo((float) tie);
    assertThat(convert(DType.FP8_E4M3, above, NEAREST_EVEN, SATURATE)).isEqualTo(1.125);
    assertThat(convert(DType.FP8_E4M3, tie, NEAREST_EVEN, SATURATE)).isEqualTo(1.0);
  }

  @Test
  void encode_justBesideAMidpointInFloat_isNotRoundedThroughBf16() {
    float above = 1.0625f + 0x1p-20f;
    assertThat(Half.roundBf16(above)).isEqualTo(1.0625f);
    assertThat(Codec.of(DType.FP8_E4M3).round(above)).isEqualTo(1.125f);
  }

  @Test
  void encode_smallNegative_keepsTheSignOfZero() {
    assertThat(encode(FloatFormat.E4M3, -1e-9, NEAREST_EVEN, SATURATE)).isEqualTo(0x80);
    assertThat(encode(FloatFormat.E4M3, -0.0, NEAREST_EVEN, SATURATE)).isEqualTo(0x80);
    assertThat(encode(FloatFormat.E4M3FNUZ, -1e-9, NEAREST_EVEN, SATURATE)).isZero();
    assertThat(encode(FloatFormat.E2M1, -0.1, NEAREST_EVEN, SATURATE)).isEqualTo(8);
  }

  @Test
  void decode_sameBitsInFnAndFnuz_differByTwo() {
    for (int code = 1; code < 0x78; code++) {
      assertThat(Conversion.decode(FloatFormat.E4M3FNUZ, code))
          .isEqualTo(Conversion.decode(FloatFormat.E4M3, code) / 2);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, 0",
    "1, 127",
    "1.4999, 127",
    "1.5, 128",
    "3, 129",
    "0x1p-127, 0",
    "0x1p-149, 0",
    "0x1.7p-127, 0",
    "0x1.8p-127, 1",
    "-1, 255",
    "NaN, 255",
    "0x1.7p127, 254"
  })
  void encode_e8m0_roundsToTheNearestPowerTiesUp(double x, int code) {
    assertThat(encode(FloatFormat.E8M0, x, NEAREST_EVEN, SATURATE)).isEqualTo(code);
  }

  @Test
  void encode_negativeIntoAFormatWithoutSign_isNaN() {
    assertThat(encode(FloatFormat.UE4M3, -1e-30, NEAREST_EVEN, SATURATE)).isEqualTo(0x7f);
    assertThat(encode(FloatFormat.UE4M3, -0.0, NEAREST_EVEN, SATURATE)).isZero();
  }

  @Test
  void encode_stochastic_roundsUpAsOftenAsTheDistanceSays() {
    Codec codec = Codec.of(DType.FP4_E2M1);
    int up = 0;
    for (int i = 0; i < 20_000; i++) {
      up += codec.encode(4.5, Rounding.stochastic(7), SATURATE, i) == 7 ? 1 : 0;
    }
    assertThat(up).isBetween(4_800, 5_200);
  }

  @Test
  void encode_stochasticOfAValueOfTheFormat_returnsIt() {
    for (int i = 0; i < 100; i++) {
      assertThat(Codec.of(DType.FP8_E4M3).encode(1.125, Rounding.stochastic(i), SATURATE, i))
          .isEqualTo(0x39);
    }
  }

  @Test
  void encode_stochasticSameSeedAndIndex_repeats() {
    Rounding rounding = Rounding.stochastic(3);
    Codec codec = Codec.of(DType.FP8_E5M2);
    for (int i = 0; i < 100; i++) {
      assertThat(codec.encode(1.1 + i, rounding, SATURATE, i))
          .isEqualTo(codec.encode(1.1 + i, rounding, SATURATE, i));
    }
  }

  @Test
  void encode_subnormalDoubles_becomeZeroOrTheSmallestScale() {
    assertThat(encode(FloatFormat.F32, Double.MIN_VALUE, NEAREST_EVEN, SATURATE)).isZero();
    assertThat(encode(FloatFormat.E8M0, Double.MIN_VALUE, NEAREST_EVEN, SATURATE)).isZero();
    assertThat(encode(FloatFormat.F32, 0x1p-150, NEAREST_EVEN, SATURATE)).isZero();
    assertThat(encode(FloatFormat.F32, Math.nextUp(0x1p-150), NEAREST_EVEN, SATURATE)).isEqualTo(1);
  }

  @Test
  void encode_toF32_isTheCastOfJava() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 200_000; i++) {
      double x = Double.longBitsToDouble(random.nextLong());
      double near = Math.scalb(1 + random.nextDouble(), random.nextInt(-152, 129));
      for (double value : new double[] {x, near}) {
        if (value == value) {
          assertThat(encode(FloatFormat.F32, value, NEAREST_EVEN, NON_SATURATE))
              .isEqualTo(Float.floatToRawIntBits((float) value));
        }
      }
    }
  }

  private static int encode(FloatFormat format, double x, Rounding rounding, Overflow overflow) {
    return Conversion.encode(format, x, rounding, overflow, 0);
  }

  private static Double convert(DType type, double x, Rounding rounding, Overflow overflow) {
    Codec codec = Codec.of(type);
    return (double) codec.decode(codec.encode(x, rounding, overflow));
  }
}
