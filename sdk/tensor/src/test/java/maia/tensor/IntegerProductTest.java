package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import maia.numerics.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Products of integers against exact sums of which the low bits are kept.
class IntegerProductTest {
  private static final long[] EXTREMES = {
    Long.MIN_VALUE, Long.MAX_VALUE, Integer.MIN_VALUE, Integer.MAX_VALUE, -1, 0, 1, 255
  };

  /// Every width of the type, its limits among them.
  private static Tensor draw(DType type, long seed, long... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    int count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    long[] values =
        IntStream.range(0, count)
            .mapToLong(i -> i % 3 == 0 ? EXTREMES[random.nextInt(8)] : random.nextLong())
            .map(v -> low(v, type))
            .toArray();
    return Tensor.ofLongs(values).reshape(shape).to(type);
  }

  private static long low(long value, DType type) {
    int unused = Long.SIZE - type.bits();
    return type == DType.U8 ? value & 0xff : value << unused >> unused;
  }

  private static long[] exact(Tensor a, Tensor b, DType type) {
    int m = (int) a.size(0);
    int k = (int) a.size(1);
    int n = (int) b.size(1);
    long[] left = a.toLongs();
    long[] right = b.toLongs();
    long[] out = new long[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        BigInteger sum = BigInteger.ZERO;
        for (int p = 0; p < k; p++) {
          sum =
              sum.add(
                  BigInteger.valueOf(left[i * k + p])
                      .multiply(BigInteger.valueOf(right[p * n + j])));
        }
        out[i * n + j] = low(sum.longValue(), type);
      }
    }
    return out;
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"I8", "U8", "I16", "I32", "I64"})
  void matmul_everyWidth_keepsTheLowBitsOfTheExactSum(DType type) {
    for (int k : List.of(0, 1, 3, 4, 7, 33)) {
      Tensor a = draw(type, k, 19, k);
      Tensor b = draw(type, 100 + k, k, 21);
      Tensor product = a.matmul(b);
      assertThat(product.type()).isEqualTo(type);
      assertThat(product.toLongs()).as("k = %d", k).isEqualTo(exact(a, b, type));
    }
  }

  @Test
  void matmul_widerThanABlockOfColumns_keepsEverySum() {
    Tensor a = draw(DType.I32, 1, 9, 6);
    Tensor b = draw(DType.I32, 2, 6, 2100);
    assertThat(a.matmul(b).toLongs()).isEqualTo(exact(a, b, DType.I32));
    Tensor wide = b.to(DType.I64);
    assertThat(a.matmul(wide).toLongs()).isEqualTo(exact(a, wide, DType.I64));
  }

  @Test
  void matmul_batchesBroadcastAndVectors_asForFloats() {
    Tensor a = draw(DType.I16, 3, 2, 1, 5, 7);
    Tensor b = draw(DType.I16, 4, 3, 6, 7).transpose(-1, -2);
    Tensor product = a.matmul(b);
    assertThat(product.shape()).containsExactly(2, 3, 5, 6);
    for (int i = 0; i < 2; i++) {
      for (int j = 0; j < 3; j++) {
        assertThat(product.get(i, j).toLongs()).isEqualTo(exact(a.get(i, 0), b.get(j), DType.I16));
      }
    }
    Tensor v = Tensor.ofLongs(1, 2, 3);
    assertThat(v.matmul(v).toLongs()).containsExactly(14);
    assertThat(v.dot(v).shape()).isEmpty();
    assertThat(v.matmul(Tensor.ofLongs(1, 0, 0, 1, 1, 1).reshape(3, 2)).toLongs())
        .containsExactly(4, 5);
  }

  @Test
  void linearEinsumAndPowers_ofIntegers_areExact() {
    Tensor x = draw(DType.I8, 5, 2, 3, 10);
    Tensor w = draw(DType.I8, 6, 4, 10);
    Tensor bias = Tensor.ofLongs(1000, -1000, 7, 0);
    Tensor sums = x.reshape(6, 10).matmul(w.t(), DType.I32);
    assertThat(x.linear(w, bias, DType.I32).toLongs())
        .isEqualTo(sums.add(bias.to(DType.I32)).toLongs());
    assertThat(x.linear(w).type()).isEqualTo(DType.I8);
    assertThat(Tensor.einsum("bik,ok->bio", x, w).toLongs()).isEqualTo(x.linear(w).toLongs());
    Tensor fibonacci = Tensor.ofLongs(1, 1, 1, 0).reshape(2, 2);
    assertThat(fibonacci.matrixPower(90).get(0, 1).toLongs()).containsExactly(2880067194370816120L);
  }

  @Test
  void matmul_mixedIntegers_meetInTheWiderType() {
    Tensor bytes = draw(DType.I8, 7, 3, 4);
    Tensor unsigned = draw(DType.U8, 8, 4, 2);
    assertThat(bytes.matmul(unsigned).type()).isEqualTo(DType.I16);
    Tensor product = bytes.matmul(unsigned, DType.I64);
    assertThat(product.toLongs()).isEqualTo(exact(bytes, unsigned, DType.I64));
  }

  @Test
  void matmul_ofNothing_isZerosOrEmpty() {
    Tensor none = Tensor.zeros(DType.I32, 0, 3).matmul(Tensor.zeros(DType.I32, 3, 2));
    assertThat(none.shape()).containsExactly(0, 2);
    assertThat(Tensor.zeros(DType.I64, 2, 0).matmul(Tensor.zeros(DType.I64, 0, 2)).toLongs())
        .containsExactly(0, 0, 0, 0);
    assertThat(Tensor.meta(DType.I32, 2, 3).matmul(Tensor.meta(DType.I64, 3, 4)).type())
        .isEqualTo(DType.I64);
  }

  @Test
  void matmul_truthValuesOrMixedWithFloats_refused() {
    Tensor whole = Tensor.zeros(DType.I32, 2, 2);
    Messages.tensorRefusal(() -> whole.gt(0L).matmul(whole.gt(0L)))
        .isEqualTo(
            "matmul: truth values have no products, got bool for a result of bool; convert with to(I64)"
                + " to count");
    Messages.tensorRefusal(() -> whole.matmul(Tensor.zeros(2, 2)))
        .isEqualTo(
            "matmul: integers are multiplied by integers, into integers, got i32 for a result of f32;"
                + " convert with to(F32)");
    Messages.tensorRefusal(() -> Tensor.zeros(2, 2).matmul(Tensor.zeros(2, 2), DType.I32))
        .isEqualTo(
            "matmul: a result of i32 is of integers, got f32; convert with to(I32), or ask for a result"
                + " of f32");
    Messages.tensorRefusal(() -> whole.linear(whole, Tensor.zeros(2)))
        .isEqualTo(
            "linear: a result of i32 is of integers, got f32; convert with to(I32), or ask for a result"
                + " of f32");
  }
}
