package maia.numerics;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// What turning squares of 8 x 8 in registers is made of: in each of three rounds, rows that differ
/// in one bit of their number exchange the lanes that differ in that bit. Whoever turns writes the
/// rounds out: C2 does not inline a shared turn of eight vectors everywhere (decision 049).
final class Exchange {
  static final VectorSpecies<Float> EIGHT = FloatVector.SPECIES_256;
  static final int LANES = 8;

  /// Swap lanes that are one, two or four apart.
  static final VectorShuffle<Float> ONE = VectorShuffle.fromOp(EIGHT, i -> i ^ 1);

  static final VectorShuffle<Float> TWO = VectorShuffle.fromOp(EIGHT, i -> i ^ 2);
  static final VectorShuffle<Float> FOUR = VectorShuffle.fromOp(EIGHT, i -> i ^ 4);

  /// The lanes in which the bit of that distance is set.
  static final VectorMask<Float> ODD = VectorMask.fromLong(EIGHT, 0xAA);

  static final VectorMask<Float> UPPER_PAIRS = VectorMask.fromLong(EIGHT, 0xCC);
  static final VectorMask<Float> UPPER_HALF = VectorMask.fromLong(EIGHT, 0xF0);

  private Exchange() {}

  /// The row without the bit: its lanes without it, and those of the other row.
  static FloatVector low(
      FloatVector a, FloatVector b, VectorShuffle<Float> swap, VectorMask<Float> upper) {
    return a.blend(b.rearrange(swap), upper);
  }

  /// The row with the bit.
  static FloatVector high(
      FloatVector a, FloatVector b, VectorShuffle<Float> swap, VectorMask<Float> upper) {
    return a.rearrange(swap).blend(b, upper);
  }
}
