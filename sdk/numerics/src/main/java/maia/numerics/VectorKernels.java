package maia.numerics;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Loops on the Vector API. Nothing outside touches this class unless the module is there.
final class VectorKernels implements Kernels {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /// Whether the width suits the 16 logical lanes.
  static boolean isUsable() {
    return LANES >= 4 && LANES <= Reduce.LANES;
  }

  @Override
  public Tile tile() {
    return hasManyRegisters() ? new TallVectorTile() : new VectorTile();
  }

  /// AVX-512 and ARM have 32 vector registers, AVX2 has 16.
  private static boolean hasManyRegisters() {
    return LANES == Reduce.LANES || System.getProperty("os.arch", "").equals("aarch64");
  }

  @Override
  public void addToLanes(float[] x, int at, int count, float[] lanes) {
    for (int lane = 0; lane < Reduce.LANES; lane += LANES) {
      addStrip(x, at + lane, count, lanes, lane);
    }
  }

  private static void addStrip(float[] x, int at, int count, float[] lanes, int lane) {
    FloatVector sum = load(lanes, lane);
    for (int i = 0; i < count; i += Reduce.LANES) {
      sum = sum.add(load(x, at + i));
    }
    sum.intoArray(lanes, lane);
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(SPECIES, x, at);
  }

  @Override
  public void exp(float[] in, int at, float[] out, int outAt, int count) {
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      VectorMath.exp(load(in, at + i)).intoArray(out, outAt + i);
    }
    for (int i = whole; i < count; i++) {
      out[outAt + i] = Fmath.exp(in[at + i]);
    }
  }

  @Override
  public void exp2(float[] in, int at, float[] out, int outAt, int count) {
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      VectorMath.exp2(load(in, at + i)).intoArray(out, outAt + i);
    }
    for (int i = whole; i < count; i++) {
      out[outAt + i] = Fmath.exp2(in[at + i]);
    }
  }

  @Override
  public void log(float[] in, int at, float[] out, int outAt, int count) {
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      VectorMath.log(load(in, at + i)).intoArray(out, outAt + i);
    }
    for (int i = whole; i < count; i++) {
      out[outAt + i] = Fmath.log(in[at + i]);
    }
  }

  @Override
  public void log2(float[] in, int at, float[] out, int outAt, int count) {
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      VectorMath.log2(load(in, at + i)).intoArray(out, outAt + i);
    }
    for (int i = whole; i < count; i++) {
      out[outAt + i] = Fmath.log2(in[at + i]);
    }
  }

  @Override
  public void tanh(float[] in, int at, float[] out, int outAt, int count) {
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      VectorMath.tanh(load(in, at + i)).intoArray(out, outAt + i);
    }
    for (int i = whole; i < count; i++) {
      out[outAt + i] = Fmath.tanh(in[at + i]);
    }
  }

  @Override
  public void erf(float[] in, int at, float[] out, int outAt, int count) {
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      VectorMath.erf(load(in, at + i)).intoArray(out, outAt + i);
    }
    for (int i = whole; i < count; i++) {
      out[outAt + i] = Fmath.erf(in[at + i]);
    }
  }

  @Override
  public void sigmoid(float[] in, int at, float[] out, int outAt, int count) {
    int whole = SPECIES.loopBound(count);
    for (int i = 0; i < whole; i += LANES) {
      VectorMath.sigmoid(load(in, at + i)).intoArray(out, outAt + i);
    }
    for (int i = whole; i < count; i++) {
      out[outAt + i] = Fmath.sigmoid(in[at + i]);
    }
  }
}
