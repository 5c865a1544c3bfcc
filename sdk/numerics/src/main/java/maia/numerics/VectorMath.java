package maia.numerics;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/// The functions of [Fmath] on vectors: the same operations in the same order, with blends instead
/// of branches.
final class VectorMath {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int SIGN = Integer.MIN_VALUE;
  private static final int ROUND_BITS = 0x4B400000;

  private VectorMath() {}

  private static FloatVector all(float x) {
    return FloatVector.broadcast(SPECIES, x);
  }

  private static FloatVector step(FloatVector p, FloatVector x, float c) {
    return p.fma(x, all(c));
  }

  private static FloatVector atMost(FloatVector x, float limit) {
    return x.blend(limit, x.compare(GT, limit));
  }

  private static FloatVector atLeast(FloatVector x, float limit) {
    return x.blend(limit, x.compare(LT, limit));
  }

  private static FloatVector withSign(FloatVector size, FloatVector sign) {
    IntVector bits = sign.reinterpretAsInts().and(SIGN);
    return size.reinterpretAsInts().and(~SIGN).or(bits).reinterpretAsFloats();
  }

  private static FloatVector size(FloatVector x) {
    return x.reinterpretAsInts().and(~SIGN).reinterpretAsFloats();
  }

  private static FloatVector negative(FloatVector x) {
    return x.reinterpretAsInts().lanewise(XOR, SIGN).reinterpretAsFloats();
  }

  static FloatVector exp(FloatVector x) {
    FloatVector y = atLeast(atMost(x, 89f), -104f);
    FloatVector t = y.fma(all(Fmath.LOG2_E), all(Fmath.ROUND));
    FloatVector n = t.sub(Fmath.ROUND);
    FloatVector r = n.fma(all(-Fmath.LN2_LOW), n.fma(all(-Fmath.LN2_HIGH), y));
    return scale(expSeries(r), t);
  }

  static FloatVector exp2(FloatVector x) {
    FloatVector y = atLeast(atMost(x, 129f), -151f);
    FloatVector t = y.add(Fmath.ROUND);
    return scale(expSeries(y.sub(t.sub(Fmath.ROUND)).mul(Fmath.LN2)), t);
  }

  private static FloatVector expSeries(FloatVector r) {
    FloatVector p = step(all(0x1.a12652p-13f), r, 0x1.6d44b2p-10f);
    p = step(p, r, 0x1.1110ep-7f);
    p = step(p, r, 0x1.5554e8p-5f);
    p = step(p, r, 0x1.555556p-3f);
    p = step(p, r, 0x1p-1f);
    return p.fma(r.mul(r), r).add(1f);
  }

  private static FloatVector scale(FloatVector p, FloatVector t) {
    IntVector n = t.reinterpretAsInts().sub(ROUND_BITS);
    IntVector half = n.lanewise(ASHR, 1);
    return p.mul(power(half)).mul(power(n.sub(half)));
  }

  private static FloatVector power(IntVector n) {
    return n.add(127).lanewise(LSHL, 23).reinterpretAsFloats();
  }

  static FloatVector log(FloatVector x) {
    IntVector bits = logBits(x);
    FloatVector e = logExponent(x, bits);
    FloatVector f = logFraction(bits);
    FloatVector s = f.mul(f);
    FloatVector y = e.fma(all(Fmath.LN2_LOW), logSeries(f).mul(f.mul(s)));
    FloatVector near = f.add(all(-0.5f).fma(s, y));
    return logSpecial(x, e.fma(all(Fmath.LN2_HIGH), near));
  }

  static FloatVector log2(FloatVector x) {
    IntVector bits = logBits(x);
    FloatVector f = logFraction(bits);
    FloatVector s = f.mul(f);
    FloatVector y = all(-0.5f).fma(s, logSeries(f).mul(f.mul(s)));
    FloatVector low = y.fma(all(Fmath.LOG2_E), f.mul(Fmath.LOG2_E_LOW));
    return logSpecial(x, logExponent(x, bits).add(f.fma(all(Fmath.LOG2_E), low)));
  }

  private static FloatVector logSpecial(FloatVector x, FloatVector result) {
    FloatVector a = result.blend(Float.NEGATIVE_INFINITY, x.compare(EQ, 0f));
    FloatVector b = a.blend(Float.POSITIVE_INFINITY, x.compare(EQ, Float.POSITIVE_INFINITY));
    return b.blend(Float.NaN, x.compare(LT, 0f).or(x.compare(EQ, x).not()));
  }

