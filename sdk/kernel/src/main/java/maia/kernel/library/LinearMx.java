package maia.kernel.library;

import static maia.numerics.DType.F32;

import java.util.Set;
import maia.kernel.BlockArrayArg;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.Tile;
import maia.machine.Machine;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;

/// [Linear] on block-format inputs: `x` [M,K] and `w` [N,K] in MX formats, or both in NVFP4, blocks
/// along k. The result is a scalar type, or quantised to an MX format along n by [ScaleRule#FLOOR].
///
/// K that is not a multiple of the block is padded with zeros, which changes no sum. The product of
/// the tensor scales of NVFP4 multiplies the sum before anything else does.
public final class LinearMx {
  /// Metas: `X`, `W`, block formats; `Y`, the result's type, or with `QUANTISE` its block format
  /// `Y_BLOCK`; the others and the arguments as in [Linear].
  public static final Kernel KERNEL = Kernel.define("linear_mx", LinearMx::body);

  private LinearMx() {}

  /// Whether the kernel multiplies these formats as they are.
  public static boolean takes(BlockFormat x, BlockFormat w) {
    return x.block() == w.block()
        && x.scale() == w.scale()
        && x != BlockFormat.MXINT8
        && w != BlockFormat.MXINT8;
  }

  private static void body(KernelContext k) {
    int bm = k.meta("BM", 128);
    int bn = k.meta("BN", 128);
    int bk = k.meta("BK", 128);
    int stages = k.meta("STAGES", 3);
    Lanes lanes = Lanes.of(k);
    var x = k.in("x", k.meta("X", BlockFormat.MXFP4), 2);
    var w = k.in("w", k.meta("W", BlockFormat.MXFP4), 2);
    var bias = Epilogue.bias(k);
    DType yType = k.meta("Y", F32);
    BlockFormat yBlock = k.meta("Y_BLOCK", BlockFormat.MXFP4);
    Output output =
        k.meta("QUANTISE", false) ? quantised(k, yBlock, bm, bn) : plain(k, yType, bm, bn);

    Span rows = Span.of(k, 0, x.size(0), lanes.down(), Span.unit(bm));
    Span columns = Span.of(k, 1, w.size(0), lanes.across(), Span.unit(bn));
    Epilogue epilogue = Epilogue.of(k, bias, columns.start(), bn);
    var acc = k.var(k.zeros(F32, bm, bn));
    k.range(0, x.size(1).cdiv(bk))
        .stages(stages)
        .each(step -> {
          var depth = step.mul(bk);
          var tx = x.block(bm, bk).until(rows.end(), x.size(1)).at(rows.start(), depth).load();
          var tw =
              w.block(bn, bk).until(columns.end(), x.size(1)).at(columns.start(), depth).load();
          acc.set(k.dotScaled(tx, tw.t(), acc.get()));
        });
    output.store(epilogue.apply(scaled(acc.get(), x, w)), rows, columns);
  }

  private static Tile scaled(Tile sums, BlockArrayArg x, BlockArrayArg w) {
    return x.format().tensorScale() && w.format().tensorScale()
        ? sums.mul(x.tensorScale().mul(w.tensorScale()))
        : sums;
  }

  /// Where a finished block goes.
  private interface Output {
    void store(Tile value, Span rows, Span columns);
  }

  private static Output plain(KernelContext k, DType type, int bm, int bn) {
    var y = k.out("y", type, 2);
    return (value, rows, columns) ->
        y.block(bm, bn)
            .until(rows.end(), columns.end())
            .at(rows.start(), columns.start())
            .store(value.to(type));
  }

  private static Output quantised(KernelContext k, BlockFormat format, int bm, int bn) {
    var y = k.out("y", format, 2);
    return (value, rows, columns) -> {
      // columns beyond the matrix must not take part in the last block's largest magnitude
      var inside = columns.start().add(k.arange(bn)).lt(columns.end()).row();
      var clean = inside.where(value, 0f);
      y.block(bm, bn)
          .until(rows.end(), columns.end())
          .at(rows.start(), columns.start())
          .store(k.quantize(clean, format, ScaleRule.FLOOR));
    };
  }

  /// The kernel for sizes, formats and optional arguments, with blocks chosen for `machine`; the
  /// problem's `y` is a scalar type or an MX format.
  public static KernelLaunch over(
      Blocks.Problem problem, Activation act, Set<Linear.Part> parts, Machine machine) {
    Kernel kernel =
        KERNEL.with("X", (BlockFormat) problem.x()).with("W", (BlockFormat) problem.w());
    Kernel typed =
        switch (problem.y()) {
          case DType type -> kernel.with("Y", type);
          case BlockFormat format -> kernel.with("QUANTISE", true).with("Y_BLOCK", format);
        };
    return Layout.choose(problem, machine).launch(Epilogue.with(typed, act, parts));
  }
}
