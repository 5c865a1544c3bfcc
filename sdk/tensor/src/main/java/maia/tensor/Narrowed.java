package maia.tensor;

import maia.numerics.DType;

/// Results that were computed in fp64.
final class Narrowed {
  private Narrowed() {}

  /// A tensor of `values`: rounded to fp32, where what is too large becomes infinite as in any fp32
  /// arithmetic, and from there to `type`.
  static Tensor tensor(double[] values, DType type, long... shape) {
    if (type == DType.F64) {
      return Host.tensor(values, type, shape);
    }
    float[] narrow = new float[values.length];
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (float) values[i];
    }
    return Host.tensor(narrow, type, shape);
  }
}
