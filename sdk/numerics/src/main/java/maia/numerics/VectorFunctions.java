package maia.numerics;

import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// [Function] on memory, in loops over stretches that the first cache holds: the argument of the
/// exponential, the exponential ([VectorExp]), the result. The same operations as [Fmath], less
/// those that do nothing in the range in which these loops work: exponentials that are normal
/// numbers. NaN must not pass the exponential: it is either refused or its result replaced.
///
/// Each expression stands in its loop: a helper that C2 has compiled by itself is not always
/// inlined, and takes and returns vectors as objects then (decisions 061 and 070). Vectors of 16
/// elements have fewer loops ([WideVectorLoops]).
final class VectorFunctions {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = FLOATS.length();
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final int STRETCH = VectorExp.STRETCH;
  private static final int SIGN = Integer.MIN_VALUE;

  /// 1 - 2 / (e^x + 1) is 1 from here on.
  private static final float TANH_ONE = 40f;

  static final int ERF_ONE = Float.floatToRawIntBits(Fmath.ERF_ONE);

  /// Exact, and squares of numbers below the root round to less.
  static final float ERF_SMALL_SQUARE = Fmath.ERF_SMALL * Fmath.ERF_SMALL;

  private static final long REST = VectorExp.REST;

  private VectorFunctions() {}

  /// See [MemoryLoops#map].
  static int apply(Function f, MemorySegment x, long at, MemorySegment out, long outAt, int count) {
    MemorySegment steps = Scratch.steps(VectorExp.STEPS);
    for (int done = 0; done < count; done += STRETCH) {
      int size = Math.min(STRETCH, count - done);
      if (!stretch(f, x, at + 4L * done, steps, out, outAt + 4L * done, size)) {
        return done;
      }
    }
    return count;
  }

  private static boolean stretch(
      Function f,
      MemorySegment x,
      long at,
      MemorySegment steps,
      MemorySegment out,
      long outAt,
      int size) {
    switch (f) {
      case EXP -> {
        if (WideVectorLoops.suit() && x.address() + at != out.address() + outAt) {
          return WideVectorLoops.exp(x, at, out, outAt, size);
        }
        if (!VectorExp.of(x, at, steps, size)) {
          return false;
        }
        VectorExp.finish(steps, out, outAt, size);
      }
      case SIGMOID, SILU -> {
        if (!VectorExp.ofNegativeSize(x, at, steps, size)) {
          return false;
        }
        if (WideVectorLoops.suit() && f == Function.SILU) {
          WideVectorLoops.silu(x, at, steps, out, outAt, size);
          return true;
        }
        VectorExp.finish(steps, steps, 0, size);
        if (f == Function.SILU) {
          silu(x, at, steps, out, outAt, size);
        } else {
          sigmoid(x, at, steps, out, outAt, size);
        }
      }
      case TANH -> {
        tanhArguments(x, at, steps, size);
        exponentials(steps, size);
        tanh(x, at, steps, out, outAt, size);
      }
      case GELU -> {
        if (WideVectorLoops.suit()) {
          WideVectorLoops.erfExponents(x, at, steps, size);
          WideVectorLoops.gelu(x, at, steps, out, outAt, size);
          return true;
        }
        erfArguments(x, at, steps, size);
        erfExponents(steps, size);
        VectorExp.finish(steps, steps, 0, size);
        erf(x, at, steps, size);
        gelu(x, at, steps, out, outAt, size);
      }
      case GELU_TANH -> {
        geluArguments(x, at, steps, size);
        exponentials(steps, size);
        geluTanh(x, at, steps, out, outAt, size);
      }
    }
    return true;
  }

  private static void exponentials(MemorySegment steps, int count) {
    VectorExp.ofNegative(steps, count);
    VectorExp.finish(steps, steps, 0, count);
  }

