package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import maia.numerics.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IntegersInMemoryTest {
  /// More than two blocks of a loop, and no multiple of one.
  private static final int COUNT = 20_011;

  private static long wrapped(long value, DType type) {
    return switch (type) {
      case I8 -> (byte) value;
      case I16 -> (short) value;
      case I32 -> (int) value;
      case U8 -> value & 0xff;
      default -> value;
    };
  }

  private static long[] drawn(DType type, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return random.longs(COUNT).map(v -> wrapped(v, type)).toArray();
  }

  @ParameterizedTest
  @EnumSource(names = {"I8", "I16", "I32", "I64", "U8"})
  void sums_keepTheLowBits(DType type) {
    long[] a = drawn(type, 1);
    long[] b = drawn(type, 2);
    Tensor x = Tensor.ofLongs(a).to(type).narrow(0, 5, COUNT - 7);
    Tensor y = Tensor.ofLongs(b).to(type).narrow(0, 7, COUNT - 7);
    long[] sums = x.add(y).toLongs();
    long[] more = x.mul(3).toLongs();
    for (int i = 0; i < sums.length; i++) {
      assertThat(sums[i]).isEqualTo(wrapped(a[i + 5] + b[i + 7], type));
      assertThat(more[i]).isEqualTo(wrapped(a[i + 5] * 3, type));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"I8", "I16", "U8"})
  void smallIntegers_roundAsFromF64(DType type) {
    Tensor x = Tensor.ofLongs(drawn(type, 3)).to(type);
    for (DType to : new DType[] {DType.F32, DType.BF16, DType.F16, DType.FP8_E4M3}) {
      assertThat(x.to(to).toArray()).isEqualTo(x.to(DType.F64).to(to).toArray());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"I8", "I64", "U8"})
  void comparisons_withANumber(DType type) {
    long[] a = drawn(type, 4);
    Tensor x = Tensor.ofLongs(a).to(type);
    long[] less = x.lt(4).toLongs();
    long[] other = x.ne(4).toLongs();
    for (int i = 0; i < a.length; i++) {
      assertThat(less[i]).isEqualTo(a[i] < 4 ? 1 : 0);
      assertThat(other[i]).isEqualTo(a[i] != 4 ? 1 : 0);
    }
  }

  @Test
  void reshape_overDimensionsOfOne_copiesNothing() {
    Tensor x = Tensor.arange(1 * 6 * 8).reshape(1, 6, 8).transpose(1, 2).unsqueeze(0);
    Tensor y = x.reshape(8, 1, 6);
    y.get(3).assign(Tensor.zeros(6).to(DType.I64));
    assertThat(x.get(0).get(0).get(3).toLongs()).containsOnly(0);
  }
}
