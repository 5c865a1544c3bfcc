package maia.lab.cli;

import jdk.incubator.vector.FloatVector;

/// The only class here that names the vector module; load it only where the module is present.
final class VectorWidth {
  private VectorWidth() {}

  static int bits() {
    return FloatVector.SPECIES_PREFERRED.vectorBitSize();
  }
}