  private static void sigmoid(
      MemorySegment x, long at, MemorySegment steps, MemorySegment out, long outAt, int count) {
    if (x.getClass() != Direct.KIND
        || steps.getClass() != Direct.KIND
        || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      long i = 4L * LANES * v;
      FloatVector e = FloatVector.fromMemorySegment(FLOATS, steps, i, ORDER);
      FloatVector top =
          FloatVector.broadcast(FLOATS, 1f)
              .blend(e, FloatVector.fromMemorySegment(FLOATS, x, at + i, ORDER).compare(LT, 0f));
      top.div(e.add(1f)).intoMemorySegment(out, outAt + i, ORDER);
    }
  }

  private static void silu(
      MemorySegment x, long at, MemorySegment steps, MemorySegment out, long outAt, int count) {
    if (x.getClass() != Direct.KIND
        || steps.getClass() != Direct.KIND
        || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      long i = 4L * LANES * v;
      FloatVector w = FloatVector.fromMemorySegment(FLOATS, x, at + i, ORDER);
      FloatVector e = FloatVector.fromMemorySegment(FLOATS, steps, i, ORDER);
      FloatVector top = FloatVector.broadcast(FLOATS, 1f).blend(e, w.compare(LT, 0f));
      w.mul(top.div(e.add(1f))).intoMemorySegment(out, outAt + i, ORDER);
    }
  }

  /// -2 |x|, as far as it matters.
  private static void tanhArguments(MemorySegment x, long at, MemorySegment steps, int count) {
    if (x.getClass() != Direct.KIND || steps.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      long i = 4L * LANES * v;
      FloatVector w = FloatVector.fromMemorySegment(FLOATS, x, at + i, ORDER);
      FloatVector a = w.reinterpretAsInts().and(~SIGN).reinterpretAsFloats().mul(2f);
      FloatVector d = a.blend(TANH_ONE, a.compare(GT, TANH_ONE));
      d.reinterpretAsInts()
          .lanewise(XOR, SIGN)
          .reinterpretAsFloats()
          .intoMemorySegment(steps, i, ORDER);
    }
  }

  /// tanh(x) with the exponential of twice its size; NaN goes the way of small arguments.
  private static void tanh(
      MemorySegment x, long at, MemorySegment steps, MemorySegment out, long outAt, int count) {
    if (x.getClass() != Direct.KIND
        || steps.getClass() != Direct.KIND
        || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      long i = 4L * LANES * v;
      FloatVector w = FloatVector.fromMemorySegment(FLOATS, x, at + i, ORDER);
      FloatVector e = FloatVector.fromMemorySegment(FLOATS, steps, i, ORDER);
      FloatVector large =
          FloatVector.broadcast(FLOATS, 1f).sub(FloatVector.broadcast(FLOATS, 2f).div(e.add(1f)));
      FloatVector s = w.mul(w);
      FloatVector p =
          FloatVector.broadcast(FLOATS, 0x1.2c83cp-9f)
              .fma(s, FloatVector.broadcast(FLOATS, -0x1.116a16p-7f));
      p = p.fma(s, FloatVector.broadcast(FLOATS, 0x1.64a976p-6f));
      p = p.fma(s, FloatVector.broadcast(FLOATS, -0x1.ba08c4p-5f));
      p = p.fma(s, FloatVector.broadcast(FLOATS, 0x1.1110eap-3f));
      p = p.fma(s, FloatVector.broadcast(FLOATS, -0x1.555556p-2f));
      FloatVector near = p.mul(s).fma(w, w);
      IntVector bits = w.reinterpretAsInts();
      FloatVector size = bits.and(~SIGN).reinterpretAsFloats();
      FloatVector y = near.blend(large, size.compare(GE, Fmath.TANH_SMALL));
      IntVector signed = y.reinterpretAsInts().and(~SIGN).or(bits.and(SIGN));
      signed.reinterpretAsFloats().intoMemorySegment(out, outAt + i, ORDER);
    }
  }

