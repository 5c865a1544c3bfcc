package maia.kernel.library;

import static maia.numerics.DType.F32;

import maia.kernel.ArrayArg;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.Tile;
import maia.machine.Machine;
import maia.numerics.BlockFormat;
import maia.numerics.DType;

/// Root-mean-square normalisation of the rows of a matrix, `x / sqrt(mean(x^2) + eps) * w`, alone
/// or with the quantisation that follows.
///
/// Arithmetic is binary32. The squares are summed over a block of columns in the fixed order of
/// reductions, then over the blocks in ascending order. Nothing is rounded between the norm and the
/// quantisation.
public final class RmsNorm {
  /// Metas: `TYPE` of `x` and `y` (F32), and those of row kernels: `ROWS`, `BLOCK`, `WHOLE`,
  /// `STAGES`. Arguments: `x[M,N]`, `w[N]` in F32, `y[M,N]`, `eps`.
  public static final Kernel KERNEL =
      Kernel.define(
          "rms_norm",
          k -> {
            DType type = k.meta("TYPE", F32);
            var x = k.in("x", type, 2);
            var w = k.in("w", F32, 1);
            var y = k.out("y", type, 2);
            var norm = new Norm(k, x, w);
            norm.rows.each(n -> norm.rows.store(y, n, norm.at(n)));
          });

  /// Norm and FP8 with a scale per row: `y * scale` is the normalised row, `scale` its largest
  /// magnitude over the largest value of the type, 1 for a row of zeros. Metas: `TYPE` of `x`, `TO`
  /// (FP8_E4M3), those of row kernels. Arguments: `x[M,N]`, `w[N]` in F32, `y[M,N]`, `scale[M]` in
  /// F32, `eps`.
  public static final Kernel TO_FP8 =
      Kernel.define(
          "rms_norm_fp8",
          k -> {
            DType to = k.meta("TO", DType.FP8_E4M3);
            var x = k.in("x", k.meta("TYPE", F32), 2);
            var w = k.in("w", F32, 1);
            var y = k.out("y", to, 2);
            var scale = k.out("scale", F32, 1);
            var norm = new Norm(k, x, w);
            var rows = norm.rows;
            var most = k.var(k.zeros(F32, rows.rows()));
            rows.each(n -> most.set(most.get().max(norm.at(n).abs().amax(1))));
            Tile s = QuantiseRows.scale(most.get(), to);
            rows.each(n -> rows.store(y, n, norm.at(n).div(s.col())));
            rows.storeRows(scale, s);
          });

  /// Norm and a block format along the rows, as [Quantise] does it. Metas: `TYPE` of `x`, `FORMAT`
  /// (MXFP8_E4M3), those of row kernels. Arguments: `x[M,N]`, `w[N]` in F32, `y[M,N]`, `eps`.
  public static final Kernel TO_BLOCKS =
      Kernel.define(
          "rms_norm_blocks",
          k -> {
            BlockFormat format = k.meta("FORMAT", BlockFormat.MXFP8_E4M3);
            var x = k.in("x", k.meta("TYPE", F32), 2);
            var w = k.in("w", F32, 1);
            var y = k.out("y", format, 2);
            var norm = new Norm(k, x, w);
            var m = k.programId(0).mul(norm.rows.rows());
            norm.rows.each(n ->
                y.block(norm.rows.rows(), norm.rows.block())
                    .at(m, n)
                    .store(Quantise.quantised(k, norm.at(n), y)));
          });

  private RmsNorm() {}

  /// The normalised rows of a program.
  private static final class Norm {
    final RowBlocks rows;
    private final ArrayArg x;
    private final ArrayArg w;
    private final Tile rs;

    Norm(KernelContext k, ArrayArg x, ArrayArg w) {
      this.x = x;
      this.w = w;
      Tile eps = k.f32("eps");
      rows = new RowBlocks(k, x);
      var squares = k.var(k.zeros(F32, rows.rows()));
      rows.each(n -> {
        Tile v = rows.load(x, n, 0);
        squares.inc(v.mul(v).sum(1));
      });
      rs = squares.get().div(rows.count()).add(eps).rsqrt().col();
    }

    Tile at(Tile n) {
      return rows.load(x, n, 0).mul(rs).mul(rows.loadColumns(w, n));
    }
  }

  /// `kernel` (one of this class, with its metas) for a matrix of `rows` x `columns`.
  public static KernelLaunch over(Kernel kernel, long rows, long columns, Machine machine) {
    return RowBlocks.over(kernel, rows, columns, 4, machine);
  }
}
