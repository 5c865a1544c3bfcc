package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every format against exact arithmetic: all bf16 and fp16 inputs, random binary32 patterns, every
/// midpoint and its binary32 neighbours; each rounding and overflow mode, one value at a time and
/// in bulk. `-Dconformance.patterns=2097152` (profile `conformance`) runs the full share.
final class ConformanceTest {
  private static final int PATTERNS = Integer.getInteger("conformance.patterns", 1 << 14);
  private static final List<Rounding> ROUNDINGS =
      List.of(Rounding.NEAREST_EVEN, Rounding.NEAREST_AWAY, Rounding.TOWARD_ZERO);
  private static final int CHUNK = 1 << 16;

  static Stream<DType> formats() {
    return Arrays.stream(DType.values())
        .filter(type -> type.format().isPresent() && type != DType.F32);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void convert_everyBf16AndF16Input_isExact(DType type) {
    ExactTable table = new ExactTable(type.format().orElseThrow());
    float[] x = new float[1 << 16];
    for (int code = 0; code < x.length; code++) {
      x[code] = Float.intBitsToFloat(code << 16);
    }
    check(type, table, x);
    for (int code = 0; code < x.length; code++) {
      x[code] = Float.float16ToFloat((short) code);
    }
    check(type, table, x);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void convert_randomPatterns_isExact(DType type) {
    ExactTable table = new ExactTable(type.format().orElseThrow());
    SplittableRandom random = new SplittableRandom(7 + type.ordinal());
    for (int done = 0; done < PATTERNS; done += CHUNK) {
      float[] x = new float[Math.min(CHUNK, PATTERNS - done)];
      for (int i = 0; i < x.length; i++) {
        x[i] = Float.intBitsToFloat(random.nextInt());
      }
      check(type, table, x);
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void convert_everyMidpointAndItsNeighbours_isExact(DType type) {
    ExactTable table = new ExactTable(type.format().orElseThrow());
    int step = PATTERNS >= 1 << 21 ? 1 : Math.max(1, table.finite() >> 13);
    float[] x = new float[12 * (table.finite() / step + 1)];
    int count = 0;
    for (int code = 0; code < table.finite(); code += step) {
      int c = code + step < table.finite() ? code : table.finite() - 1;
      for (double point : new double[] {table.value(c), table.midpoint(c)}) {
        float near = (float) point;
        for (float value : new float[] {Math.nextDown(near), near, Math.nextUp(near)}) {
          x[count++] = value;
          x[count++] = -value;
        }
      }
    }
    check(type, table, Arrays.copyOf(x, count));
  }

  private static void check(DType type, ExactTable table, float[] x) {
    Codec codec = Codec.of(type);
    MemorySegment memory = Arena.ofAuto().allocate(type.bytes(x.length));
    float[] bulk = new float[x.length];
    for (Rounding rounding : ROUNDINGS) {
      for (Overflow overflow : Overflow.values()) {
        codec.encode(x, 0, x.length, memory, 0, 1, rounding, overflow);
        codec.decode(memory, 0, 1, x.length, bulk, 0);
        for (int i = 0; i < x.length; i++) {
          double expected = table.convert(x[i], rounding, overflow);
          float one = codec.decode(codec.encode(x[i], rounding, overflow));
          same(type, x[i], expected, one, rounding, overflow);
          same(type, x[i], expected, bulk[i], rounding, overflow);
        }
      }
    }
    codec.encode(x, 0, x.length, memory, 0, 1);
    codec.decode(memory, 0, 1, x.length, bulk, 0);
    float[] rounded = x.clone();
    codec.round(rounded, 0, rounded.length);
    for (int i = 0; i < x.length; i++) {
      double expected = table.convert(x[i], Rounding.NEAREST_EVEN, Overflow.SATURATE);
      same(type, x[i], expected, bulk[i], Rounding.NEAREST_EVEN, Overflow.SATURATE);
      same(type, x[i], expected, rounded[i], Rounding.NEAREST_EVEN, Overflow.SATURATE);
    }
  }

  private static void same(
      DType type, float x, double expected, float got, Rounding rounding, Overflow overflow) {
    boolean equal = Double.doubleToLongBits(expected) == Double.doubleToLongBits(got);
    if (!equal) {
      throw new AssertionError(
          "%s of %s, %s %s: exact arithmetic gives %s, the codec %s"
              .formatted(type, Float.toHexString(x), rounding, overflow, expected, got));
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void convert_stochastic_givesOneOfTheTwoNeighbours(DType type) {
    ExactTable table = new ExactTable(type.format().orElseThrow());
    Codec codec = Codec.of(type);
    SplittableRandom random = new SplittableRandom(type.ordinal());
    for (int i = 0; i < 4000; i++) {
      int at = random.nextInt(table.finite() - 1);
      double share = random.nextDouble();
      double x = table.value(at) + share * (table.value(at + 1) - table.value(at));
      int code = codec.encode(x, Rounding.stochastic(9), Overflow.SATURATE, i);
      assertThat(code).isIn(at, at + 1);
    }
  }

  @Test
  void integers_everyRounding_equalDecimalArithmetic() {
    SplittableRandom random = new SplittableRandom(3);
    for (DType type : List.of(DType.I8, DType.U8, DType.I16, DType.I32)) {
      long least = type == DType.U8 ? 0 : -(1L << type.bits() - 1);
      long most = type == DType.U8 ? 255 : (1L << type.bits() - 1) - 1;
      for (int i = 0; i < 2000; i++) {
        double x = random.nextInt(-1200, 1200) / 4.0 + (i % 3 == 0 ? random.nextDouble() : 0);
        for (Rounding rounding : ROUNDINGS) {
          RoundingMode mode =
              rounding == Rounding.NEAREST_EVEN
                  ? RoundingMode.HALF_EVEN
                  : rounding == Rounding.NEAREST_AWAY ? RoundingMode.HALF_UP : RoundingMode.DOWN;
          long exact = new BigDecimal(x).setScale(0, mode).longValueExact();
          float got = Codec.of(type).decode(Codec.of(type).encode(x, rounding, Overflow.SATURATE));
          assertThat((long) got).as("%s of %s", type, x).isEqualTo(Math.clamp(exact, least, most));
        }
      }
    }
  }
}
