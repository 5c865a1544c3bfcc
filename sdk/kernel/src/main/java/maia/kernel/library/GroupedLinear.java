package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.I64;

import maia.base.Check;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.machine.Machine;
import maia.numerics.DType;

/// Linear layers of a mixture of experts in one launch: tokens are sorted by expert, and rows
/// `starts[e]` to below `starts[e+1]` go through the weights of expert `e`.
///
/// An expert without tokens does nothing; loads and arithmetic follow the number of tokens that
/// each expert got. Sums as in [Linear]: one chain of fused multiply-adds in ascending k in
/// binary32, the activation, one rounding.
public final class GroupedLinear {
  /// Metas: `TYPE` of `x` and `w` (BF16), `OUT` of `y` (BF16), `ACT`, `BM`, `BN`, `BK`, `STAGES`.
  /// Arguments: `x` `[T,K]`, `w` `[E,N,K]`, `starts` `[E+1]` of I64 from 0 to T, ascending, `y`
  /// `[T,N]`. Grid: row blocks that an expert's tokens are dealt over, column blocks, E.
  public static final Kernel KERNEL = Kernel.define("grouped_linear", GroupedLinear::body);

  private GroupedLinear() {}

  private static void body(KernelContext k) {
    DType type = k.meta("TYPE", DType.BF16);
    DType outType = k.meta("OUT", DType.BF16);
    Activation act = k.meta("ACT", Activation.NONE);
    int bm = k.meta("BM", 64);
    int bn = k.meta("BN", 128);
    int bk = k.meta("BK", 64);
    int stages = k.meta("STAGES", 2);
    var x = k.in("x", type, 2);
    var w = k.in("w", type, 3);
    var starts = k.in("starts", I64, 1);
    var y = k.out("y", outType, 2);

    var expert = k.programId(2);
    var n = k.programId(1).mul(bn);
    var columns = n.add(k.arange(bn)).row();
    var inColumns = columns.lt(w.size(1));
    var first = starts.at(expert).load();
    var end = starts.at(expert.add(1)).load();
    k.range(first.add(k.programId(0).mul(bm)), end, k.numPrograms(0).mul(bm))
        .each(m -> {
          var rows = m.add(k.arange(bm)).col();
          var inRows = rows.lt(end);
          var acc = k.var(k.zeros(F32, bm, bn));
          k.range(0, x.size(1).cdiv(bk))
              .stages(stages)
              .each(step -> {
                var depth = step.mul(bk).add(k.arange(bk));
                var inK = depth.lt(x.size(1)).row();
                var tx = x.at(rows, depth.row()).load(inRows.and(inK));
                var tw = w.at(expert, columns.t(), depth.row()).load(inColumns.t().and(inK));
                acc.set(k.dot(tx, tw.t(), acc.get()));
              });
          y.at(rows, columns).store(act.apply(acc.get()).to(outType), inRows.and(inColumns));
        });
  }

  /// The kernel for `tokens` tokens over `experts` experts of `n` outputs and `k` inputs; an
  /// expert's tokens are dealt over as many row blocks as an even share needs.
  public static KernelLaunch over(
      long tokens, int experts, long n, long k, DType type, DType out, Machine machine) {
    Check.argument(experts > 0, "grouped linear: needs an expert, got %d", experts);
    long share = Math.max(1, Math.ceilDiv(tokens, (long) experts));
    Blocks blocks = Blocks.choose(new Blocks.Problem(share, n, k, type, type, out), machine);
    return KERNEL
        .with("TYPE", type)
        .with("OUT", out)
        .with("BM", blocks.bm())
        .with("BN", blocks.bn())
        .with("BK", blocks.bk())
        .with("STAGES", blocks.stages())
        .grid(cdiv(share, blocks.bm()), cdiv(n, blocks.bn()), experts);
  }
}