  private static void geluArguments(MemorySegment x, long at, MemorySegment steps, int count) {
    if (x.getClass() != Direct.KIND || steps.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      long i = 4L * LANES * v;
      FloatVector g = FloatVector.fromMemorySegment(FLOATS, x, at + i, ORDER);
      FloatVector w = g.mul(g).mul(g).mul(Function.CUBIC).add(g).mul(Function.ROOT_TWO_OVER_PI);
      FloatVector a = w.reinterpretAsInts().and(~SIGN).reinterpretAsFloats().mul(2f);
      FloatVector d = a.blend(TANH_ONE, a.compare(GT, TANH_ONE));
      d.reinterpretAsInts()
          .lanewise(XOR, SIGN)
          .reinterpretAsFloats()
          .intoMemorySegment(steps, i, ORDER);
    }
  }

  private static void geluTanh(
      MemorySegment x, long at, MemorySegment steps, MemorySegment out, long outAt, int count) {
    if (x.getClass() != Direct.KIND
        || steps.getClass() != Direct.KIND
        || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      long i = 4L * LANES * v;
      FloatVector g = FloatVector.fromMemorySegment(FLOATS, x, at + i, ORDER);
      FloatVector w = g.mul(g).mul(g).mul(Function.CUBIC).add(g).mul(Function.ROOT_TWO_OVER_PI);
      FloatVector e = FloatVector.fromMemorySegment(FLOATS, steps, i, ORDER);
      FloatVector large =
          FloatVector.broadcast(FLOATS, 1f).sub(FloatVector.broadcast(FLOATS, 2f).div(e.add(1f)));
      FloatVector s = w.mul(w);
      FloatVector p =
          FloatVector.broadcast(FLOATS, 0x1.2c83cp-9f)
              .fma(s, FloatVector.broadcast(FLOATS, -0x1.116a16p-7f));
      p = p.fma(s, FloatVector.broadcast(FLOATS, 0x1.64a976p-6f));
      p = p.fma(s, FloatVector.broadcast(FLOATS, -0x1.ba08c4p-5f));
      p = p.fma(s, FloatVector.broadcast(FLOATS, 0x1.1110eap-3f));
      p = p.fma(s, FloatVector.broadcast(FLOATS, -0x1.555556p-2f));
      FloatVector near = p.mul(s).fma(w, w);
      IntVector bits = w.reinterpretAsInts();
      FloatVector size = bits.and(~SIGN).reinterpretAsFloats();
      FloatVector y = near.blend(large, size.compare(GE, Fmath.TANH_SMALL));
      IntVector signed = y.reinterpretAsInts().and(~SIGN).or(bits.and(SIGN));
      g.mul(0.5f)
          .mul(signed.reinterpretAsFloats().add(1f))
          .intoMemorySegment(out, outAt + i, ORDER);
    }
  }

  /// The first steps of the series of -ln(1 - erf), and its argument; NaN becomes a number.
  private static void erfArguments(MemorySegment x, long at, MemorySegment steps, int count) {
    if (x.getClass() != Direct.KIND || steps.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      long i = 4L * LANES * v;
      IntVector bits =
          FloatVector.fromMemorySegment(FLOATS, x, at + i, ORDER)
              .mul(Function.ONE_OVER_ROOT_TWO)
              .reinterpretAsInts();
      FloatVector t = bits.and(~SIGN).min(ERF_ONE).reinterpretAsFloats();
      FloatVector p =
          FloatVector.broadcast(FLOATS, -0x1.4bbb02p-22f)
              .fma(t, FloatVector.broadcast(FLOATS, 0x1.567b72p-18f));
      p = p.fma(t, FloatVector.broadcast(FLOATS, -0x1.295b5p-16f));
      p = p.fma(t, FloatVector.broadcast(FLOATS, -0x1.0a35fap-12f));
      p = p.fma(t, FloatVector.broadcast(FLOATS, 0x1.d8cd92p-9f));
      p = p.fma(t, FloatVector.broadcast(FLOATS, -0x1.87d53p-6f));
      p.intoMemorySegment(steps, i, ORDER);
      t.intoMemorySegment(steps, REST + i, ORDER);
    }
  }

