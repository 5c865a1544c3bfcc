package maia.numerics;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Loops on the Vector API. Nothing outside touches this class unless the module is there.
final class VectorKernels implements Kernels {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  /// Whether the width suits the 16 logical lanes.
  static boolean isUsable() {
    return SPECIES.length() >= 4 && SPECIES.length() <= Reduce.LANES;
  }

  @Override
  public Tile tile() {
    return hasManyRegisters() ? new TallVectorTile() : new VectorTile();
  }

  /// AVX-512 and ARM have 32 vector registers, AVX2 has 16.
  private static boolean hasManyRegisters() {
    return SPECIES.length() == Reduce.LANES || System.getProperty("os.arch", "").equals("aarch64");
  }
}
