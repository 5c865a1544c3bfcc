package maia.numerics;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Results of loops on memory once they are compiled, against scalar loops in the order of the
/// contract.
final class MemoryLoopsTest {
  private static final float[] SPECIAL = {
    Float.NaN,
    Float.intBitsToFloat(0x7fc00155),
    Float.intBitsToFloat(0xffc01fff),
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    86f,
    -86f,
    86.5f,
    -87.4f,
    88.8f,
    -103.9f,
    -104.1f,
    1e30f,
    -1e30f
  };

  private static final DType[] SMALL = {
    DType.BF16,
    DType.F16,
    DType.FP8_E4M3,
    DType.FP8_E5M2,
    DType.FP8_E3M4,
    DType.FP8_E4M3IEEE,
    DType.FP8_E4M3FNUZ,
    DType.FP6_E2M3,
    DType.FP6_E3M2,
    DType.FP4_E2M1
  };

  @BeforeAll
  static void compiled() throws InterruptedException {
    WarmUp.await();
  }

  private static float of(Function f, float x) {
    return switch (f) {
      case EXP -> Fmath.exp(x);
      case TANH -> Fmath.tanh(x);
      case SIGMOID -> Fmath.sigmoid(x);
      case SILU -> x * Fmath.sigmoid(x);
      case GELU -> x * 0.5f * (Fmath.erf(x * 0.70710677f) + 1);
      case GELU_TANH -> x * 0.5f * (Fmath.tanh((x * x * x * 0.044715f + x) * 0.7978846f) + 1);
    };
  }

  /// These values, `offset` elements into memory.
  private static HostArray placed(float[] values, int offset, long... shape) {
    return placed(values, offset, shape, Strided.contiguous(shape));
  }

  private static HostArray placed(float[] values, int offset, long[] shape, long[] strides) {
    MemorySegment memory = Memory.allocate(4L * (values.length + offset));
    MemorySegment.copy(values, 0, memory, Packed.FLOAT, 4L * offset, values.length);
    return HostArray.view(DType.F32, shape, strides, offset, memory, Optional.empty(), 1f);
  }

