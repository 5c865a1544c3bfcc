package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.kernel.Kernel.nextPow2;
import static maia.numerics.DType.I32;
import static maia.numerics.DType.I64;
import static maia.numerics.DType.I8;

import maia.kernel.Kernel;
import maia.kernel.KernelLaunch;
import maia.kernel.Tile;
import maia.machine.Machine;
import maia.numerics.DType;

/// `c[i] = a[i] x b[i]` for a batch of integer matrices; of each sum the low bits are kept.
public final class IntegerMatmul {
  /// Columns of the left operand whose sums of I8 stay within 32 bits.
  private static final long DEEPEST = Integer.MAX_VALUE / (128 * 128);

  /// Elements of a block of products.
  private static final int PRODUCTS = 8192;

  /// On the vector processor, in 64 bits: a sum that does not fit stops the run, which only happens
  /// where `OUT` is I64.
  ///
  /// Metas: `A`, `B`, `OUT`, integer types (I32); `BM`, `BN`, `BK`, the block; `STAGES`. Arguments:
  /// `a` [B,M,K], `b` [B,K,N], `c` [B,M,N]. Grid: row blocks, column blocks, B.
  public static final Kernel KERNEL =
      Kernel.define(
          "integer_matmul",
          k -> {
            int bm = k.meta("BM", 16);
            int bn = k.meta("BN", 32);
            int bk = k.meta("BK", 16);
            int stages = k.meta("STAGES", 2);
            DType out = k.meta("OUT", I32);
            var a = k.in("a", k.meta("A", I32), 3);
            var b = k.in("b", k.meta("B", I32), 3);
            var c = k.out("c", out, 3);
            var m = k.programId(0).mul(bm);
            var n = k.programId(1).mul(bn);
            var batch = k.programId(2);
            var acc = k.var(k.zeros(I64, bm, bn));
            k.range(0, a.size(2).cdiv(bk))
                .stages(stages)
                .each(step -> {
                  var depth = step.mul(bk);
                  Tile ta = wide(a.block(bm, bk).at(batch, m, depth).load(), out);
                  Tile tb = wide(b.block(bk, bn).at(batch, depth, n).load(), out);
                  Tile products = ta.unsqueeze(2).mul(tb.unsqueeze(0));
                  acc.set(acc.get().add(LowBits.of(products, out).sum(1)));
                });
            c.block(bm, bn).at(batch, m, n).store(LowBits.of(acc.get(), out).to(out));
          });

  /// As [#KERNEL] for I8 on the tensor unit, whose sums of 32 bits are exact.
  public static final Kernel BYTES =
      Kernel.define(
          "byte_matmul",
          k -> {
            int bm = k.meta("BM", 128);
            int bn = k.meta("BN", 128);
            int bk = k.meta("BK", 64);
            int stages = k.meta("STAGES", 2);
            DType out = k.meta("OUT", I32);
            var a = k.in("a", I8, 3);
            var b = k.in("b", I8, 3);
            var c = k.out("c", out, 3);
            var m = k.programId(0).mul(bm);
            var n = k.programId(1).mul(bn);
            var batch = k.programId(2);
            var acc = k.var(k.zeros(I32, bm, bn));
            k.range(0, a.size(2).cdiv(bk))
                .stages(stages)
                .each(step -> {
                  var depth = step.mul(bk);
                  var ta = a.block(bm, bk).at(batch, m, depth).load();
                  var tb = b.block(bk, bn).at(batch, depth, n).load();
                  acc.set(k.dot(ta, tb, acc.get()));
                });
            Tile sums = acc.get();
            c.block(bm, bn)
                .at(batch, m, n)
                .store(out == I32 ? sums : LowBits.of(sums.to(I64), out).to(out));
          });

  private IntegerMatmul() {}

  /// An operand in 64 bits; bits that do not reach the result are cut, so that products fit.
  private static Tile wide(Tile x, DType out) {
    boolean isWider = x.dtype().bits() > out.bits();
    return isWider ? LowBits.of(x.to(I64), out) : x.to(I64);
  }

  /// The kernel for `batch` products `[m,k] x [k,n]` of types `a` and `b` into `out`.
  public static KernelLaunch over(int batch, Blocks.Problem problem, Machine machine) {
    boolean isBytes =
        problem.x() == I8
            && problem.w() == I8
            && problem.k() <= DEEPEST
            && machine.ttu().depth(I8, I8).isPresent();
    Blocks blocks = isBytes ? ofBytes(problem, machine) : ofVectors(problem);
    Kernel kernel =
        isBytes ? BYTES : KERNEL.with("A", (DType) problem.x()).with("B", (DType) problem.w());
    return blocks
        .apply(kernel.with("OUT", (DType) problem.y()))
        .grid(cdiv(problem.m(), blocks.bm()), cdiv(problem.n(), blocks.bn()), batch);
  }

  /// Sums of 32 bits lie beside the result.
  private static Blocks ofBytes(Blocks.Problem p, Machine machine) {
    return Blocks.choose(new Blocks.Problem(p.m(), p.n(), p.k(), I8, I8, I64), machine);
  }

  private static Blocks ofVectors(Blocks.Problem p) {
    int bm = Math.min(16, nextPow2(p.m()));
    int bn = Math.min(32, nextPow2(p.n()));
    int bk = Math.min(64, nextPow2(p.k()));
    return new Blocks(bm, bn, Math.min(bk, PRODUCTS / (bm * bn)), 2);
  }
}
