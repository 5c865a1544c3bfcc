package maia.numerics;

/// Inner loops that exist twice, with and without the Vector API, and give the same bits.
interface Kernels {
  /// The fastest that this JVM has: vectors where the module `jdk.incubator.vector` was added.
  Kernels BEST = best();

  /// The register tile of matrix products, or null where packing does not pay.
  @org.jspecify.annotations.Nullable
  Tile tile();

  private static Kernels best() {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
        && VectorKernels.isUsable()) {
      return new VectorKernels();
    }
    return new ScalarKernels();
  }
}
