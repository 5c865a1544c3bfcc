package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.numerics.DType.F32;

import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;

/// `out = x + y` for vectors of F32.
public final class VectorAdd {
  /// Arguments: `x`, `y`, `out`. Meta `BLOCK`: elements per program.
  public static final Kernel KERNEL =
      Kernel.define(
          "vector_add",
          k -> {
            var x = k.in("x", F32, 1);
            var y = k.in("y", F32, 1);
            var out = k.out("out", F32, 1);
            int block = k.meta("BLOCK", 1024);

            var i = k.programId(0).mul(block).add(k.arange(block));
            var mask = i.lt(x.size(0));
            var sum = x.at(i).load(mask).add(y.at(i).load(mask));
            out.at(i).store(sum, mask);
          });

  private VectorAdd() {}

  /// The kernel on a grid that covers `n` elements.
  public static KernelLaunch over(long n) {
    return KERNEL.grid(cdiv(n, 1024));
  }
}
