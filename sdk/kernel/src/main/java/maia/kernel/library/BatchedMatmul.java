package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.numerics.DType.F32;

import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.machine.Machine;
import maia.numerics.DType;

/// `c[i] = act(a[i] x b[i])` for a batch of row-major matrices, one grid layer per matrix.
///
/// Metas: `TYPE`, the element type of `a` and `b` (BF16), and `OUT` of `c` (BF16); `BM`, `BN`,
/// `BK`, the block; `STAGES`; `ACT`. Each output is one chain of fused multiply-adds in ascending k
/// in binary32, then the activation, then one rounding.
public final class BatchedMatmul {
  /// Arguments: `a` [B,M,K], `b` [B,K,N], `c` [B,M,N]. Grid: row blocks, column blocks, B.
  public static final Kernel KERNEL =
      Kernel.define(
          "batched_matmul",
          k -> {
            DType type = k.meta("TYPE", DType.BF16);
            DType outType = k.meta("OUT", DType.BF16);
            int bm = k.meta("BM", 128);
            int bn = k.meta("BN", 128);
            int bk = k.meta("BK", 64);
            int stages = k.meta("STAGES", 2);
            Activation act = k.meta("ACT", Activation.NONE);
            var a = k.in("a", type, 3);
            var b = k.in("b", type, 3);
            var c = k.out("c", outType, 3);

            var m = k.programId(0).mul(bm);
            var n = k.programId(1).mul(bn);
            var batch = k.programId(2);
            var acc = k.var(k.zeros(F32, bm, bn));
            k.range(0, a.size(2).cdiv(bk))
                .stages(stages)
                .each(step -> {
                  var depth = step.mul(bk);
                  var ta = a.block(bm, bk).at(batch, m, depth).load();
                  var tb = b.block(bk, bn).at(batch, depth, n).load();
                  acc.set(k.dot(ta, tb, acc.get()));
                });
            c.block(bm, bn).at(batch, m, n).store(act.apply(acc.get()).to(outType));
          });

  private BatchedMatmul() {}

  /// The kernel for `batch` products `[m,k] x [k,n]`, with blocks chosen for `machine`.
  public static KernelLaunch over(
      int batch, long m, long n, long k, DType type, DType out, Machine machine) {
    Blocks blocks = Blocks.choose(new Blocks.Problem(m, n, k, type, type, out), machine);
    return KERNEL
        .with("TYPE", type)
        .with("OUT", out)
        .with("BM", blocks.bm())
        .with("BN", blocks.bn())
        .with("BK", blocks.bk())
        .with("STAGES", blocks.stages())
        .grid(cdiv(m, blocks.bm()), cdiv(n, blocks.bn()), batch);
  }
}
