package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;

import java.util.Set;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.Tile;
import maia.machine.Machine;
import maia.numerics.BlockFormat;
import maia.numerics.DType;

/// [Linear] with 4-bit weights and 16-bit activations: `x` [M,K] in BF16, `w` [N,K] in an MX float
/// format or NVFP4, with blocks along k. The vector unit widens the weights to BF16, the tensor
/// unit multiplies in BF16.
///
/// An element times its scale is exact in BF16 (of NVFP4, a product of 2 and 4 significant bits)
/// unless it overflows or is subnormal there, so a sum is the one of exact weights: one chain of
/// fused multiply-adds in ascending k in binary32, times the tensor scale of NVFP4, then what
/// follows in [Linear].
public final class LinearW4A16 {
  /// Metas: `W`, the format of `w` (MXFP4); `Y`, the result's type; `BIAS`, `SCALE`, `OUT_SCALE`,
  /// `ACT` as in [Linear]; `BM`, `BN`; `BK`, a multiple of the block; `STAGES`. Arguments as in
  /// [Linear]. Grid: row blocks, column blocks.
  public static final Kernel KERNEL = Kernel.define("linear_w4a16", LinearW4A16::body);

  /// Blocks of weights in a step: each is loaded for itself and takes its own semaphores.
  private static final int MOST_BLOCKS = 4;

  private LinearW4A16() {}

  private static void body(KernelContext k) {
    BlockFormat format = k.meta("W", BlockFormat.MXFP4);
    int bm = k.meta("BM", 128);
    int bn = k.meta("BN", 128);
    int bk = k.meta("BK", 128);
    int stages = k.meta("STAGES", 2);
    DType yType = k.meta("Y", F32);
    k.check(bk % format.block() == 0, "linear_w4a16: BK must be a multiple of " + format.block());
    var x = k.in("x", BF16, 2);
    var w = k.in("w", format, 2);
    var bias = Epilogue.bias(k);
    var y = k.out("y", yType, 2);

    var m = k.programId(0).mul(bm);
    var n = k.programId(1).mul(bn);
    Epilogue epilogue = Epilogue.of(k, bias, n, bn);
    var acc = k.var(k.zeros(F32, bm, bn));
    k.range(0, x.size(1).cdiv(bk))
        .stages(stages)
        .each(step -> {
          for (int at = 0; at < bk; at += format.block()) {
            Tile depth = step.mul(bk).add(at);
            Tile tx = x.block(bm, format.block()).at(m, depth).load();
            var tw = w.block(bn, format.block()).at(n, depth).load();
            Tile wide = tw.elements().to(F32).mul(tw.scales().to(F32)).to(BF16);
            acc.set(k.dot(tx, wide.t(), acc.get()));
          }
        });
    Tile sums = format.tensorScale() ? acc.get().mul(w.tensorScale()) : acc.get();
    y.block(bm, bn).at(m, n).store(epilogue.apply(sums).to(yType));
  }

  /// The kernel for sizes, formats and optional arguments, with blocks chosen for `machine`; the
  /// problem's `x` is BF16, its `w` an MX format or NVFP4, its `y` a scalar type.
  public static KernelLaunch over(
      Blocks.Problem problem, Activation act, Set<Linear.Part> parts, Machine machine) {
    BlockFormat format = (BlockFormat) problem.w();
    // as in a BF16 product: the widened weights stand in tile memory
    Blocks blocks =
        Blocks.choose(
            new Blocks.Problem(problem.m(), problem.n(), problem.k(), BF16, BF16, problem.y()),
            machine);
    Kernel kernel =
        KERNEL
            .with("W", format)
            .with("Y", (DType) problem.y())
            .with("BM", blocks.bm())
            .with("BN", blocks.bn())
            .with("BK", Math.clamp(blocks.bk(), format.block(), MOST_BLOCKS * format.block()));
    return Epilogue.with(kernel, act, parts)
        .grid(cdiv(problem.m(), blocks.bm()), cdiv(problem.n(), blocks.bn()));
  }
}
