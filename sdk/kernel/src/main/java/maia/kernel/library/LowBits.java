package maia.kernel.library;

import maia.kernel.Tile;
import maia.numerics.DType;

/// What is left of an I64 where fewer bits are stored.
public final class LowBits {
  private LowBits() {}

  /// The I64 tile `x` with the values that its low bits have as elements of the integer type
  /// `type`.
  public static Tile of(Tile x, DType type) {
    if (type == DType.I64) {
      return x;
    }
    if (type == DType.U8) {
      return x.and(0xff);
    }
    int unused = Long.SIZE - type.bits();
    return x.shl(unused).shr(unused);
  }
}
