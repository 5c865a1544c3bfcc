package maia.numerics;

/// Plain Java.
final class PlainCodeLoops implements CodeLoops {
  @Override
  public void encode(Narrow format, float[] from, int at, int count, byte[] to, int toAt) {
    for (int i = 0; i < count; i++) {
      to[toAt + i] = (byte) format.encode(from[at + i]);
    }
  }

  @Override
  public void encode(
      Narrow format,
      float[] from,
      int at,
      int block,
      int blocks,
      float[] factors,
      byte[] to,
      int toAt) {
    for (int b = 0; b < blocks; b++) {
      for (int i = b * block, end = i + block; i < end; i++) {
        to[toAt + i] = (byte) format.encode(from[at + i] * factors[b]);
      }
    }
  }

  @Override
  public void encode(Narrow format, float[] from, int at, int count, short[] to, int toAt) {
    for (int i = 0; i < count; i++) {
      to[toAt + i] = (short) format.encode(from[at + i]);
    }
  }

  @Override
  public void round(Narrow format, float[] x, int at, int count) {
    for (int i = at; i < at + count; i++) {
      x[i] = format.round(x[i]);
    }
  }

  @Override
  public void largest(float[] x, int at, int block, int blocks, int[] to) {
    for (int b = 0; b < blocks; b++) {
      int largest = 0;
      for (int i = at + b * block, end = i + block; i < end; i++) {
        largest = Math.max(largest, Float.floatToRawIntBits(x[i]) & Integer.MAX_VALUE);
      }
      to[b] = largest;
    }
  }

  @Override
  public void multiply(
      float[] x, int at, int block, int blocks, float[] factors, float[] out, int outAt) {
    for (int b = 0; b < blocks; b++) {
      for (int i = b * block, end = i + block; i < end; i++) {
        out[outAt + i] = x[at + i] * factors[b];
      }
    }
  }

  @Override
  public void divide(
      float[] x, int at, int block, int blocks, float[] divisors, float[] out, int outAt) {
    for (int b = 0; b < blocks; b++) {
      for (int i = b * block, end = i + block; i < end; i++) {
        out[outAt + i] = x[at + i] / divisors[b];
      }
    }
  }
}
