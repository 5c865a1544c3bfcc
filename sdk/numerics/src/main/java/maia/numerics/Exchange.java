package maia.numerics;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// What turning squares in registers is made of, for vectors of 8 and of 16 lanes: in each of three
/// or four rounds, rows that differ in one bit of their number exchange the lanes that differ in
/// that bit. Whoever turns writes the rounds out: C2 does not inline a shared turn of eight vectors
/// everywhere (decision 049).
final class Exchange {
  /// The preferred shape, as everywhere (decision 072).
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  static final int LANES = SPECIES.length();

  /// Swap lanes that are half a vector apart, and so on; the last is for 16 lanes.
  static final VectorShuffle<Float> BY_HALF = swap(LANES / 2);

  static final VectorShuffle<Float> BY_QUARTER = swap(LANES / 4);
  static final VectorShuffle<Float> BY_EIGHTH = swap(LANES / 8);
  static final VectorShuffle<Float> BY_SIXTEENTH = swap(LANES / 16);

  /// The lanes in which the bit of that distance is set.
  static final VectorMask<Float> UPPER_HALF = upper(LANES / 2);

  static final VectorMask<Float> UPPER_QUARTERS = upper(LANES / 4);
  static final VectorMask<Float> UPPER_EIGHTHS = upper(LANES / 8);
  static final VectorMask<Float> UPPER_SIXTEENTHS = upper(LANES / 16);

  private Exchange() {}

  private static VectorShuffle<Float> swap(int distance) {
    return VectorShuffle.fromOp(SPECIES, i -> i ^ distance);
  }

  private static VectorMask<Float> upper(int distance) {
    long bits = 0;
    for (int i = 0; i < LANES; i++) {
      bits |= (i & distance) == 0 ? 0 : 1L << i;
    }
    return VectorMask.fromLong(SPECIES, bits);
  }

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
