package maia.kernel.library;

import static maia.numerics.DType.F32;
import static maia.numerics.DType.I64;

import maia.kernel.ArrayArg;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.Mask;
import maia.kernel.Tile;
import maia.machine.Machine;
import maia.numerics.DType;

/// Cross entropy of rows of logits with class indices, with what PyTorch adds to it: a class that
/// is ignored, a weight per class, label smoothing.
///
/// A row's loss is `(log(sum(exp(x - max))) - (x[target] - max)) * weight[target]`; smoothed, it is
/// `keep` times that plus `share` times the sum of the same over all classes. Arithmetic is
/// binary32; a target that is no class stops the run.
public final class ClassLoss {
  /// Metas: `TYPE` of the logits (F32); `WEIGHTED`, `SMOOTHED`, whether those arguments exist;
  /// those of row kernels. Arguments: `x[M,N]`, `target[M]` of I64, `weight[N]` of F32 if
  /// `WEIGHTED`, `loss[M]` of F32, `ignore`, and if `SMOOTHED` `keep` and `share`.
  public static final Kernel KERNEL = Kernel.define("class_loss", ClassLoss::body);

  private ClassLoss() {}

  private static void body(KernelContext k) {
    boolean isWeighted = k.meta("WEIGHTED", false);
    boolean isSmoothed = k.meta("SMOOTHED", false);
    var x = k.in("x", k.meta("TYPE", F32), 2);
    ArrayArg target = k.in("target", I64, 1);
    ArrayArg weight = isWeighted ? k.in("weight", F32, 1) : target;
    var loss = k.out("loss", F32, 1);
    Tile ignore = k.i64("ignore");
    var rows = new RowBlocks(k, x);
    Tile wanted = rows.loadRows(target);
    Mask isIgnored = wanted.eq(ignore).or(rows.present().not());
    Mask isClass = wanted.ge(0).and(wanted.lt(x.size(1)));
    k.deviceAssert(isClass.or(isIgnored), "cross entropy: a target is no class");
    Tile safe = isIgnored.where(0, wanted);

    var top = k.var(k.full(F32, FlashAttention.LOWEST, rows.rows()));
    var total = k.var(k.zeros(F32, rows.rows()));
    rows.each(n -> {
      var v = rows.load(x, n, Double.NEGATIVE_INFINITY);
      var higher = top.get().max(v.amax(1));
      var added = v.sub(higher.col()).exp().sum(1);
      total.set(total.get().mul(top.get().sub(higher).exp()).add(added));
      top.set(higher);
    });
    Tile log = total.get().log();
    var hit = k.var(k.zeros(F32, rows.rows()));
    var all = k.var(k.zeros(F32, rows.rows()));
    rows.each(n -> {
      Tile distance = rows.load(x, n, 0).sub(top.get().col());
      hit.inc(rows.column(n).eq(safe.col()).where(distance, 0.0).sum(1));
      if (isSmoothed) {
        Tile each = log.col().sub(distance);
        Tile weighted = isWeighted ? each.mul(rows.loadColumns(weight, n)) : each;
        all.inc(rows.mask(n).where(weighted, 0.0).sum(1));
      }
    });
    Tile own = log.sub(hit.get());
    Tile mine = isWeighted ? own.mul(weight.at(safe).load()) : own;
    Tile result = isSmoothed ? mine.mul(k.f32("keep")).add(all.get().mul(k.f32("share"))) : mine;
    rows.storeRows(loss, isIgnored.where(0.0, result));
  }

  /// The kernel for `rows` of `columns` logits of `type`.
  public static KernelLaunch over(
      long rows, long columns, DType type, boolean weighted, boolean smoothed, Machine machine) {
    return RowBlocks.over(
        KERNEL.with("TYPE", type).with("WEIGHTED", weighted).with("SMOOTHED", smoothed),
        rows,
        columns,
        5,
        machine);
  }
}
