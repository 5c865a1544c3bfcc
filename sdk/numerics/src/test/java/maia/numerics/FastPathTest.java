package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every fast loop against the exact core, bit for bit.
final class FastPathTest {
  private static final int ALL = 1 << 16;

  @ParameterizedTest
  @EnumSource(DType.class)
  void round_everyBf16Pattern_equalsTheCore(DType type) {
    checkPatterns(type, code -> Half.fromBf16((short) code));
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void round_everyF16Pattern_equalsTheCore(DType type) {
    checkPatterns(type, code -> Conversion.decode(FloatFormat.F16, code));
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void round_randomF32Patterns_equalTheCore(DType type) {
    SplittableRandom random = new SplittableRandom(type.ordinal());
    checkPatterns(type, code -> Float.intBitsToFloat(random.nextInt()));
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void round_randomValuesOfOrderOne_equalTheCore(DType type) {
    SplittableRandom random = new SplittableRandom(type.ordinal());
    checkPatterns(type, code -> Math.scalb(random.nextFloat() * 2 - 1, random.nextInt(-24, 20)));
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void round_everyMidpointAndItsNeighbours_equalTheCore(DType type) {
    type.format()
        .filter(format -> format.bits() <= 16)
        .ifPresent(format -> {
          int size = 1 << format.bits();
          for (int side = -1; side <= 1; side++) {
            int to = side;
            checkPatterns(type, code -> beside(format, code % size, to));
          }
        });
  }

  private static float beside(FloatFormat format, int code, int side) {
    float low = Conversion.decode(format, code);
    float high = Conversion.decode(format, code + 1);
    float middle = (float) (((double) low + high) / 2);
    return side == 0 ? middle : side < 0 ? Math.nextDown(middle) : Math.nextUp(middle);
  }

  private static void checkPatterns(DType type, IntToDoubleFunction pattern) {
    float[] x = new float[ALL];
    for (int i = 0; i < ALL; i++) {
      x[i] = (float) pattern.applyAsDouble(i);
    }
    float[] expected = new float[ALL];
    for (int i = 0; i < ALL; i++) {
      expected[i] = exact(type, x[i]);
    }
    float[] single = new float[ALL];
    for (int i = 0; i < ALL; i++) {
      single[i] = Codec.of(type).round(x[i]);
    }
    assertSameBits(type + " one by one", x, single, expected);
    float[] array = x.clone();
    Codec.of(type).round(array, 0, ALL);
    assertSameBits(type + " array", x, array, expected);
    assertSameBits(type + " memory", x, throughMemory(type, x), expected);
  }

  private static float exact(DType type, float x) {
    if (type == DType.F32) {
      return x;
    }
    return type.format()
        .map(format ->
            Conversion.decode(
                format, Conversion.encode(format, x, Rounding.NEAREST_EVEN, Overflow.SATURATE, 0)))
        .orElseGet(() -> plain(type, x));
  }

  private static float plain(DType type, float x) {
    if (type == DType.F64) {
      return x;
    }
    double rounded = x != x ? 0 : Math.rint(x);
    return (float)
            switch (type) {
              case BOOL -> x == 0 ? 0 : 1;
              case U8 -> Math.clamp(rounded, 0.0, 255.0);
              case I8 -> Math.clamp(rounded, -128.0, 127.0);
              case I16 -> Math.clamp(rounded, -32768.0, 32767.0);
              case I32 -> Math.clamp(rounded, -0x1p31, 0x1p31 - 1);
              default -> Math.clamp(rounded, -0x1p63, 0x1p63);
            }
        + 0f;
  }

  private static float[] throughMemory(DType type, float[] x) {
    MemorySegment memory = Arena.ofAuto().allocate(type.bytes(ALL + 8L));
    Codec codec = Codec.of(type);
    codec.encode(x, 0, ALL, memory, 3, 1);
    float[] y = new float[ALL];
    codec.decode(memory, 3, 1, ALL, y, 0);
    return y;
  }

  private static void assertSameBits(String what, float[] x, float[] actual, float[] expected) {
    for (int i = 0; i < x.length; i++) {
      if (Float.floatToIntBits(actual[i]) != Float.floatToIntBits(expected[i])) {
        assertThat(actual[i]).as("%s of %s", what, Float.toHexString(x[i])).isEqualTo(expected[i]);
      }
    }
  }
}