  private static VectorMask<Float> isSubnormal(FloatVector x) {
    return x.compare(LT, Float.MIN_NORMAL);
  }

  private static IntVector logBits(FloatVector x) {
    FloatVector normal = x.blend(x.mul(0x1p24f), isSubnormal(x));
    return normal.reinterpretAsInts().sub(Fmath.SQRT_HALF);
  }

  /// The exponent as a float: small integers added to the bits of [Fmath#ROUND].
  private static FloatVector logExponent(FloatVector x, IntVector bits) {
    IntVector sum = bits.lanewise(ASHR, 23).add(ROUND_BITS);
    FloatVector e = sum.reinterpretAsFloats().sub(Fmath.ROUND);
    return e.blend(e.sub(24f), isSubnormal(x));
  }

  private static FloatVector logFraction(IntVector bits) {
    return bits.and(0x7fffff).add(Fmath.SQRT_HALF).reinterpretAsFloats().sub(1f);
  }

  private static FloatVector logSeries(FloatVector f) {
    FloatVector p = step(all(0x1.1d8ea6p-4f), f, -0x1.d635bcp-4f);
    p = step(p, f, 0x1.dea282p-4f);
    p = step(p, f, -0x1.fcf4c6p-4f);
    p = step(p, f, 0x1.23d21ap-3f);
    p = step(p, f, -0x1.555b4ap-3f);
    p = step(p, f, 0x1.999d5ap-3f);
    p = step(p, f, -0x1.fffffcp-3f);
    p = step(p, f, 0x1.555554p-2f);
    return p;
  }

  static FloatVector tanhArgument(FloatVector x) {
    return size(x).mul(2f);
  }

  /// tanh(x) with `e` the exponential of [#tanhArgument].
  static FloatVector tanh(FloatVector x, FloatVector e) {
    FloatVector large = all(1f).sub(all(2f).div(e.add(1f)));
    return withSign(large, x).blend(tanhSeries(x), size(x).compare(LT, Fmath.TANH_SMALL));
  }

  private static FloatVector tanhSeries(FloatVector x) {
    FloatVector s = x.mul(x);
    FloatVector p = step(all(0x1.2c83cp-9f), s, -0x1.116a16p-7f);
    p = step(p, s, 0x1.64a976p-6f);
    p = step(p, s, -0x1.ba08c4p-5f);
    p = step(p, s, 0x1.1110eap-3f);
    p = step(p, s, -0x1.555556p-2f);
    return withSign(p.mul(s).fma(x, x), x);
  }

  static FloatVector sigmoidArgument(FloatVector x) {
    return negative(size(x));
  }

  /// 1 / (1 + exp(-x)) with `e` the exponential of [#sigmoidArgument].
  static FloatVector sigmoid(FloatVector x, FloatVector e) {
    FloatVector top = all(1f).blend(e, x.compare(LT, 0f));
    return top.div(e.add(1f));
  }

  static FloatVector erfArgument(FloatVector x) {
    return negative(erfcExponent(size(x)));
  }

  /// erf(x) with `e` the exponential of [#erfArgument].
  static FloatVector erf(FloatVector x, FloatVector e) {
    FloatVector large = all(1f).sub(e);
    return withSign(large, x).blend(erfSeries(x), size(x).compare(LT, Fmath.ERF_SMALL));
  }

  private static FloatVector erfSeries(FloatVector x) {
    FloatVector s = x.mul(x);
    FloatVector p = step(all(0x1.5d955cp-14f), s, -0x1.aa7e38p-11f);
    p = step(p, s, 0x1.54cfb6p-8f);
    p = step(p, s, -0x1.b80f72p-6f);
    p = step(p, s, 0x1.ce2e14p-4f);
    p = step(p, s, -0x1.812744p-2f);
    p = step(p, s, 0x1.06eba8p-3f);
    return p.fma(x, x);
  }

  private static FloatVector erfcExponent(FloatVector a) {
    FloatVector t = atMost(a, Fmath.ERF_ONE);
    FloatVector p = step(all(-0x1.4bbb02p-22f), t, 0x1.567b72p-18f);
    p = step(p, t, -0x1.295b5p-16f);
    p = step(p, t, -0x1.0a35fap-12f);
    p = step(p, t, 0x1.d8cd92p-9f);
    p = step(p, t, -0x1.87d53p-6f);
    p = step(p, t, 0x1.b479a6p-4f);
    p = step(p, t, 0x1.451192p-1f);
    p = step(p, t, 0x1.20f3c6p0f);
    return p.mul(t);
  }
}
