package maia.runtime.ops;

import maia.kernel.Tile;
import maia.kernel.library.LowBits;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;

/// Conversions and functions of tiles that several families use.
final class Values {
  /// From here on every fp32 number is whole.
  private static final double WHOLE = 0x1p23;

  private Values() {}

  /// `x` in the type of the arithmetic: F32 or I64.
  static Tile wide(Tile x, DType type) {
    return x.dtype() == type ? x : x.to(type);
  }

  /// A result of the arithmetic as elements of `type`: floats round to nearest even and saturate,
  /// integers keep their low bits, for BOOL everything but 0 is true.
  static Tile narrow(Tile x, DType type) {
    if (x.dtype() == type) {
      return x;
    }
    if (type == DType.BOOL || type.isFloat()) {
      return x.to(type);
    }
    return LowBits.of(x, type).to(type);
  }

  /// Elements that are chosen, not computed, as elements of `type`: infinities stay.
  static Tile chosen(Tile x, DType type) {
    return x.dtype() == type
        ? x
        : type.isFloat() ? x.to(type, Rounding.NEAREST_EVEN, Overflow.NON_SATURATE) : x.to(type);
  }

  /// The nearest whole number, ties to even, with the sign of `x`.
  static Tile round(Tile x) {
    Tile magnitude = x.abs();
    Tile whole = magnitude.add(WHOLE).sub(WHOLE);
    return magnitude.lt(WHOLE).where(copySign(whole, x), x);
  }

  /// The magnitude of `x` with the sign of `sign`.
  static Tile copySign(Tile x, Tile sign) {
    Tile bits = x.abs().bitcast(DType.I32);
    return bits.or(sign.bitcast(DType.I32).and(Integer.MIN_VALUE)).bitcast(DType.F32);
  }

  /// e^x - 1, accurate near 0: the rounding of the exponential is divided out (Kahan).
  static Tile expm1(Tile x) {
    Tile u = x.exp();
    Tile less = u.sub(1);
    Tile small = less.eq(0).where(x, less.mul(x).div(u.log()));
    return x.abs().ge(0.5).where(less, small);
  }

  /// log(1 + x), accurate near 0: the rounding of the sum is divided out (Kahan).
  static Tile log1p(Tile x) {
    Tile u = x.add(1);
    Tile less = u.sub(1);
    Tile small = less.eq(0).where(x, u.log().mul(x).div(less));
    return x.abs().ge(0.5).where(u.log(), small);
  }
}
