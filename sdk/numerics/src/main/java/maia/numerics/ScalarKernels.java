package maia.numerics;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Plain Java.
final class ScalarKernels implements Kernels {
  @Override
  public @Nullable Tile tile() {
    return null;
  }

  @Override
  public void addToLanes(float[] x, int at, int count, float[] lanes) {
    for (int i = at; i < at + count; i += Reduce.LANES) {
      for (int lane = 0; lane < Reduce.LANES; lane++) {
        lanes[lane] += x[i + lane];
      }
    }
  }

  @Override
  public float max(float[] x, int at, int count) {
    float best = Float.NaN;
    for (int i = at; i < at + count; i++) {
      best = Reduce.larger(best, x[i]);
    }
    return best;
  }

  @Override
  public void squaresToLanes(float[] x, int at, int count, float shift, float[] lanes) {
    for (int i = at; i < at + count; i += Reduce.LANES) {
      for (int lane = 0; lane < Reduce.LANES; lane++) {
        float d = x[i + lane] - shift;
        x[i + lane] = d;
        lanes[lane] += d * d;
      }
    }
  }

  @Override
  public void expMinus(float[] in, int at, float shift, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i++) {
      out[outAt + i] = Fmath.exp(in[at + i] - shift);
    }
  }

  @Override
  public boolean weigh(float[] x, int at, int count, float scale) {
    for (int i = at; i < at + count; i++) {
      x[i] *= scale;
    }
    return false;
  }

  @Override
  public boolean hasPairs() {
    return false;
  }

  @Override
  public void pair(
      Elementwise.Pair op,
      MemorySegment a,
      long aAt,
      MemorySegment b,
      long bAt,
      MemorySegment out,
      long outAt,
      int count) {
    throw new IllegalStateException("bug in ScalarKernels: asked for " + op);
  }

  @Override
  public void pair(
      Elementwise.Pair op,
      MemorySegment a,
      long aAt,
      float b,
      MemorySegment out,
      long outAt,
      int count) {
    throw new IllegalStateException("bug in ScalarKernels: asked for " + op);
  }

  @Override
  public void exp(float[] in, int at, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i++) {
      out[outAt + i] = Fmath.exp(in[at + i]);
    }
  }

  @Override
  public void exp2(float[] in, int at, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i++) {
      out[outAt + i] = Fmath.exp2(in[at + i]);
    }
  }

  @Override
  public void log(float[] in, int at, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i++) {
      out[outAt + i] = Fmath.log(in[at + i]);
    }
  }

  @Override
  public void log2(float[] in, int at, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i++) {
      out[outAt + i] = Fmath.log2(in[at + i]);
    }
  }

  @Override
  public void tanh(float[] in, int at, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i++) {
      out[outAt + i] = Fmath.tanh(in[at + i]);
    }
  }

  @Override
  public void erf(float[] in, int at, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i++) {
      out[outAt + i] = Fmath.erf(in[at + i]);
    }
  }

  @Override
  public void sigmoid(float[] in, int at, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i++) {
      out[outAt + i] = Fmath.sigmoid(in[at + i]);
    }
  }
}
