package maia.numerics;

import java.util.Optional;

/// The conversion from codes of a signed format of at most 8 bits to binary32 by moving fields: a
/// code's fields, moved to those of binary32 with the bias made good, are its value `x` where it is
/// normal. Twice that less `step` is the value of a subnormal code, and of a normal one no less
/// than `x`: so the smaller of both is right. (Multiplying by a power of two instead would be right
/// as well, but makes subnormal numbers of binary32 on the way, over which a processor stumbles.)
/// Gives the values of [Conversion#decode].
///
/// @param kind how codes lie in memory
/// @param up how far the fields of exponent and fraction move
/// @param base what is added then
/// @param step twice the value of the moved fields of code 0
/// @param infiniteFrom the smallest code without sign that is not finite
/// @param nanFrom the smallest code without sign that is NaN
record Widen(Kind kind, int up, int base, float step, int infiniteFrom, int nanFrom) {
  /// MXINT8: 64ths.
  static final Widen INTEGER = new Widen(Kind.INTEGER, 0, 0, 0, 0, 0);

  private static final int NEVER = 1 << 8;

  /// How codes lie in memory.
  enum Kind {
    NIBBLES,
    SIXES,
    BYTES,
    INTEGER
  }

  /// The conversion from elements of blocks of this type, where there is one.
  static Optional<Widen> of(DType element) {
    return element == DType.I8
        ? Optional.of(INTEGER)
        : element.format().filter(Widen::covers).map(Widen::of);
  }

  /// Whether the conversion covers `format`.
  static boolean covers(FloatFormat format) {
    boolean packs = format.bits() == 4 || format.bits() == 6 || format.bits() == 8;
    return packs
        && format.signBits() == 1
        && format.specials() != FloatFormat.Specials.NAN_NEGATIVE_ZERO;
  }

  static Widen of(FloatFormat format) {
    int beyond = Conversion.maxFinite(format) + 1;
    boolean isFinite = format.specials() == FloatFormat.Specials.FINITE;
    boolean hasInfinity = format.specials() == FloatFormat.Specials.IEEE;
    return new Widen(
        kind(format.bits()),
        Narrow.FRACTION - format.fractionBits(),
        127 - format.bias() << Narrow.FRACTION,
        Math.scalb(1f, 1 - format.bias()),
        isFinite ? NEVER : beyond,
        isFinite ? NEVER : beyond + (hasInfinity ? 1 : 0));
  }

  private static Kind kind(int bits) {
    return switch (bits) {
      case 4 -> Kind.NIBBLES;
      case 6 -> Kind.SIXES;
      default -> Kind.BYTES;
    };
  }
}
