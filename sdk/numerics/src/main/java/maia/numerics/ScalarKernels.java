package maia.numerics;

import org.jspecify.annotations.Nullable;

/// Plain Java.
final class ScalarKernels implements Kernels {
  @Override
  public @Nullable Tile tile() {
    return null;
  }
}