  /// The rest of the series, and what [VectorExp#ofNegative] does with it.
  private static void erfExponents(MemorySegment steps, int count) {
    if (steps.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      long i = 4L * LANES * v;
      FloatVector p = FloatVector.fromMemorySegment(FLOATS, steps, i, ORDER);
      FloatVector a = FloatVector.fromMemorySegment(FLOATS, steps, REST + i, ORDER);
      p = p.fma(a, FloatVector.broadcast(FLOATS, 0x1.b479a6p-4f));
      p = p.fma(a, FloatVector.broadcast(FLOATS, 0x1.451192p-1f));
      p = p.fma(a, FloatVector.broadcast(FLOATS, 0x1.20f3c6p0f));
      FloatVector d = p.mul(a);
      FloatVector t =
          d.fma(
              FloatVector.broadcast(FLOATS, -Fmath.LOG2_E),
              FloatVector.broadcast(FLOATS, Fmath.ROUND));
      FloatVector n = t.sub(Fmath.ROUND);
      FloatVector r = n.fma(FloatVector.broadcast(FLOATS, Fmath.LN2_HIGH), d);
      t.intoMemorySegment(steps, i, ORDER);
      n.fma(FloatVector.broadcast(FLOATS, Fmath.LN2_LOW), r)
          .intoMemorySegment(steps, REST + i, ORDER);
    }
  }

  /// erf of the argument with the exponential in `steps`; NaN goes the way of small arguments.
  private static void erf(MemorySegment x, long at, MemorySegment steps, int count) {
    if (x.getClass() != Direct.KIND || steps.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      long i = 4L * LANES * v;
      FloatVector z =
          FloatVector.fromMemorySegment(FLOATS, x, at + i, ORDER).mul(Function.ONE_OVER_ROOT_TWO);
      FloatVector s = z.mul(z);
      FloatVector p =
          FloatVector.broadcast(FLOATS, 0x1.5d955cp-14f)
              .fma(s, FloatVector.broadcast(FLOATS, -0x1.aa7e38p-11f));
      p = p.fma(s, FloatVector.broadcast(FLOATS, 0x1.54cfb6p-8f));
      p = p.fma(s, FloatVector.broadcast(FLOATS, -0x1.b80f72p-6f));
      p = p.fma(s, FloatVector.broadcast(FLOATS, 0x1.ce2e14p-4f));
      p = p.fma(s, FloatVector.broadcast(FLOATS, -0x1.812744p-2f));
      p = p.fma(s, FloatVector.broadcast(FLOATS, 0x1.06eba8p-3f));
      FloatVector near = p.fma(z, z);
      IntVector large =
          FloatVector.broadcast(FLOATS, 1f)
              .sub(FloatVector.fromMemorySegment(FLOATS, steps, i, ORDER))
              .reinterpretAsInts();
      FloatVector far = large.or(z.reinterpretAsInts().and(SIGN)).reinterpretAsFloats();
      near.blend(far, s.compare(GE, ERF_SMALL_SQUARE)).intoMemorySegment(steps, i, ORDER);
    }
  }

  private static void gelu(
      MemorySegment x, long at, MemorySegment steps, MemorySegment out, long outAt, int count) {
    if (x.getClass() != Direct.KIND
        || steps.getClass() != Direct.KIND
        || out.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    for (int v = 0; v < count / LANES; v++) {
      long i = 4L * LANES * v;
      FloatVector.fromMemorySegment(FLOATS, x, at + i, ORDER)
          .mul(0.5f)
          .mul(FloatVector.fromMemorySegment(FLOATS, steps, i, ORDER).add(1f))
          .intoMemorySegment(out, outAt + i, ORDER);
    }
  }
}
