package maia.tensor.io;

import java.nio.ByteBuffer;
import maia.numerics.Codec;
import maia.numerics.DType;

/// Values of stored blocks. A product and a sum in a decoding are two binary32 roundings, as in the
/// format's reference: nothing is fused.
final class GgufBlocks {
  private static final Codec F16 = Codec.of(DType.F16);
  private static final Codec BF16 = Codec.of(DType.BF16);
  private static final Codec E8M0 = Codec.of(DType.E8M0);
  private static final Codec UE4M3 = Codec.of(DType.UE4M3);
  private static final Codec E2M1 = Codec.of(DType.FP4_E2M1);

  private GgufBlocks() {}

  /// Reads one block at `at` of little-endian `from` into `to[out..]`.
  static void decode(GgufType type, ByteBuffer from, int at, float[] to, int out) {
    switch (type) {
      case F32 -> to[out] = from.getFloat(at);
      case F16 -> to[out] = half(from, at);
      case BF16 -> to[out] = BF16.decode(Short.toUnsignedInt(from.getShort(at)));
      case I8 -> to[out] = from.get(at);
      case I16 -> to[out] = from.getShort(at);
      case I32 -> to[out] = from.getInt(at);
      case Q4_0 -> {
        float d = half(from, at);
        for (int j = 0; j < 16; j++) {
          int q = from.get(at + 2 + j) & 0xff;
          to[out + j] = d * ((q & 15) - 8);
          to[out + j + 16] = d * ((q >> 4) - 8);
        }
      }
      case Q4_1 -> {
        float d = half(from, at);
        float m = half(from, at + 2);
        for (int j = 0; j < 16; j++) {
          int q = from.get(at + 4 + j) & 0xff;
          to[out + j] = d * (q & 15) + m;
          to[out + j + 16] = d * (q >> 4) + m;
        }
      }
      case Q5_0 -> {
        float d = half(from, at);
        int high = from.getInt(at + 2);
        for (int j = 0; j < 16; j++) {
          int q = from.get(at + 6 + j) & 0xff;
          to[out + j] = d * ((q & 15 | (high >>> j & 1) << 4) - 16);
          to[out + j + 16] = d * ((q >> 4 | (high >>> j + 16 & 1) << 4) - 16);
        }
      }
      case Q5_1 -> {
        float d = half(from, at);
        float m = half(from, at + 2);
        int high = from.getInt(at + 4);
        for (int j = 0; j < 16; j++) {
          int q = from.get(at + 8 + j) & 0xff;
          to[out + j] = d * (q & 15 | (high >>> j & 1) << 4) + m;
          to[out + j + 16] = d * (q >> 4 | (high >>> j + 16 & 1) << 4) + m;
        }
      }
      case Q8_0 -> {
        float d = half(from, at);
        for (int j = 0; j < 32; j++) {
          to[out + j] = d * from.get(at + 2 + j);
        }
      }
      case MXFP4 -> {
        float d = E8M0.decode(from.get(at) & 0xff);
        for (int j = 0; j < 16; j++) {
          int q = from.get(at + 1 + j) & 0xff;
          to[out + j] = E2M1.decode(q & 15) * d;
          to[out + j + 16] = E2M1.decode(q >> 4) * d;
        }
      }
      case NVFP4 -> nvfp4(from, at, to, out);
      case Q2_K -> q2(from, at, to, out);
      case Q3_K -> q3(from, at, to, out);
      case Q4_K -> q45(from, at, to, out, false);
      case Q5_K -> q45(from, at, to, out, true);
      case Q6_K -> q6(from, at, to, out);
    }
  }

  /// Four parts of 16, each with its scale; the scale's NaN code reads as zero, and zero elements
  /// have no sign, as in the format's reference.
  private static void nvfp4(ByteBuffer from, int at, float[] to, int out) {
    for (int part = 0; part < 4; part++) {
      int code = from.get(at + part) & 0x7f;
      float d = code == 0x7f ? 0 : UE4M3.decode(code);
      for (int j = 0; j < 8; j++) {
        int q = from.get(at + 4 + 8 * part + j) & 0xff;
        to[out + 16 * part + j] = (E2M1.decode(q & 15) + 0f) * d;
        to[out + 16 * part + j + 8] = (E2M1.decode(q >> 4) + 0f) * d;
      }
    }
  }

