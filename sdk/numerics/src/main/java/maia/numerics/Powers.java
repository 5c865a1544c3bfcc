package maia.numerics;

/// How the bits of a block's largest magnitude become the code of its E8M0 scale: the exponent
/// field after `& mask` and adding `add`, less `less` and not below zero.
///
/// @param mask what counts of the magnitude
/// @param add what is added before the exponent is taken
/// @param less what is taken from the exponent
record Powers(int mask, int add, int less) {
  private static final int BIAS = 127;

  /// The scale of every block is one.
  static final Powers ONE = fixed(BIAS);

  /// A scale of every block.
  static Powers fixed(int code) {
    return new Powers(0, code << Narrow.FRACTION, 0);
  }

  static Powers of(BlockScales scales) {
    return new Powers(Integer.MAX_VALUE, scales.carry(), scales.less());
  }
}
