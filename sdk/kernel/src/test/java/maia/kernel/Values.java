package maia.kernel;

import java.util.SplittableRandom;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.numerics.MatMul;
import maia.numerics.Overflow;
import maia.numerics.Rounding;

/// Seeded values and the host's reference arithmetic.
final class Values {
  private Values() {}

  static float[] random(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextDouble() * 4 - 2);
    }
    return values;
  }

  static HostArray array(long seed, DType type, int... shape) {
    int count = 1;
    long[] sizes = new long[shape.length];
    for (int d = 0; d < shape.length; d++) {
      count *= shape[d];
      sizes[d] = shape[d];
    }
    return HostArray.of(random(seed, count), type, sizes);
  }

  /// `a [m,k] x b [k,n]`, one chain in ascending k per output.
  static float[] matmul(float[] a, float[] b, int m, int n, int k) {
    float[] c = new float[m * n];
    MatMul.multiplyAdd(m, n, k, a, 0, k, 1, b, 0, n, 1, c, 0, n);
    return c;
  }

  /// `a [m,k] x b [n,k]^T`.
  static float[] matmulTransposed(float[] a, float[] b, int m, int n, int k) {
    float[] c = new float[m * n];
    MatMul.multiplyAdd(m, n, k, a, 0, k, 1, b, 0, 1, k, c, 0, n);
    return c;
  }

  static float[] round(float[] values, DType type) {
    Codec codec = Codec.of(type);
    float[] out = values.clone();
    for (int i = 0; i < out.length; i++) {
      out[i] = codec.decode(codec.encode(out[i], Rounding.NEAREST_EVEN, Overflow.SATURATE));
    }
    return out;
  }
}
