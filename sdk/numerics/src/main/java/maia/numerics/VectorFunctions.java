package maia.numerics;

import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// [Function] on memory, in loops over stretches that the first cache holds: the argument of the
/// exponential, the exponential, the result. The same operations as [Fmath], less those that do
/// nothing in the range in which these loops work: exponentials that are normal numbers.
///
/// There a product with 2^n adds n to the exponent field. NaN must not pass: it is either refused
/// or its result replaced.
final class VectorFunctions {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();
  private static final int STRETCH = 512;
  private static final int SIGN = Integer.MIN_VALUE;
  private static final int FRACTION = 23;

  /// Exponentials of magnitudes up to this are normal.
  private static final float NORMAL = 86f;

  /// 1 - 2 / (e^x + 1) is 1 from here on.
  private static final float TANH_ONE = 40f;

  private VectorFunctions() {}

  static boolean apply(
      Function f, MemorySegment x, long at, MemorySegment out, long outAt, int count) {
    float[] e = Scratch.floats(Scratch.Slot.FUNCTION, STRETCH);
    for (int done = 0; done < count; done += STRETCH) {
      int size = Math.min(STRETCH, count - done);
      if (!stretch(f, x, at + 4L * done, e, out, outAt + 4L * done, size)) {
        return false;
      }
    }
    return true;
  }

  private static boolean stretch(
      Function f, MemorySegment x, long at, float[] e, MemorySegment out, long outAt, int size) {
    switch (f) {
      case EXP -> {
        if (largest(x, at, size) > NORMAL) {
          return false;
        }
        exponentials(x, at, out, outAt, size);
      }
      case SIGMOID, SILU -> {
        if (largest(x, at, size) > NORMAL) {
          return false;
        }
        negativeSizes(x, at, e, size);
        exponentials(e, size);
        if (f == Function.SILU) {
          silu(x, at, e, out, outAt, size);
        } else {
          sigmoid(x, at, e, out, outAt, size);
        }
      }
      case TANH -> {
        tanhArguments(x, at, e, size);
        exponentials(e, size);
        tanh(x, at, e, out, outAt, size);
      }
      case GELU -> {
        erfArguments(x, at, e, size);
        exponentials(e, size);
        gelu(x, at, e, out, outAt, size);
      }
      case GELU_TANH -> {
        geluArguments(x, at, e, size);
        exponentials(e, size);
        geluTanh(x, at, e, out, outAt, size);
      }
    }
    return true;
  }

