package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

final class FmathTest {
  interface Scalar {
    float apply(float x);
  }

  interface Bulk {
    void apply(float[] in, int at, float[] out, int outAt, int count);
  }

  private record Function(
      String name,
      Scalar scalar,
      Bulk bulk,
      @Nullable Bulk vector,
      DoubleUnaryOperator exact,
      double bound) {
    @Override
    public String toString() {
      return name;
    }
  }

  /// Bounds stated in the documentation of [Fmath].
  static final List<Function> FUNCTIONS =
      List.of(
          new Function("exp", Fmath::exp, Fmath::exp, vector(k -> k::exp), StrictMath::exp, 1.0),
          new Function(
              "exp2",
              Fmath::exp2,
              Fmath::exp2,
              vector(k -> k::exp2),
              x -> StrictMath.pow(2, x),
              1.0),
          new Function("log", Fmath::log, Fmath::log, vector(k -> k::log), StrictMath::log, 0.8),
          new Function(
              "log2", Fmath::log2, Fmath::log2, vector(k -> k::log2), FmathTest::log2, 0.9),
          new Function(
              "tanh", Fmath::tanh, Fmath::tanh, vector(k -> k::tanh), StrictMath::tanh, 1.3),
          new Function("erf", Fmath::erf, Fmath::erf, vector(k -> k::erf), FmathTest::erf, 1.2),
          new Function(
              "sigmoid",
              Fmath::sigmoid,
              Fmath::sigmoid,
              vector(k -> k::sigmoid),
              FmathTest::sigmoid,
              2.4),
          new Function("sin", Fmath::sin, Fmath::sin, null, StrictMath::sin, 0.51),
          new Function("cos", Fmath::cos, Fmath::cos, null, StrictMath::cos, 0.51));

  private static @Nullable Bulk vector(java.util.function.Function<Kernels, Bulk> choice) {
    return WarmUp.vectors().map(choice).orElse(null);
  }

  /// One pattern in this many is tried; a prime, so that all low bits occur.
  private static final long STEP = 60_013;

  @ParameterizedTest
  @FieldSource("FUNCTIONS")
  void function_overAllFloats_staysInItsBound(Function function) {
    for (long bits = 0; bits < 1L << 32; bits += STEP) {
      float x = Float.intBitsToFloat((int) bits);
      double exact = function.exact.applyAsDouble(x);
      float y = function.scalar.apply(x);
      float rounded = (float) exact;
      if (Float.isNaN(rounded) || Float.isInfinite(rounded)) {
        assertThat(y).as("%s", x).isEqualTo(Float.valueOf(rounded));
      } else if (Math.abs(y - exact) > function.bound * Math.ulp(rounded)) {
        assertThat(y).as("%s of %s", function, Float.toHexString(x)).isEqualTo(rounded);
      }
    }
  }

  private static double log2(double x) {
    int exponent = Math.getExponent(x);
    return x > 0 && x < Double.POSITIVE_INFINITY
        ? exponent + StrictMath.log(Math.scalb(x, -exponent)) / StrictMath.log(2)
        : StrictMath.log(x);
  }

  private static double sigmoid(double x) {
    double e = StrictMath.exp(-Math.abs(x));
    return x < 0 ? e / (1 + e) : 1 / (1 + e);
  }

  /// Taylor series near zero, continued fraction of the complement beyond.
  private static double erf(double x) {
    double a = Math.abs(x);
    if (a < 2.5) {
      double term = x;
      double sum = x;
      for (int n = 1; n < 60; n++) {
        term *= -a * a / n;
        sum += term / (2 * n + 1);
      }
      return 2 / StrictMath.sqrt(Math.PI) * sum;
    }
    double fraction = 0;
    for (int n = 100; n > 0; n--) {
      fraction = n / 2.0 / (a + fraction);
    }
    double rest = StrictMath.exp(-a * a) / StrictMath.sqrt(Math.PI) / (a + fraction);
    return a != a ? a : Math.copySign(a > 6 ? 1 : 1 - rest, x);
  }

