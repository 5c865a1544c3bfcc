package maia.tensor.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import maia.numerics.BlockCodec;
import maia.numerics.BlockFormat;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;
import maia.numerics.ScaleRule;

/// Stores blocks of values. Q8_0 and Q4_0 follow the format's reference operation by operation in
/// binary32 (ties away from zero in Q8_0, towards plus infinity in Q4_0); MXFP4 is OCP MX: FLOOR
/// scales, ties to even.
final class GgufEncoder {
  private static final Codec F16 = Codec.of(DType.F16);
  private static final Codec BF16 = Codec.of(DType.BF16);

  private GgufEncoder() {}

  /// The bytes of `x`, whole rows of blocks.
  static byte[] encode(GgufType type, String name, float[] x) {
    byte[] bytes = new byte[Math.multiplyExact(x.length / type.block(), type.blockBytes())];
    ByteBuffer to = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at < x.length; at += type.block()) {
      switch (type) {
        case F32 -> to.putFloat(x[at]);
        case F16 -> to.putShort(half(x[at]));
        case BF16 ->
            to.putShort((short) BF16.encode(x[at], Rounding.NEAREST_EVEN, Overflow.SATURATE));
        case Q8_0 -> eight(x, at, to);
        case Q4_0 -> four(x, at, to);
        case MXFP4 -> mx(x, at, to);
        default ->
            throw FileFormatException.of(
                "gguf: tensor '%s': %s is read but not written; F32, F16, BF16, Q8_0, Q4_0 and MXFP4 are",
                name, type);
      }
    }
    return bytes;
  }

  private static short half(float x) {
    return (short) F16.encode(x, Rounding.NEAREST_EVEN, Overflow.SATURATE);
  }

  private static void eight(float[] x, int at, ByteBuffer to) {
    float most = 0;
    for (int i = at; i < at + 32; i++) {
      most = Math.max(most, Math.abs(x[i]));
    }
    float d = most / 127;
    float inverse = d == 0 ? 0 : 1 / d;
    to.putShort(half(d));
    for (int i = at; i < at + 32; i++) {
      float scaled = x[i] * inverse;
      double size = Math.floor(Math.abs((double) scaled) + 0.5);
      to.put((byte) Math.copySign(size, scaled));
    }
  }

  private static void four(float[] x, int at, ByteBuffer to) {
    float most = 0;
    for (int i = at; i < at + 32; i++) {
      most = Math.abs(x[i]) > Math.abs(most) ? x[i] : most;
    }
    float d = most / -8;
    float inverse = d == 0 ? 0 : 1 / d;
    to.putShort(half(d));
    for (int i = at; i < at + 16; i++) {
      int low = Math.min(15, (int) (x[i] * inverse + 8.5f));
      int high = Math.min(15, (int) (x[i + 16] * inverse + 8.5f));
      to.put((byte) (low | high << 4));
    }
  }

  private static void mx(float[] x, int at, ByteBuffer to) {
    float[] elements = new float[32];
    float[] scale = new float[1];
    BlockCodec.quantize(BlockFormat.MXFP4, ScaleRule.FLOOR, x, at, 32, 1, elements, 0, scale, 0);
    to.put((byte) Codec.of(DType.E8M0).encode(scale[0], Rounding.NEAREST_EVEN, Overflow.SATURATE));
    for (int i = 0; i < 16; i++) {
      to.put((byte) (e2m1(elements[i]) | e2m1(elements[i + 16]) << 4));
    }
  }

  private static int e2m1(float x) {
    return Codec.of(DType.FP4_E2M1).encode(x, Rounding.NEAREST_EVEN, Overflow.SATURATE);
  }
}
