package maia.runtime;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.FP8_E4M3;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import maia.machine.Chip;
import maia.numerics.DType;
import maia.tensor.Device;
import maia.tensor.Dims;
import maia.tensor.Functional;
import maia.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random functions of elements, rows and products, on the host, on the device operation by
/// operation, and compiled: three times the same bits.
class CompiledFuzzTest {
  private static final int PROGRAMS = 18;
  private static final int OPERATIONS = 8;
  private static final List<long[]> SHAPES =
      List.of(
          new long[] {3, 5, 17},
          new long[] {2, 33},
          new long[] {7},
          new long[] {},
          new long[] {4, 1, 9},
          new long[] {1, 1},
          new long[] {0, 4},
          new long[] {2, 3, 2, 6});

  static IntStream programs() {
    return IntStream.range(0, PROGRAMS);
  }

  /// Not contiguous where it can be.
  private static Tensor input(Random random, long seed, Device device) {
    Tensor x = Tensor.randn(F32, seed, SHAPES.get(random.nextInt(SHAPES.size()))).to(device);
    if (x.rank() >= 2 && random.nextInt(3) == 0) {
      return x.transpose(0, -1);
    }
    return x.rank() >= 1 && x.size(-1) > 2 && random.nextInt(3) == 0
        ? x.slice(-1, 1, x.size(-1), 1 + random.nextInt(2))
        : x;
  }

  /// The program of a seed; what it draws does not depend on values.
  private static Tensor run(long seed, Tensor x) {
    Random random = new Random(seed);
    List<Tensor> pool = new ArrayList<>(List.of(x));
    for (int i = 0; i < OPERATIONS; i++) {
      Tensor next = step(random, pool, seed + i);
      pool.add(next);
    }
    Tensor result = pool.getLast();
    for (Tensor other : pool) {
      if (Arrays.equals(other.shape(), x.shape()) && Arrays.equals(result.shape(), x.shape())) {
        result = result.add(other);
      }
    }
    return result;
  }

  private static Tensor step(Random random, List<Tensor> pool, long seed) {
    Tensor a = pool.get(pool.size() - 1 - random.nextInt(Math.min(2, pool.size())));
    Tensor b = pool.get(random.nextInt(pool.size()));
    int kind = random.nextInt(18);
    double number = random.nextInt(-8, 9) / 4.0;
    boolean rows = a.rank() > 0 && a.size(-1) > 0;
    return switch (kind) {
      case 0, 1 -> meets(a, b) ? a.add(b) : a.add(number);
      case 2 -> meets(a, b) ? a.mul(b) : a.mul(number);
      case 3 -> meets(a, b) ? a.sub(b) : a.div(number + 3);
      case 4 -> a.tanh();
      case 5 -> a.relu();
      case 6 -> Functional.gelu(a);
      case 7 -> a.sigmoid().mul(number);
      case 8 -> meets(a, b) ? a.gt(b).where(a, a.neg()) : a.abs();
      case 9 -> a.to(List.of(F32, BF16, F16, FP8_E4M3).get(random.nextInt(4)));
      case 10 -> rows ? a.softmax(-1) : a.exp();
      case 11 -> rows ? a.sum(Dims.KEEP, -1) : a.neg();
      case 12 -> rows ? a.sub(a.mean(Dims.KEEP, -1)) : a.maximum(a.mul(number));
      case 13 -> rows ? Functional.rmsNorm(a, 1, 1e-5) : a.clamp(-1, number + 2);
      case 14 -> rows ? Functional.layerNorm(a, weight(a, seed, a.size(-1)), 1e-5) : a.abs();
      case 15 -> rows ? a.linear(weight(a, seed, 6, a.size(-1))) : a.add(1);
      case 16 -> a.rank() >= 2 ? a.transpose(-1, -2) : a.mul(0.5);
      default -> a.reshape(a.elements()).mul(number);
    };
  }

  /// Constants on the device of `like`, in its type.
  private static Tensor weight(Tensor like, long seed, long... shape) {
    return Tensor.randn(F32, seed, shape).to(like.dtype()).to(like.device());
  }

  private static boolean meets(Tensor a, Tensor b) {
    if (a.dtype() != b.dtype()) {
      return false;
    }
    for (int d = 1; d <= Math.min(a.rank(), b.rank()); d++) {
      if (a.size(-d) != b.size(-d) && a.size(-d) != 1 && b.size(-d) != 1) {
        return false;
      }
    }
    return true;
  }

  private static int[] bits(Tensor x) {
    float[] values = x.toArray();
    return IntStream.range(0, values.length).map(i -> Float.floatToIntBits(values[i])).toArray();
  }

  @ParameterizedTest
  @MethodSource("programs")
  void hostEagerDeviceAndCompiled_giveTheSameTypeShapeAndBits(int seed) {
    Tensor host = run(seed, input(new Random(seed), seed, Device.cpu()));
    Tensor onChip = input(new Random(seed), seed, Device.maia());
    Tensor eager = run(seed, onChip);
    Tensor fused = Maia.compile("fuzz", t -> run(seed, t)).on(Chip.TOY).call(onChip);
    String plan = String.valueOf(seed);
    for (Tensor result : List.of(eager, fused)) {
      DType type = result.dtype();
      assertThat(type).as(plan).isEqualTo(host.dtype());
      assertThat(result.shape()).as(plan).isEqualTo(host.shape());
      assertThat(bits(result)).as(plan).isEqualTo(bits(host));
    }
  }
}
