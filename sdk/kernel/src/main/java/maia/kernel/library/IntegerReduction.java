package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.kernel.Kernel.nextPow2;
import static maia.numerics.DType.I64;

import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.kernel.Mask;
import maia.kernel.Tile;
import maia.numerics.DType;

/// [Reduction] of integers and truth values, in 64 bits: a sum that does not fit stops the run.
public final class IntegerReduction {
  /// Metas: `TYPE` (I32), `OUT` (I64), `OP` (SUM, MAX or MIN), `ROWS` and `BLOCK`, sizes of a block
  /// along the axis and along `inner`; `STAGES`. Arguments: `x[outer, axis, inner]`, `y[outer,
  /// inner]`. Grid: blocks of `inner`, `outer`.
  public static final Kernel KERNEL =
      Kernel.define(
          "integer_reduction",
          k -> {
            Reduction.Op op = k.meta("OP", Reduction.Op.SUM);
            int high = k.meta("ROWS", 64);
            int block = k.meta("BLOCK", 64);
            DType out = k.meta("OUT", I64);
            k.check(op != Reduction.Op.MEAN, "integer reduction: OP must be SUM, MAX or MIN");
            var x = k.in("x", k.meta("TYPE", DType.I32), 3);
            var y = k.out("y", out, 2);
            var outer = k.programId(1);
            var i = k.programId(0).mul(block).add(k.arange(block));
            long neutral = neutral(op);
            var acc = k.var(k.zeros(I64, block).add(neutral));
            k.range(0, x.size(1), high)
                .stages(k.meta("STAGES", 2))
                .each(m -> {
                  var a = m.add(k.arange(high)).col();
                  Mask mask = a.lt(x.size(1)).and(i.row().lt(x.size(2)));
                  Tile loaded = x.at(outer, a, i.row()).load(mask).to(I64);
                  Tile v = mask.where(loaded, neutral);
                  acc.set(
                      switch (op) {
                        case SUM, MEAN -> acc.get().add(v.sum(0));
                        case MAX -> acc.get().max(v.amax(0));
                        case MIN -> acc.get().min(v.amin(0));
                      });
                });
            y.at(outer, i).store(acc.get().to(out), i.lt(x.size(2)));
          });

  private IntegerReduction() {}

  private static long neutral(Reduction.Op op) {
    return switch (op) {
      case SUM, MEAN -> 0;
      case MAX -> Long.MIN_VALUE;
      case MIN -> Long.MAX_VALUE;
    };
  }

  /// The kernel for `[outer, axis, inner]` of `type` into `out`.
  public static KernelLaunch over(
      Reduction.Op op, long outer, long axis, long inner, DType type, DType out) {
    int block = Math.min(256, nextPow2(inner));
    return KERNEL
        .with("TYPE", type)
        .with("OUT", out)
        .with("OP", op)
        .with("ROWS", Math.min(nextPow2(axis), Math.max(1, 4096 / block)))
        .with("BLOCK", block)
        .grid(cdiv(inner, block), Math.toIntExact(outer));
  }
}