  private static float[] random(int seed, int count, double size) {
    SplittableRandom draws = new SplittableRandom(seed);
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = (float) (draws.nextDouble(-size, size));
    }
    return x;
  }

  private static int[] bits(float... x) {
    int[] bits = new int[x.length];
    for (int i = 0; i < x.length; i++) {
      bits[i] = Float.floatToIntBits(x[i]);
    }
    return bits;
  }

  @Test
  void map_everyRemainderOffsetAndSpecialValue_givesTheScalarBits() {
    for (Function f : Function.values()) {
      for (int count : new int[] {1, 7, 15, 16, 17, 31, 33, 511, 513, 1029, 2048, 2063, 40_001}) {
        for (int special = 0; special < 3; special++) {
          float[] x = random(count, count, 5);
          if (special > 0) {
            int step = special == 1 ? 1 : 300;
            for (int i = 0; i * step < count && i < SPECIAL.length; i++) {
              x[i * step] = SPECIAL[i];
            }
          }
          float[] expected = new float[count];
          for (int i = 0; i < count; i++) {
            expected[i] = of(f, x[i]);
          }
          HostArray out = placed(new float[count], 3, count);
          Elementwise.map(f, placed(x, count % 5, count), out);
          assertThat(bits(out.toFloats())).as("%s %d", f, count).isEqualTo(bits(expected));
        }
      }
    }
  }

  @Test
  void map_intoItsOwnInput_beginsAgainOnlyWhereTheLoopsStopped() {
    for (Function f : Function.values()) {
      for (int at : new int[] {0, 700, 1024, 1700, 2047}) {
        float[] x = random(3, 2048, 2);
        x[at] = 95; // beyond what the loops of exponentials take, so they stop in its stretch
        float[] expected = new float[x.length];
        for (int i = 0; i < x.length; i++) {
          expected[i] = of(f, x[i]);
        }
        HostArray both = placed(x, 0, x.length);
        Elementwise.map(f, both, both);
        assertThat(bits(both.toFloats())).as("%s %d", f, at).isEqualTo(bits(expected));
      }
    }
  }

  @Test
  void map_patternsOfAllBinades_giveTheScalarBits() {
    int count = 1 << 19;
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = Float.intBitsToFloat(i * 8191);
    }
    float[] sorted = x.clone();
    Arrays.sort(sorted);
    HostArray out = HostArray.unset(DType.F32, count);
    for (Function f : Function.values()) {
      Elementwise.map(f, placed(sorted, 1, count), out);
      float[] y = out.toFloats();
      for (int i = 0; i < count; i++) {
        int expected = Float.floatToIntBits(of(f, sorted[i]));
        assertThat(Float.floatToIntBits(y[i]) == expected).as("%s of %s", f, sorted[i]).isTrue();
      }
    }
  }

  private static float laneSum(float[] x, int at, int count, int step) {
    float[] lanes = new float[16];
    for (int i = 0; i < count; i++) {
      lanes[i % 16] += x[at + i * step];
    }
    for (int width = 8; width > 0; width /= 2) {
      for (int lane = 0; lane < width; lane++) {
        lanes[lane] += lanes[lane + width];
      }
    }
    return lanes[0];
  }

  private static float[] softmax(float[] x, int rows, int size) {
    float[] y = new float[rows * size];
    for (int r = 0; r < rows; r++) {
      float max = Float.NaN;
      for (int i = r * size; i < (r + 1) * size; i++) {
        max = Reduce.larger(max, x[i]);
      }
      for (int i = r * size; i < (r + 1) * size; i++) {
        y[i] = Fmath.exp(x[i] - max);
      }
      float sum = laneSum(y, r * size, size, 1);
      for (int i = r * size; i < (r + 1) * size; i++) {
        y[i] /= sum;
      }
    }
    return y;
  }

  @Test
  void softmax_specialValuesAmongNegativeOnes_givesTheScalarBits() {
    int rows = 4;
    int size = 64;
    for (float special : SPECIAL) {
      for (int place : new int[] {0, 17, 63}) {
        float[] x = random(5, rows * size, 2);
        for (int i = 0; i < x.length; i++) {
          x[i] = i % 7 == 0 ? -0f : -Math.abs(x[i]);
        }
        x[size + place] = special;
        x[2 * size + place] = special;
        HostArray out = placed(new float[rows * size], 1, rows, size);
        Rows.softmax(placed(x, 3, rows, size), out, size);
        assertThat(bits(out.toFloats()))
            .as("%s at %d", special, place)
            .isEqualTo(bits(softmax(x, rows, size)));
      }
    }
  }

  @Test
  void softmax_rowsOfAnySpread_giveTheScalarBits() {
    for (int size : new int[] {16, 48, 77, 128, 1024, 1040}) {
      for (double spread : new double[] {0.1, 4, 31, 100}) {
        int rows = 5;
        float[] x = random(size, rows * size, spread);
        x[3] = spread == 4 ? Float.NEGATIVE_INFINITY : x[3];
        x[size + 1] = spread == 31 ? Float.intBitsToFloat(0x7fc00155) : x[size + 1];
        float[] expected = softmax(x, rows, size);
        HostArray out = placed(new float[rows * size], 1, rows, size);
        Rows.softmax(placed(x, 3, rows, size), out, size);
        assertThat(bits(out.toFloats())).as("%d %s", size, spread).isEqualTo(bits(expected));
      }
    }
  }

  @Test
  void quotients_withoutDivision_areThoseOfTheDivision() {
    Assumptions.assumeTrue(WarmUp.memoryLoops().isPresent());
    SplittableRandom draws = new SplittableRandom(5);
    int count = 1 << 12;
    float[] e = new float[count];
    MemorySegment from = Memory.allocate(4L * count);
    MemorySegment out = Memory.allocate(4L * count);
    for (int round = 0; round < 1 << 11; round++) {
      int mantissa = round % 8 == 0 ? 0x7fffff - round / 64 : draws.nextInt(1 << 23);
      float sum = Float.intBitsToFloat(127 + draws.nextInt(24) << 23 | mantissa);
      for (int i = 0; i < count; i++) {
        int exponent = 127 - draws.nextInt(88);
        int fraction = i % 4 == 0 ? mantissa + i - count / 2 : draws.nextInt(1 << 23);
        e[i] = Math.min(1f, Float.intBitsToFloat(exponent << 23 | fraction & 0x7fffff));
      }
      MemorySegment.copy(e, 0, from, Packed.FLOAT, 0, count);
      VectorRowMath.quotients(from, 0, sum, out, 0, count);
      for (int i = 0; i < count; i++) {
        if (out.get(Packed.FLOAT, 4L * i) != e[i] / sum) {
          assertThat(out.get(Packed.FLOAT, 4L * i)).as("%s / %s", e[i], sum).isEqualTo(e[i] / sum);
        }
      }
    }
  }

  @Test
  void norms_ofRows_giveTheScalarBits() {
    for (int size : new int[] {16, 33, 64, 768, 1008}) {
      for (int variant = 0; variant < 6; variant++) {
        boolean centred = variant % 2 == 0;
        float[] weight = variant < 4 ? random(1, size, 2) : new float[0];
        float[] bias = variant < 2 ? random(2, size, 2) : new float[0];
        int rows = 3;
        float[] x = random(size, rows * size, 3);
        float[] expected = new float[rows * size];
        for (int r = 0; r < rows; r++) {
          int at = r * size;
          float mean = centred ? laneSum(x, at, size, 1) / size : 0;
          float[] squares = new float[size];
          for (int i = 0; i < size; i++) {
            squares[i] = (x[at + i] - mean) * (x[at + i] - mean);
          }
          float scale = 1 / (float) Math.sqrt(laneSum(squares, 0, size, 1) / size + 1e-5f);
          for (int i = 0; i < size; i++) {
            float y = (x[at + i] - mean) * scale;
            y = weight.length > 0 ? y * weight[i] : y;
            expected[at + i] = bias.length > 0 ? y + bias[i] : y;
          }
        }
        HostArray from = placed(x, 1, rows, size);
        HostArray out = placed(new float[rows * size], 3, rows, size);
        if (centred) {
          Rows.layerNorm(from, out, size, 1e-5f, weight, bias);
        } else {
          Rows.rmsNorm(from, out, size, 1e-5f, weight, bias);
        }
        assertThat(bits(out.toFloats())).as("%d %d", size, variant).isEqualTo(bits(expected));
      }
    }
  }

  @Test
  void reductions_ofRowsAndColumns_giveTheScalarBits() {
    for (int rows : new int[] {1, 2, 3, 5, 16, 63, 64, 65, 129, 150}) {
      for (int columns : new int[] {1, 15, 16, 17, 35, 64, 100, 1030}) {
        float[] x = random(rows * columns, rows * columns, 3);
        long[] turned = {columns, rows};
        HostArray asRows = placed(x, 3, rows, columns);
        HostArray asColumns = placed(x, 3, turned, new long[] {1, columns});
        float[] sums = new float[rows];
        float[] largest = new float[rows];
        float[] smallest = new float[rows];
        for (int r = 0; r < rows; r++) {
          sums[r] = laneSum(x, r * columns, columns, 1);
          largest[r] = Float.NaN;
          smallest[r] = Float.NaN;
          for (int i = r * columns; i < (r + 1) * columns; i++) {
            largest[r] = Reduce.larger(largest[r], x[i]);
            smallest[r] = Reduce.smaller(smallest[r], x[i]);
          }
        }
        float[] columnSums = new float[columns];
        for (int c = 0; c < columns; c++) {
          columnSums[c] = laneSum(x, c, rows, columns);
        }
        check(Reductions.Kind.SUM, asRows, columns, sums);
        check(Reductions.Kind.MAX, asRows, columns, largest);
        check(Reductions.Kind.MIN, asRows, columns, smallest);
        check(Reductions.Kind.SUM, asColumns, rows, columnSums);
      }
    }
  }

  private static void check(Reductions.Kind kind, Array x, int count, float[] expected) {
    assertThat(bits(Reductions.reduce(kind, x, count)))
        .as("%s %s", kind, Arrays.toString(x.shape()))
        .isEqualTo(bits(expected));
  }

  @Test
  void extremes_ofZerosInfinitiesAndNan_followTheOrderOfReduce() {
    float[][] rows = {
      {-0f, 0f},
      {-0f, -0f},
      {Float.NaN, Float.NaN},
      {Float.NaN, -3f},
      {-0f, -1f},
      {0f, 1f},
      {Float.NEGATIVE_INFINITY, Float.NaN},
      {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}
    };
    int size = 48;
    for (int place = 0; place < size; place++) {
      float[] x = new float[rows.length * size];
      for (int r = 0; r < rows.length; r++) {
        Arrays.fill(x, r * size, (r + 1) * size, rows[r][0]);
        x[r * size + place] = rows[r][1];
      }
      float[] largest = Reductions.reduce(Reductions.Kind.MAX, placed(x, 1, 8, size), size);
      float[] smallest = Reductions.reduce(Reductions.Kind.MIN, placed(x, 1, 8, size), size);
      for (int r = 0; r < rows.length; r++) {
        float high = Reduce.larger(rows[r][0], rows[r][1]);
        float low = Reduce.smaller(rows[r][0], rows[r][1]);
        assertThat(bits(largest[r], smallest[r])).as("%d %d", r, place).isEqualTo(bits(high, low));
      }
    }
  }

  @Test
  void turned_copies_ofEverySize_moveEveryElementOnce() {
    for (int rows : new int[] {1, 7, 8, 48, 63, 64, 65, 72, 130, 192}) {
      for (int columns : new int[] {1, 3, 8, 16, 56, 64, 67, 128, 176, 200}) {
        float[] x = new float[rows * columns];
        float[] expected = new float[rows * columns];
        for (int r = 0; r < rows; r++) {
          for (int c = 0; c < columns; c++) {
            x[r * columns + c] = r * columns + c;
            expected[c * rows + r] = r * columns + c;
          }
        }
        long[] turned = {columns, rows};
        HostArray from = placed(x, 5, turned, new long[] {1, columns});
        HostArray to = placed(new float[rows * columns], 1, turned, Strided.contiguous(turned));
        Elements.copy(from, to);
        assertThat(to.toFloats()).as("%d %d", rows, columns).isEqualTo(expected);
      }
    }
  }

  @Test
  void narrow_patternsMidpointsAndSpecialValues_givesTheCodesOfTheCore() {
    for (DType type : SMALL) {
      int offset = type.bits() < 8 ? 8 : 1;
      int patterns = 1 << 16;
      int codes = 1 << Math.min(type.bits(), 10);
      float[] x = new float[patterns + 6 * codes + SPECIAL.length];
      for (int i = 0; i < patterns; i++) {
        x[i] = Float.intBitsToFloat(i * 65_521 + i);
      }
      System.arraycopy(SPECIAL, 0, x, patterns, SPECIAL.length);
      int at = patterns + SPECIAL.length;
      Codec codec = Codec.of(type);
      for (int c = 0; c < codes; c++) {
        int code = type.bits() <= 8 ? c : c * 64 + 63;
        float middle = codec.decode(code) / 2 + codec.decode(code + 1) / 2;
        for (float near : new float[] {middle, Math.nextUp(middle), Math.nextDown(middle)}) {
          x[at++] = near;
          x[at++] = -near;
        }
      }
      for (Overflow overflow : Overflow.values()) {
        HostArray from = placed(x, 3, x.length);
        HostArray shifted = HostArray.unset(type, x.length + offset);
        HostArray out =
            HostArray.view(
                type,
                from.shape(),
                new long[] {1},
                offset,
                shifted.segment(),
                Optional.empty(),
                1f);
        Elementwise.convert(from, out, Rounding.NEAREST_EVEN, overflow);
        for (int i = 0; i < x.length; i++) {
          int expected = codec.encode(x[i], Rounding.NEAREST_EVEN, overflow);
          int code = Packed.get(out.segment(), type.bits(), i + offset);
          assertThat(code == expected)
              .as("%s %s: %s gave %x, not %x", type, overflow, x[i], code, expected)
              .isTrue();
        }
      }
    }
  }

  @Test
  void widen_everyCode_givesItsValue() {
    for (DType type : SMALL) {
      int offset = type.bits() < 8 ? 4 : 3;
      int last = (1 << type.bits()) - 1;
      for (int count : new int[] {1, 15, 17, 1023, 65_536}) {
        HostArray codes = HostArray.zeros(type, count + offset);
        for (int i = 0; i < count; i++) {
          Packed.put(codes.segment(), type.bits(), i + offset, i * 40_503 & last);
        }
        long[] shape = {count};
        HostArray from =
            HostArray.view(
                type, shape, new long[] {1}, offset, codes.segment(), Optional.empty(), 1f);
        HostArray out = placed(new float[count], 1, count);
        Elementwise.convert(from, out, Rounding.NEAREST_EVEN, Overflow.SATURATE);
        float[] values = out.toFloats();
        for (int i = 0; i < count; i++) {
          int expected = Float.floatToIntBits(Codec.of(type).decode(i * 40_503 & last));
          assertThat(Float.floatToIntBits(values[i]) == expected).as("%s %d", type, i).isTrue();
        }
      }
    }
  }
}
