package maia.sim;

import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;

/// How far the numbers of float types reach.
final class Ranges {
  private static final float[] LARGEST = new float[DType.values().length];

  static {
    for (DType type : DType.values()) {
      if (type.format().isPresent()) {
        Codec codec = Codec.of(type);
        int code = codec.encode(Float.MAX_VALUE, Rounding.TOWARD_ZERO, Overflow.SATURATE);
        LARGEST[type.ordinal()] = codec.decode(code);
      }
    }
  }

  private Ranges() {}

  /// The largest finite number of a float type.
  static float largest(DType type) {
    return LARGEST[type.ordinal()];
  }
}
