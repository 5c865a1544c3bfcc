package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.numerics.DType.F32;

import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.machine.Machine;
import maia.numerics.DType;

/// Layer normalisation of the rows of a matrix, `(x - mean) / sqrt(variance + eps) * w + b`, and
/// its gradients.
///
/// Arithmetic is binary32. Sums run over a block of columns in the fixed order of reductions, then
/// over the blocks in ascending order; the variance is taken around the mean, in a pass of its own.
/// Each result rounds once.
public final class LayerNorm {
  private static final int SHARE = 64;

  /// Metas: `TYPE` of `x` and `y` (F32), and those of row kernels: `ROWS`, `BLOCK`, `WHOLE`,
  /// `STAGES`. Arguments: `x[M,N]`, `w[N]`, `b[N]` in F32, `y[M,N]`, `mean[M]`, `rstd[M]` in F32
  /// (one over the standard deviation, which the gradients need), `eps`.
  public static final Kernel FORWARD =
      Kernel.define(
          "layer_norm",
          k -> {
            DType type = k.meta("TYPE", F32);
            var x = k.in("x", type, 2);
            var w = k.in("w", F32, 1);
            var b = k.in("b", F32, 1);
            var y = k.out("y", type, 2);
            var mean = k.out("mean", F32, 1);
            var rstd = k.out("rstd", F32, 1);
            var eps = k.f32("eps");
            var rows = new RowBlocks(k, x);
            var total = k.var(k.zeros(F32, rows.rows()));
            rows.each(n -> total.inc(rows.load(x, n, 0).sum(1)));
            var mu = total.get().div(rows.count());
            var squares = k.var(k.zeros(F32, rows.rows()));
            rows.each(n -> {
              var d = rows.mask(n).where(rows.load(x, n, 0).sub(mu.col()), 0.0);
              squares.inc(d.mul(d).sum(1));
            });
            var rs = squares.get().div(rows.count()).add(eps).rsqrt();
            rows.each(n -> {
              var normal = rows.load(x, n, 0).sub(mu.col()).mul(rs.col());
              rows.store(y, n, normal.mul(rows.loadColumns(w, n)).add(rows.loadColumns(b, n)));
            });
            rows.storeRows(mean, mu);
            rows.storeRows(rstd, rs);
          });

  /// The gradient of `x`. Metas as [#FORWARD]. Arguments: `x`, `dy[M,N]`, `w[N]`, `mean`, `rstd[M]`
  /// in F32, `dx[M,N]`.
  public static final Kernel BACKWARD =
      Kernel.define(
          "layer_norm_dx",
          k -> {
            DType type = k.meta("TYPE", F32);
            var x = k.in("x", type, 2);
            var dy = k.in("dy", type, 2);
            var w = k.in("w", F32, 1);
            var mean = k.in("mean", F32, 1);
            var rstd = k.in("rstd", F32, 1);
            var dx = k.out("dx", type, 2);
            var rows = new RowBlocks(k, x);
            var mu = rows.loadRows(mean).col();
            var rs = rows.loadRows(rstd).col();
            var along = k.var(k.zeros(F32, rows.rows()));
            var plain = k.var(k.zeros(F32, rows.rows()));
            rows.each(n -> {
              var normal = rows.load(x, n, 0).sub(mu).mul(rs);
              var g = rows.load(dy, n, 0).mul(rows.loadColumns(w, n));
              along.inc(normal.mul(g).sum(1));
              plain.inc(g.sum(1));
            });
            var c1 = along.get().div(rows.count()).col();
            var c2 = plain.get().div(rows.count()).col();
            rows.each(n -> {
              var normal = rows.load(x, n, 0).sub(mu).mul(rs);
              var g = rows.load(dy, n, 0).mul(rows.loadColumns(w, n));
              rows.store(dx, n, g.sub(normal.mul(c1).add(c2)).mul(rs));
            });
          });

  /// The gradients of `w` and `b`: each program sums some columns over all rows, block by block in
  /// ascending order. Metas: `TYPE`; `ROWS` and `BLOCK`, rows and columns of a block; `STAGES`.
  /// Arguments: `x`, `dy[M,N]`, `mean`, `rstd[M]`, `dw`, `db[N]` in F32.
  public static final Kernel BACKWARD_WEIGHTS =
      Kernel.define(
          "layer_norm_dw",
          k -> {
            DType type = k.meta("TYPE", F32);
            int high = k.meta("ROWS", SHARE);
            int block = k.meta("BLOCK", SHARE);
            var x = k.in("x", type, 2);
            var dy = k.in("dy", type, 2);
            var mean = k.in("mean", F32, 1);
            var rstd = k.in("rstd", F32, 1);
            var dw = k.out("dw", F32, 1);
            var db = k.out("db", F32, 1);
            var n = k.programId(0).mul(block);
            var sumW = k.var(k.zeros(F32, block));
            var sumB = k.var(k.zeros(F32, block));
            k.range(0, x.size(0), high)
                .stages(k.meta("STAGES", 2))
                .each(m -> {
                  var g = dy.block(high, block).at(m, n).load().to(F32);
                  var mu = mean.block(high).at(m).load().col();
                  var rs = rstd.block(high).at(m).load().col();
                  var normal = x.block(high, block).at(m, n).load().to(F32).sub(mu).mul(rs);
                  sumW.inc(g.mul(normal).sum(0));
                  sumB.inc(g.sum(0));
                });
            dw.block(block).at(n).store(sumW.get());
            db.block(block).at(n).store(sumB.get());
          });

  private LayerNorm() {}

  /// [#FORWARD] for a matrix of `rows` x `columns` of `type`.
  public static KernelLaunch forward(long rows, long columns, DType type, Machine machine) {
    return RowBlocks.over(FORWARD.with("TYPE", type), rows, columns, 4, machine);
  }

  /// [#BACKWARD] for a matrix of `rows` x `columns` of `type`.
  public static KernelLaunch backward(long rows, long columns, DType type, Machine machine) {
    return RowBlocks.over(BACKWARD.with("TYPE", type), rows, columns, 6, machine);
  }

  /// [#BACKWARD_WEIGHTS] for a matrix of `columns` columns of `type`.
  public static KernelLaunch backwardWeights(long columns, DType type) {
    return BACKWARD_WEIGHTS.with("TYPE", type).grid(cdiv(columns, SHARE));
  }
}
