package maia.numerics;

/// Nearest-even saturating conversion to the two 16-bit formats, and back.
final class Half {
  private static final int INFINITY = 0x7f800000;

  private Half() {}

  static short toBf16(float x) {
    int bits = Float.floatToRawIntBits(x);
    int size = bits & Integer.MAX_VALUE;
    int code = size + 0x7fff + (size >>> 16 & 1) >>> 16;
    int finite = Math.min(code, 0x7f7f) | bits >>> 31 << 15;
    return (short) (size > INFINITY ? 0x7fc0 : finite);
  }

  static float fromBf16(short code) {
    return Float.intBitsToFloat(code << 16);
  }

  static float roundBf16(float x) {
    return fromBf16(toBf16(x));
  }

  static short toF16(float x) {
    if (x != x) {
      return 0x7e00;
    }
    short code = Float.floatToFloat16(x);
    return (code & 0x7fff) == 0x7c00 ? (short) (code - 1) : code;
  }

  static float fromF16(short code) {
    return Float.float16ToFloat(code);
  }

  static float roundF16(float x) {
    return fromF16(toF16(x));
  }
}
