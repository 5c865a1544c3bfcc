package maia.numerics;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// Loops on the Vector API. Nothing outside touches this class unless the module is there.
final class VectorKernels implements Kernels {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int STRETCH = 256;
  private static final int ROUND_BITS = Float.floatToRawIntBits(Fmath.ROUND);
  private static final int BIAS = 127;
  private static final int FRACTION = 23;

  /// Whether the width suits the 16 logical lanes.
  static boolean isUsable() {
    return LANES >= 4 && LANES <= Reduce.LANES;
  }

  /// Whether vectors of eight elements are there.
  static boolean hasEightLanes() {
    return LANES >= 8;
  }

  /// Whether vectors have eight elements: loops for just these run nowhere else, because vectors of
  /// two shapes in one process make C2 create objects (decision 072).
  static boolean isEightLanes() {
    return LANES == 8;
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
  public float max(float[] x, int at, int count) {
    int whole = SPECIES.loopBound(count);
    float best = Float.NaN;
    if (whole > 0) {
      FloatVector all = load(x, at);
      for (int i = LANES; i < whole; i += LANES) {
        all = larger(all, load(x, at + i));
      }
      for (int lane = 0; lane < LANES; lane++) {
        best = Reduce.larger(best, all.lane(lane));
      }
    }
    for (int i = whole; i < count; i++) {
      best = Reduce.larger(best, x[at + i]);
    }
    return best == 0 ? positiveIfAny(x, at, count, best) : best;
  }

  /// Of two zeros either may win.
  private static FloatVector larger(FloatVector best, FloatVector x) {
    return best.blend(x, x.compare(GT, best).or(best.compare(NE, best)));
  }

  private static float positiveIfAny(float[] x, int at, int count, float zero) {
    for (int i = at; i < at + count; i++) {
      if (Float.floatToRawIntBits(x[i]) == 0) {
        return 0f;
      }
    }
    return zero;
  }

  @Override
  public void squaresToLanes(float[] x, int at, int count, float shift, float[] lanes) {
    for (int lane = 0; lane < Reduce.LANES; lane += LANES) {
      squareStrip(x, at + lane, count, shift, lanes, lane);
    }
  }

  private static void squareStrip(
      float[] x, int at, int count, float shift, float[] lanes, int lane) {
    FloatVector sum = load(lanes, lane);
    for (int i = 0; i < count; i += Reduce.LANES) {
      FloatVector d = load(x, at + i).sub(shift);
      d.intoArray(x, at + i);
      sum = sum.add(d.mul(d));
    }
    sum.intoArray(lanes, lane);
  }

  @Override
  public void expMinus(float[] in, int at, float shift, float[] out, int outAt, int count) {
    exponentials(in, at, shift, out, outAt, count / LANES);
    for (int i = SPECIES.loopBound(count); i < count; i++) {
      out[outAt + i] = Fmath.exp(in[at + i] - shift);
    }
  }

  @Override
  public boolean weigh(float[] x, int at, int count, float scale) {
    return VectorWeights.softmax(x, at, count, scale);
  }

  @Override
  public boolean hasPairs() {
    return true;
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
    VectorPairs.apply(op, a, 4 * aAt, b, 4 * bAt, out, 4 * outAt, count);
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
    VectorPairs.apply(op, a, 4 * aAt, b, out, 4 * outAt, count);
  }

  @Override
  public void exp(float[] in, int at, float[] out, int outAt, int count) {
    exponentials(in, at, 0, out, outAt, count / LANES);
    for (int i = SPECIES.loopBound(count); i < count; i++) {
      out[outAt + i] = Fmath.exp(in[at + i]);
    }
  }

  /// The steps of [VectorMath#exp], written out: a helper that C2 has compiled by itself is not
  /// always inlined (decision 070).
  private static void exponentials(
      float[] in, int at, float shift, float[] out, int outAt, int vectors) {
    for (int v = 0; v < vectors; v++) {
      FloatVector x = FloatVector.fromArray(SPECIES, in, at + LANES * v).sub(shift);
      FloatVector below = x.blend(89f, x.compare(GT, 89f));
      FloatVector y = below.blend(-104f, below.compare(LT, -104f));
      FloatVector t =
          y.fma(
              FloatVector.broadcast(SPECIES, Fmath.LOG2_E),
              FloatVector.broadcast(SPECIES, Fmath.ROUND));
      FloatVector n = t.sub(Fmath.ROUND);
      FloatVector r =
          n.fma(
              FloatVector.broadcast(SPECIES, -Fmath.LN2_LOW),
              n.fma(FloatVector.broadcast(SPECIES, -Fmath.LN2_HIGH), y));
      FloatVector p =
          FloatVector.broadcast(SPECIES, 0x1.a12652p-13f)
              .fma(r, FloatVector.broadcast(SPECIES, 0x1.6d44b2p-10f));
      p = p.fma(r, FloatVector.broadcast(SPECIES, 0x1.1110ep-7f));
      p = p.fma(r, FloatVector.broadcast(SPECIES, 0x1.5554e8p-5f));
      p = p.fma(r, FloatVector.broadcast(SPECIES, 0x1.555556p-3f));
      p = p.fma(r, FloatVector.broadcast(SPECIES, 0x1p-1f));
      IntVector whole = t.reinterpretAsInts().sub(ROUND_BITS);
      IntVector half = whole.lanewise(ASHR, 1);
      IntVector rest = whole.sub(half);
      p.fma(r.mul(r), r)
          .add(1f)
          .mul(half.add(BIAS).lanewise(LSHL, FRACTION).reinterpretAsFloats())
          .mul(rest.add(BIAS).lanewise(LSHL, FRACTION).reinterpretAsFloats())
          .intoArray(out, outAt + LANES * v);
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
  public void sigmoid(float[] in, int at, float[] out, int outAt, int count) {
    staged(SIGMOID, in, at, out, outAt, count);
    for (int i = SPECIES.loopBound(count); i < count; i++) {
      out[outAt + i] = Fmath.sigmoid(in[at + i]);
    }
  }

  @Override
  public void tanh(float[] in, int at, float[] out, int outAt, int count) {
    staged(TANH, in, at, out, outAt, count);
    for (int i = SPECIES.loopBound(count); i < count; i++) {
      out[outAt + i] = Fmath.tanh(in[at + i]);
    }
  }

  @Override
  public void erf(float[] in, int at, float[] out, int outAt, int count) {
    staged(ERF, in, at, out, outAt, count);
    for (int i = SPECIES.loopBound(count); i < count; i++) {
      out[outAt + i] = Fmath.erf(in[at + i]);
    }
  }

  /// One loop of several over a stretch.
  @FunctionalInterface
  private interface Stage {
    void run(float[] in, int at, float[] e, float[] out, int outAt, int count);
  }

  private static final Stage EXP =
      (in, at, e, out, outAt, count) -> exponentials(e, 0, 0, e, 0, count / LANES);

  private static final Stage[] TANH = {
    (in, at, e, out, outAt, count) -> tanhArguments(in, at, e, count),
    EXP,
    VectorKernels::tanhResults
  };

  private static final Stage[] SIGMOID = {
    (in, at, e, out, outAt, count) -> sigmoidArguments(in, at, e, count),
    EXP,
    VectorKernels::sigmoidResults
  };

  private static final Stage[] ERF = {
    (in, at, e, out, outAt, count) -> erfArguments(in, at, e, count), EXP, VectorKernels::erfResults
  };

  /// Argument of exp, exp, result, each in a loop of its own. They are called through an interface
  /// with many receivers, which C2 does not inline: together they are too large for it, and it
  /// makes an object per vector (decision 049).
  private static void staged(
      Stage[] stages, float[] in, int at, float[] out, int outAt, int count) {
    float[] e = Scratch.floats(Scratch.Slot.FUNCTION, STRETCH);
    int whole = SPECIES.loopBound(count);
    for (int done = 0; done < whole; done += STRETCH) {
      int size = Math.min(STRETCH, whole - done);
      for (Stage stage : stages) {
        stage.run(in, at + done, e, out, outAt + done, size);
      }
    }
  }

  private static void tanhArguments(float[] in, int at, float[] e, int count) {
    for (int i = 0; i < count; i += LANES) {
      VectorMath.tanhArgument(load(in, at + i)).intoArray(e, i);
    }
  }

  private static void tanhResults(
      float[] in, int at, float[] e, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i += LANES) {
      VectorMath.tanh(load(in, at + i), load(e, i)).intoArray(out, outAt + i);
    }
  }

  private static void sigmoidArguments(float[] in, int at, float[] e, int count) {
    for (int i = 0; i < count; i += LANES) {
      VectorMath.sigmoidArgument(load(in, at + i)).intoArray(e, i);
    }
  }

  private static void sigmoidResults(
      float[] in, int at, float[] e, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i += LANES) {
      VectorMath.sigmoid(load(in, at + i), load(e, i)).intoArray(out, outAt + i);
    }
  }

  private static void erfArguments(float[] in, int at, float[] e, int count) {
    for (int i = 0; i < count; i += LANES) {
      VectorMath.erfArgument(load(in, at + i)).intoArray(e, i);
    }
  }

  private static void erfResults(float[] in, int at, float[] e, float[] out, int outAt, int count) {
    for (int i = 0; i < count; i += LANES) {
      VectorMath.erf(load(in, at + i), load(e, i)).intoArray(out, outAt + i);
    }
  }
}
