package maia.kernel.library;

import static maia.numerics.DType.F32;

import maia.base.Check;
import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.kernel.ir.Mapping;
import maia.machine.Machine;
import maia.numerics.DType;

/// `c = act(a x b)` for row-major matrices, masks for ragged sizes, activation fused.
///
/// Metas: `TYPE`, the element type of `a` and `b` (BF16), and `OUT` of `c` (BF16); `BM`, `BN`,
/// `BK`, the largest block; `STAGES`; `ACT`; those of [Lanes]. The grid is two-dimensional: rows
/// and columns are dealt evenly to its programs, at most a block to each. Each output is one chain
/// of fused multiply-adds in ascending k in binary32, then the activation, then one rounding.
public final class Matmul {
  /// Arguments: `a` [M,K], `b` [K,N], `c` [M,N].
  public static final Kernel KERNEL =
      Kernel.define(
          "matmul",
          k -> {
            DType type = k.meta("TYPE", DType.BF16);
            DType outType = k.meta("OUT", DType.BF16);
            int bm = k.meta("BM", 128);
            int bn = k.meta("BN", 128);
            int bk = k.meta("BK", 64);
            int stages = k.meta("STAGES", 3);
            Activation act = k.meta("ACT", Activation.NONE);
            Lanes lanes = Lanes.of(k);
            var a = k.in("a", type, 2);
            var b = k.in("b", type, 2);
            var c = k.out("c", outType, 2);

            Span rows = Span.of(k, 0, a.size(0), lanes.down(), Span.unit(bm));
            Span columns = Span.of(k, 1, b.size(1), lanes.across(), Span.unit(bn));
            var rm = rows.start().add(k.arange(bm)).col();
            var rn = columns.start().add(k.arange(bn)).row();
            var inRows = rm.lt(rows.end());
            var inColumns = rn.lt(columns.end());

            var acc = k.var(k.zeros(F32, bm, bn));
            k.range(0, a.size(1).cdiv(bk))
                .stages(stages)
                .each(step -> {
                  var rk = step.mul(bk).add(k.arange(bk));
                  var inner = rk.lt(a.size(1));
                  var ta = a.at(rm, rk.row()).load(inRows.and(inner.row()));
                  var tb = b.at(rk.col(), rn).load(inColumns.and(inner.col()));
                  acc.set(k.dot(ta, tb, acc.get()));
                });
            c.at(rm, rn).store(act.apply(acc.get()).to(outType), inRows.and(inColumns));
          });

  private Matmul() {}

  /// The kernel for sizes, with blocks chosen for `machine`.
  public static KernelLaunch over(long m, long n, long k, DType type, DType out, Machine machine) {
    return over(new Blocks.Problem(m, n, k, type, type, out), machine, Mapping.Path.AUTO);
  }

  /// The kernel for sizes and plain element types on a path: what the lanes of a cluster share is
  /// staged by the cluster DMA, or loaded by every tile, or as the compiler decides.
  public static KernelLaunch over(Blocks.Problem problem, Machine machine, Mapping.Path path) {
    return Layout.choose(problem, machine, path).launch(kernel(problem, path));
  }

  /// The kernel for the types of a problem, on a path.
  static Kernel kernel(Blocks.Problem problem, Mapping.Path path) {
    Check.argument(
        problem.x() instanceof DType && problem.x().equals(problem.w()),
        "matmul: both operands have the same plain element type, were %s and %s; use LinearMx for block formats",
        problem.x().label(),
        problem.w().label());
    Kernel kernel = KERNEL.with("TYPE", (DType) problem.x()).with("OUT", (DType) problem.y());
    return path == Mapping.Path.AUTO ? kernel : kernel.with("PATH", path);
  }
}