  static Stream<Arguments> specials() {
    float infinity = Float.POSITIVE_INFINITY;
    return Stream.of(
        Arguments.of(
            "exp",
            new float[] {0, -0f, infinity, -infinity, 89, -104, Float.NaN},
            new float[] {1, 1, infinity, 0, infinity, 0, Float.NaN}),
        Arguments.of(
            "exp2",
            new float[] {0, -149, 10, 128, -151, infinity},
            new float[] {1, Float.MIN_VALUE, 1024, infinity, 0, infinity}),
        Arguments.of(
            "log",
            new float[] {1, 0, -0f, -1, infinity, Float.NaN, -infinity},
            new float[] {0, -infinity, -infinity, Float.NaN, infinity, Float.NaN, Float.NaN}),
        Arguments.of(
            "log2",
            new float[] {1, 8, 0.25f, Float.MIN_VALUE, 0, -1},
            new float[] {0, 3, -2, -149, -infinity, Float.NaN}),
        Arguments.of(
            "tanh",
            new float[] {0, -0f, infinity, -infinity, 20, Float.NaN},
            new float[] {0, -0f, 1, -1, 1, Float.NaN}),
        Arguments.of(
            "erf",
            new float[] {0, -0f, infinity, -infinity, -5, Float.NaN},
            new float[] {0, -0f, 1, -1, -1, Float.NaN}),
        Arguments.of(
            "sigmoid",
            new float[] {0, infinity, -infinity, 40, Float.NaN},
            new float[] {0.5f, 1, 0, 1, Float.NaN}),
        Arguments.of(
            "sin",
            new float[] {0, -0f, infinity, Float.NaN},
            new float[] {0, -0f, Float.NaN, Float.NaN}),
        Arguments.of(
            "cos",
            new float[] {0, -0f, -infinity, Float.NaN},
            new float[] {1, 1, Float.NaN, Float.NaN}));
  }

  @ParameterizedTest
  @MethodSource("specials")
  void function_ofSpecialValues_isExact(String name, float[] in, float[] expected) {
    Function function =
        FUNCTIONS.stream().filter(f -> f.name.equals(name)).findFirst().orElseThrow();
    float[] out = new float[in.length];
    for (int i = 0; i < in.length; i++) {
      out[i] = function.scalar.apply(in[i]);
    }
    assertThat(out).isEqualTo(expected);
    float[] many = new float[16 * in.length];
    for (int i = 0; i < many.length; i++) {
      many[i] = in[i % in.length];
    }
    Bulk bulk = function.vector == null ? function.bulk : function.vector;
    bulk.apply(many, 0, many, 0, many.length);
    assertThat(Arrays.copyOf(many, in.length)).isEqualTo(expected);
  }

  @ParameterizedTest
  @FieldSource("FUNCTIONS")
  void arrayForm_anyPatternsAndLength_givesTheBitsOfTheScalarForm(Function function) {
    SplittableRandom random = new SplittableRandom(function.name.hashCode());
    for (int count = 0; count < 40; count++) {
      compare(function, random, count);
    }
    for (int repeat = 0; repeat < 100; repeat++) {
      compare(function, random, 1003);
    }
  }

  private static void compare(Function function, SplittableRandom random, int count) {
    float[] in = new float[count + 3];
    for (int i = 0; i < in.length; i++) {
      int bits = random.nextInt();
      in[i] = (i & 1) == 0 ? Float.intBitsToFloat(bits) : bits * 0x1p-27f;
    }
    float[] expected = new float[count + 5];
    for (int i = 0; i < count; i++) {
      expected[5 + i] = function.scalar.apply(in[3 + i]);
    }
    float[] out = new float[count + 5];
    function.bulk.apply(in, 3, out, 5, count);
    assertThat(out).isEqualTo(expected);
    if (function.vector != null) {
      float[] vector = new float[count + 5];
      function.vector.apply(in, 3, vector, 5, count);
      assertThat(vector).isEqualTo(expected);
    }
  }

  @Test
  void arrayForm_rangeOutsideTheArray_isRefused() {
    assertThatThrownBy(() -> Fmath.exp(new float[4], 2, new float[4], 0, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
