package maia.tensor.io;

import maia.numerics.Codec;
import maia.numerics.DType;

/// Decodes blocks by walking them: positions move on chunk by chunk.
final class GgufWalk {
  private GgufWalk() {}

  private static float half(byte[] b, int at) {
    return Codec.of(DType.F16).decode((b[at] & 0xff) | (b[at + 1] & 0xff) << 8);
  }

  private static int u(byte[] b, int at) {
    return b[at] & 0xff;
  }

  static void decode(GgufType type, byte[] b, int at, float[] y, int to) {
    switch (type) {
      case Q4_0, Q4_1, Q5_0, Q5_1 -> legacy(type, b, at, y, to);
      case Q8_0 -> {
        for (int i = 0; i < 32; i++) {
          y[to + i] = half(b, at) * b[at + 2 + i];
        }
      }
      case Q2_K -> q2(b, at, y, to);
      case Q3_K -> q3(b, at, y, to);
      case Q4_K, Q5_K -> q45(type, b, at, y, to);
      case Q6_K -> q6(b, at, y, to);
      case NVFP4 -> nvfp4(b, at, y, to);
      case F32, F16, BF16, I8, I16, I32, MXFP4 -> throw new AssertionError(type);
    }
  }

  /// Doubled elements times halved scales.
  private static void nvfp4(byte[] b, int at, float[] y, int to) {
    int[] doubled = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};
    int from = at + 4;
    for (int s = 0; s < 4; s++) {
      int exponent = u(b, at + s) >> 3 & 15;
      int fraction = u(b, at + s) & 7;
      double scale =
          exponent == 0
              ? fraction * Math.scalb(1.0, -9)
              : (8 + fraction) * Math.scalb(1.0, exponent - 10);
      float half = exponent == 15 && fraction == 7 ? 0 : (float) (scale / 2);
      for (int j = 0; j < 8; j++, from++) {
        y[to + j] = doubled[u(b, from) & 15] * half;
        y[to + j + 8] = doubled[u(b, from) >> 4] * half;
      }
      to += 16;
    }
  }

  private static void legacy(GgufType type, byte[] b, int at, float[] y, int to) {
    boolean hasMin = type == GgufType.Q4_1 || type == GgufType.Q5_1;
    boolean isFive = type == GgufType.Q5_0 || type == GgufType.Q5_1;
    float d = half(b, at);
    float m = hasMin ? half(b, at + 2) : 0;
    int p = at + (hasMin ? 4 : 2);
    long high = 0;
    if (isFive) {
      for (int i = 3; i >= 0; i--) {
        high = high << 8 | u(b, p + i);
      }
      p += 4;
    }
    for (int i = 0; i < 32; i++) {
      int q = i < 16 ? u(b, p + i) % 16 : u(b, p + i - 16) / 16;
      if (isFive && (high & 1L << i) != 0) {
        q += 16;
      }
      y[to + i] = hasMin ? d * q + m : d * (q - (isFive ? 16 : 8));
    }
  }

  private static void q2(byte[] b, int at, float[] y, int to) {
    float d = half(b, at + 80);
    float min = half(b, at + 82);
    int is = 0;
    int q = at + 16;
    for (int n = 0; n < 2; n++) {
      for (int shift = 0; shift < 8; shift += 2) {
        for (int part = 0; part < 2; part++) {
          int sc = u(b, at + is++);
          float dl = d * (sc & 0xf);
          float ml = min * (sc >> 4);
          for (int l = 0; l < 16; l++) {
            y[to++] = dl * ((u(b, q + 16 * part + l) >> shift) & 3) - ml;
          }
        }
      }
      q += 32;
    }
  }

  private static void q3(byte[] b, int at, float[] y, int to) {
    int[] a = new int[4];
    for (int w = 0; w < 3; w++) {
      for (int i = 3; i >= 0; i--) {
        a[w] = a[w] << 8 | u(b, at + 96 + 4 * w + i);
      }
    }
    int tmp = a[2];
    a[2] = (a[0] >>> 4 & 0x0f0f0f0f) | (tmp >>> 4 & 0x03030303) << 4;
    a[3] = (a[1] >>> 4 & 0x0f0f0f0f) | (tmp >>> 6 & 0x03030303) << 4;
    a[0] = (a[0] & 0x0f0f0f0f) | (tmp & 0x03030303) << 4;
    a[1] = (a[1] & 0x0f0f0f0f) | (tmp >>> 2 & 0x03030303) << 4;
    float d = half(b, at + 108);
    int is = 0;
    int m = 1;
    int q = at + 32;
    for (int n = 0; n < 2; n++) {
      for (int shift = 0; shift < 8; shift += 2) {
        for (int part = 0; part < 2; part++) {
          int sc = a[is / 4] >>> 8 * (is % 4) & 0xff;
          is++;
          float dl = d * (sc - 32);
          for (int l = 16 * part; l < 16 * part + 16; l++) {
            int low = (u(b, q + l) >> shift) & 3;
            y[to++] = dl * (low - ((u(b, at + l) & m) != 0 ? 0 : 4));
          }
        }
        m <<= 1;
      }
      q += 32;
    }
  }

  private static void q45(GgufType type, byte[] b, int at, float[] y, int to) {
    float d = half(b, at);
    float min = half(b, at + 2);
    int s = at + 4;
    int q = at + (type == GgufType.Q5_K ? 48 : 16);
    for (int is = 0; is < 8; is += 2) {
      for (int part = 0; part < 2; part++) {
        int j = is + part;
        int sc = j < 4 ? u(b, s + j) & 63 : u(b, s + j + 4) & 0xf | u(b, s + j - 4) >> 6 << 4;
        int mn = j < 4 ? u(b, s + j + 4) & 63 : u(b, s + j + 4) >> 4 | u(b, s + j) >> 6 << 4;
        float d1 = d * sc;
        float m1 = min * mn;
        for (int l = 0; l < 32; l++) {
          int code = part == 0 ? u(b, q + l) & 0xf : u(b, q + l) >> 4;
          if (type == GgufType.Q5_K && (u(b, at + 16 + l) & 1 << j) != 0) {
            code += 16;
          }
          y[to++] = d1 * code - m1;
        }
      }
      q += 32;
    }
  }

  private static void q6(byte[] b, int at, float[] y, int to) {
    float d = half(b, at + 208);
    int ql = at;
    int qh = at + 128;
    int sc = at + 192;
    for (int n = 0; n < 2; n++) {
      for (int l = 0; l < 32; l++) {
        int is = l / 16;
        int q1 = (u(b, ql + l) & 0xf | (u(b, qh + l) & 3) << 4) - 32;
        int q2 = (u(b, ql + l + 32) & 0xf | (u(b, qh + l) >> 2 & 3) << 4) - 32;
        int q3 = (u(b, ql + l) >> 4 | (u(b, qh + l) >> 4 & 3) << 4) - 32;
        int q4 = (u(b, ql + l + 32) >> 4 | (u(b, qh + l) >> 6 & 3) << 4) - 32;
        y[to + l] = d * b[sc + is] * q1;
        y[to + l + 32] = d * b[sc + is + 2] * q2;
        y[to + l + 64] = d * b[sc + is + 4] * q3;
        y[to + l + 96] = d * b[sc + is + 6] * q4;
      }
      to += 128;
      ql += 64;
      qh += 32;
      sc += 8;
    }
  }
}