  private static float half(ByteBuffer from, int at) {
    return F16.decode(Short.toUnsignedInt(from.getShort(at)));
  }

  private static int unsigned(ByteBuffer from, int at) {
    return from.get(at) & 0xff;
  }

  /// Scales and minima in nibbles, then 2-bit codes, then the scale of the scales and of the
  /// minima.
  private static void q2(ByteBuffer from, int at, float[] to, int out) {
    float d = half(from, at + 80);
    float dMin = half(from, at + 82);
    for (int i = 0; i < 256; i++) {
      int group = i / 16;
      int scale = unsigned(from, at + group);
      int code = unsigned(from, at + 16 + i / 128 * 32 + i % 32) >> (i / 32 % 4 * 2) & 3;
      to[out + i] = d * (scale & 15) * code - dMin * (scale >> 4);
    }
  }

  /// High bits inverted, low bits, 6-bit scales around 32, the scale of the scales.
  private static void q3(ByteBuffer from, int at, float[] to, int out) {
    float d = half(from, at + 108);
    for (int i = 0; i < 256; i++) {
      int group = i / 16;
      int low = unsigned(from, at + 32 + i / 128 * 32 + i % 32) >> (i / 32 % 4 * 2) & 3;
      boolean isHigh = (unsigned(from, at + i % 32) >> i / 32 & 1) != 0;
      int scale = scale3(from, at + 96, group) - 32;
      to[out + i] = d * scale * (low - (isHigh ? 0 : 4));
    }
  }

  /// Sixteen 6-bit scales in 12 bytes: low nibbles first, then the upper two bits of four each.
  private static int scale3(ByteBuffer from, int at, int group) {
    int low = unsigned(from, at + group % 8) >> (group < 8 ? 0 : 4) & 15;
    int high = unsigned(from, at + 8 + group % 4) >> group / 4 * 2 & 3;
    return low | high << 4;
  }

  /// Scale and minimum of the scales, eight 6-bit pairs in 12 bytes, for five bits the fifth ones,
  /// then nibbles.
  private static void q45(ByteBuffer from, int at, float[] to, int out, boolean isFive) {
    float d = half(from, at);
    float dMin = half(from, at + 2);
    int codes = at + (isFive ? 48 : 16);
    for (int i = 0; i < 256; i++) {
      int group = i / 32;
      int pair = unsigned(from, codes + i / 64 * 32 + i % 32);
      int code = i / 32 % 2 == 0 ? pair & 15 : pair >> 4;
      if (isFive) {
        code |= (unsigned(from, at + 16 + i % 32) >> group & 1) << 4;
      }
      int low = at + 4 + group % 4;
      int scale;
      int min;
      if (group < 4) {
        scale = unsigned(from, low) & 63;
        min = unsigned(from, low + 4) & 63;
      } else {
        scale = unsigned(from, low + 8) & 15 | unsigned(from, low) >> 6 << 4;
        min = unsigned(from, low + 8) >> 4 | unsigned(from, low + 4) >> 6 << 4;
      }
      to[out + i] = d * scale * code - dMin * min;
    }
  }

  /// Low nibbles, upper two bits, signed scales, the scale of the scales.
  private static void q6(ByteBuffer from, int at, float[] to, int out) {
    float d = half(from, at + 208);
    for (int i = 0; i < 256; i++) {
      int half = i / 128;
      int quarter = i / 32 % 4;
      int lane = i % 32;
      int pair = unsigned(from, at + half * 64 + quarter % 2 * 32 + lane);
      int low = quarter < 2 ? pair & 15 : pair >> 4;
      int high = unsigned(from, at + 128 + half * 32 + lane) >> quarter * 2 & 3;
      int scale = from.get(at + 192 + half * 8 + quarter * 2 + lane / 16);
      to[out + i] = d * scale * ((low | high << 4) - 32);
    }
  }
}