  /// The largest magnitude; NaN where there is one.
  private static float largest(MemorySegment x, long at, int count) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    IntVector most = IntVector.zero(INTS);
    for (int i = 0; i < count; i += LANES) {
      most = most.max(load(x, at + 4L * i).reinterpretAsInts().and(~SIGN));
    }
    float size = Float.intBitsToFloat(most.reduceLanes(MAX));
    return size == size ? size : Float.POSITIVE_INFINITY;
  }

  private static void exponentials(
      MemorySegment x, long at, MemorySegment out, long outAt, int count) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int i = 0; i < count; i += LANES) {
      store(exp(load(x, at + 4L * i)), out, outAt + 4L * i);
    }
  }

  private static void exponentials(float[] e, int count) {
    for (int i = 0; i < count; i += LANES) {
      exp(FloatVector.fromArray(FLOATS, e, i)).intoArray(e, i);
    }
  }

  /// e^x where that is a normal number.
  static FloatVector exp(FloatVector x) {
    FloatVector t = x.fma(all(Fmath.LOG2_E), all(Fmath.ROUND));
    FloatVector n = t.sub(Fmath.ROUND);
    FloatVector r = n.fma(all(-Fmath.LN2_LOW), n.fma(all(-Fmath.LN2_HIGH), x));
    FloatVector p = all(0x1.a12652p-13f).fma(r, all(0x1.6d44b2p-10f));
    p = p.fma(r, all(0x1.1110ep-7f));
    p = p.fma(r, all(0x1.5554e8p-5f));
    p = p.fma(r, all(0x1.555556p-3f));
    p = p.fma(r, all(0x1p-1f));
    FloatVector y = p.fma(r.mul(r), r).add(1f);
    IntVector power = t.reinterpretAsInts().lanewise(LSHL, FRACTION);
    return y.reinterpretAsInts().add(power).reinterpretAsFloats();
  }

  private static void negativeSizes(MemorySegment x, long at, float[] e, int count) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int i = 0; i < count; i += LANES) {
      IntVector bits = load(x, at + 4L * i).reinterpretAsInts();
      bits.or(SIGN).reinterpretAsFloats().intoArray(e, i);
    }
  }

  private static void sigmoid(
      MemorySegment x, long at, float[] e, MemorySegment out, long outAt, int count) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int i = 0; i < count; i += LANES) {
      FloatVector ex = FloatVector.fromArray(FLOATS, e, i);
      FloatVector top = all(1f).blend(ex, load(x, at + 4L * i).compare(LT, 0f));
      store(top.div(ex.add(1f)), out, outAt + 4L * i);
    }
  }

  private static void silu(
      MemorySegment x, long at, float[] e, MemorySegment out, long outAt, int count) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x, at + 4L * i);
      FloatVector ex = FloatVector.fromArray(FLOATS, e, i);
      FloatVector top = all(1f).blend(ex, v.compare(LT, 0f));
      store(v.mul(top.div(ex.add(1f))), out, outAt + 4L * i);
    }
  }

  private static void tanhArguments(MemorySegment x, long at, float[] e, int count) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int i = 0; i < count; i += LANES) {
      tanhArgument(load(x, at + 4L * i)).intoArray(e, i);
    }
  }

  private static FloatVector tanhArgument(FloatVector x) {
    FloatVector a = x.reinterpretAsInts().and(~SIGN).reinterpretAsFloats().mul(2f);
    return a.blend(TANH_ONE, a.compare(GT, TANH_ONE));
  }

  private static void tanh(
      MemorySegment x, long at, float[] e, MemorySegment out, long outAt, int count) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int i = 0; i < count; i += LANES) {
      FloatVector ex = FloatVector.fromArray(FLOATS, e, i);
      store(tanh(load(x, at + 4L * i), ex), out, outAt + 4L * i);
    }
  }

  /// tanh(x) with the exponential of twice its size; NaN goes the way of small arguments.
  private static FloatVector tanh(FloatVector x, FloatVector ex) {
    FloatVector large = all(1f).sub(all(2f).div(ex.add(1f)));
    FloatVector s = x.mul(x);
    FloatVector p = all(0x1.2c83cp-9f).fma(s, all(-0x1.116a16p-7f));
    p = p.fma(s, all(0x1.64a976p-6f));
    p = p.fma(s, all(-0x1.ba08c4p-5f));
    p = p.fma(s, all(0x1.1110eap-3f));
    p = p.fma(s, all(-0x1.555556p-2f));
    FloatVector near = p.mul(s).fma(x, x);
    IntVector bits = x.reinterpretAsInts();
    FloatVector size = bits.and(~SIGN).reinterpretAsFloats();
    FloatVector y = near.blend(large, size.compare(GE, Fmath.TANH_SMALL));
    return y.reinterpretAsInts().and(~SIGN).or(bits.and(SIGN)).reinterpretAsFloats();
  }

  private static void geluArguments(MemorySegment x, long at, float[] e, int count) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int i = 0; i < count; i += LANES) {
      tanhArgument(geluInner(load(x, at + 4L * i))).intoArray(e, i);
    }
  }

  private static FloatVector geluInner(FloatVector x) {
    return x.mul(x).mul(x).mul(Function.CUBIC).add(x).mul(Function.ROOT_TWO_OVER_PI);
  }

  private static void geluTanh(
      MemorySegment x, long at, float[] e, MemorySegment out, long outAt, int count) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x, at + 4L * i);
      FloatVector t = tanh(geluInner(v), FloatVector.fromArray(FLOATS, e, i));
      store(v.mul(0.5f).mul(t.add(1f)), out, outAt + 4L * i);
    }
  }

  private static void erfArguments(MemorySegment x, long at, float[] e, int count) {
    if (x.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int i = 0; i < count; i += LANES) {
      FloatVector z = load(x, at + 4L * i).mul(Function.ONE_OVER_ROOT_TWO);
      FloatVector a = z.reinterpretAsInts().and(~SIGN).reinterpretAsFloats();
      FloatVector t = a.blend(Fmath.ERF_ONE, a.compare(GT, Fmath.ERF_ONE));
      FloatVector p = all(-0x1.4bbb02p-22f).fma(t, all(0x1.567b72p-18f));
      p = p.fma(t, all(-0x1.295b5p-16f));
      p = p.fma(t, all(-0x1.0a35fap-12f));
      p = p.fma(t, all(0x1.d8cd92p-9f));
      p = p.fma(t, all(-0x1.87d53p-6f));
      p = p.fma(t, all(0x1.b479a6p-4f));
      p = p.fma(t, all(0x1.451192p-1f));
      p = p.fma(t, all(0x1.20f3c6p0f));
      p.mul(t).reinterpretAsInts().lanewise(XOR, SIGN).reinterpretAsFloats().intoArray(e, i);
    }
  }

  /// NaN goes the way of small arguments.
  private static void gelu(
      MemorySegment x, long at, float[] e, MemorySegment out, long outAt, int count) {
    if (x.getClass() != Direct.KIND || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x, at + 4L * i);
      FloatVector z = v.mul(Function.ONE_OVER_ROOT_TWO);
      FloatVector s = z.mul(z);
      FloatVector p = all(0x1.5d955cp-14f).fma(s, all(-0x1.aa7e38p-11f));
      p = p.fma(s, all(0x1.54cfb6p-8f));
      p = p.fma(s, all(-0x1.b80f72p-6f));
      p = p.fma(s, all(0x1.ce2e14p-4f));
      p = p.fma(s, all(-0x1.812744p-2f));
      p = p.fma(s, all(0x1.06eba8p-3f));
      FloatVector near = p.fma(z, z);
      IntVector bits = z.reinterpretAsInts();
      FloatVector large = all(1f).sub(FloatVector.fromArray(FLOATS, e, i));
      FloatVector far = large.reinterpretAsInts().or(bits.and(SIGN)).reinterpretAsFloats();
      FloatVector size = bits.and(~SIGN).reinterpretAsFloats();
      FloatVector y = near.blend(far, size.compare(GE, Fmath.ERF_SMALL));
      store(v.mul(0.5f).mul(y.add(1f)), out, outAt + 4L * i);
    }
  }

  private static FloatVector all(float x) {
    return FloatVector.broadcast(FLOATS, x);
  }

  private static FloatVector load(MemorySegment x, long at) {
    return FloatVector.fromMemorySegment(FLOATS, x, at, ByteOrder.LITTLE_ENDIAN);
  }

  private static void store(FloatVector x, MemorySegment to, long at) {
    x.intoMemorySegment(to, at, ByteOrder.LITTLE_ENDIAN);
  }
}
