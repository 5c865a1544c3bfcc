package maia.kernel.library;

import static maia.numerics.DType.F32;
import static maia.numerics.DType.I32;

import maia.kernel.ArrayArg;
import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.machine.Machine;
import maia.numerics.DType;

/// Cross entropy of rows of logits with class indices, `log(sum(exp(x))) - x[target]`, and its
/// gradient. A row whose target is negative counts nothing: loss and gradient are 0.
///
/// Arithmetic is binary32: one pass finds largest element and sum as it goes, blocks in ascending
/// order.
public final class CrossEntropy {
  /// Metas: `TYPE` of the logits (F32), those of row kernels. Arguments: `x[M,N]`, `target[M]` in
  /// I32, `loss[M]`, `lse[M]` in F32, which the gradient needs.
  public static final Kernel FORWARD =
      Kernel.define(
          "cross_entropy",
          k -> {
            var x = k.in("x", k.meta("TYPE", F32), 2);
            ArrayArg target = k.in("target", I32, 1);
            var loss = k.out("loss", F32, 1);
            var lse = k.out("lse", F32, 1);
            var rows = new RowBlocks(k, x);
            var wanted = rows.loadRows(target);
            var top = k.var(k.full(F32, FlashAttention.LOWEST, rows.rows()));
            var total = k.var(k.zeros(F32, rows.rows()));
            var hit = k.var(k.zeros(F32, rows.rows()));
            rows.each(n -> {
              var v = rows.load(x, n, Double.NEGATIVE_INFINITY);
              var higher = top.get().max(v.amax(1));
              var added = v.sub(higher.col()).exp().sum(1);
              total.set(total.get().mul(top.get().sub(higher).exp()).add(added));
              top.set(higher);
              hit.inc(rows.column(n).eq(wanted.col()).where(v, 0.0).sum(1));
            });
            var all = top.get().add(total.get().log());
            rows.storeRows(loss, wanted.lt(0).where(0.0, all.sub(hit.get())));
            rows.storeRows(lse, all);
          });

  /// The gradient `(softmax(x) - onehot(target)) * dloss`. Metas as [#FORWARD]. Arguments:
  /// `x[M,N]`, `target[M]` in I32, `lse`, `dloss[M]` in F32, `dx[M,N]`.
  public static final Kernel BACKWARD =
      Kernel.define(
          "cross_entropy_dx",
          k -> {
            DType type = k.meta("TYPE", F32);
            var x = k.in("x", type, 2);
            ArrayArg target = k.in("target", I32, 1);
            var lse = k.in("lse", F32, 1);
            var dloss = k.in("dloss", F32, 1);
            var dx = k.out("dx", type, 2);
            var rows = new RowBlocks(k, x);
            var wanted = rows.loadRows(target);
            var g = wanted.lt(0).where(0.0, rows.loadRows(dloss)).col();
            var all = rows.loadRows(lse).col();
            rows.each(n -> {
              var p = rows.load(x, n, Double.NEGATIVE_INFINITY).sub(all).exp();
              var one = rows.column(n).eq(wanted.col()).to(F32);
              rows.store(dx, n, p.sub(one).mul(g));
            });
          });

  private CrossEntropy() {}

  /// [#FORWARD] or [#BACKWARD] for `rows` of `columns` logits of `type`.
  public static KernelLaunch over(
      Kernel kernel, long rows, long columns, DType type, Machine machine) {
    return RowBlocks.over(kernel.with("TYPE", type), rows, columns, 4, machine);
  }
}
