package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.MxTile;
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

  /// Bytes that a row of a block of weights should have: HBM gives whole bursts of 64 bytes, of the
  /// scales too, which are fewer by the size of a block.
  private static final int ROW_BYTES = 256;

  private static final int STAGES = 3;
  private static final int LEAST_SIDE = 16;

  private LinearW4A16() {}

  private static void body(KernelContext k) {
    BlockFormat format = k.meta("W", BlockFormat.MXFP4);
    int bm = k.meta("BM", 128);
    int bn = k.meta("BN", 128);
    int bk = k.meta("BK", 128);
    int stages = k.meta("STAGES", STAGES);
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
          Tile depth = step.mul(bk);
          Tile tx = x.block(bm, bk).at(m, depth).load();
          var tw = w.block(bn, bk).at(n, depth).load();
          acc.set(k.dot(tx, wide(tw, bn, bk).t(), acc.get()));
        });
    Tile sums = format.tensorScale() ? acc.get().mul(w.tensorScale()) : acc.get();
    y.block(bm, bn).at(m, n).store(epilogue.apply(sums).to(yType));
  }

  /// Elements times their scales, `rows` x `columns`.
  private static Tile wide(MxTile w, int rows, int columns) {
    int blocks = columns / w.block();
    Tile elements = w.elements().to(F32).reshape(rows, blocks, w.block());
    return elements.mul(w.scales().to(F32).unsqueeze(2)).reshape(rows, columns).to(BF16);
  }

  /// The kernel for sizes, formats and optional arguments, with blocks chosen for `machine`; the
  /// problem's `x` is BF16, its `w` an MX format or NVFP4, its `y` a scalar type.
  public static KernelLaunch over(
      Blocks.Problem problem, Activation act, Set<Linear.Part> parts, Machine machine) {
    Blocks blocks = blocks(problem, machine);
    Kernel kernel = KERNEL.with("W", (BlockFormat) problem.w()).with("Y", (DType) problem.y());
    return Epilogue.with(blocks.apply(kernel), act, parts)
        .grid(cdiv(problem.m(), blocks.bm()), cdiv(problem.n(), blocks.bn()));
  }

  /// The sides of a BF16 product, because that is what is multiplied, or smaller ones beside which
  /// steps of the wanted depth fit.
  private static Blocks blocks(Blocks.Problem p, Machine machine) {
    BlockFormat format = (BlockFormat) p.w();
    int wanted = Integer.highestOneBit(ROW_BYTES * Byte.SIZE / format.element().bits());
    int deepest = Math.max(format.block(), Math.min(wanted, Kernel.nextPow2(p.k())));
    Blocks sides =
        Blocks.choose(new Blocks.Problem(p.m(), p.n(), p.k(), BF16, BF16, p.y()), machine);
    int bm = sides.bm();
    int bn = sides.bn();
    while (Math.max(bm, bn) > LEAST_SIDE) {
      for (Blocks blocks : depths(bm, bn, deepest, Math.max(format.block(), deepest / 2))) {
        if (bytes(blocks, p) <= machine.tsram().bytes()) {
          return blocks;
        }
      }
      if (bm > bn) {
        bm /= 2;
      } else {
        bn /= 2;
      }
    }
    return depths(bm, bn, deepest, format.block()).stream()
        .filter(blocks -> bytes(blocks, p) <= machine.tsram().bytes())
        .findFirst()
        .orElse(new Blocks(LEAST_SIDE, LEAST_SIDE, format.block(), 1));
  }

  /// Blocks of these sides, the deepest and most overlapped first.
  private static List<Blocks> depths(int bm, int bn, int deepest, int least) {
    List<Blocks> all = new ArrayList<>();
    for (int bk = deepest; bk >= least; bk /= 2) {
      for (int stages = STAGES; stages >= 2; stages--) {
        all.add(new Blocks(bm, bn, bk, stages));
      }
    }
    return all;
  }

  /// Bytes of tile memory: operands and widened weights of every stage, sums and results of two
  /// blocks.
  private static long bytes(Blocks b, Blocks.Problem p) {
    long operands = BF16.bytes((long) b.bm() * b.bk()) + p.w().bytes((long) b.bn() * b.bk());
    long wide = BF16.bytes((long) b.bn() * b.bk());
    long area = (long) b.bm() * b.bn();
    return b.stages() * (operands + wide) + 2 * (F32.bytes(area) + p.y().bytes(area));
  }
}
