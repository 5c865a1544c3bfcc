package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.numerics.DType.F32;

import java.util.function.BiConsumer;
import maia.base.Check;
import maia.kernel.ArrayArg;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.Mask;
import maia.kernel.Tile;
import maia.kernel.Var;
import maia.machine.Machine;
import maia.numerics.DType;
import org.jspecify.annotations.Nullable;

/// Attention of many queries, `softmax(cap(q k^T * scale)) v`, in blocks, without ever writing the
/// scores to memory.
///
/// Query `i` of `Sq` stands at key position `i + Sk - Sq`: with fewer queries than keys, the
/// queries are the last ones. Under [See#CAUSAL] a query sees the keys up to its position, with
/// `WINDOW` above 0 only that many of them, itself included. A query that sees no key gives zeros,
/// and minus infinity as its log-sum-exp.
///
/// Rounding points: scores are one chain of fused multiply-adds in ascending channel; scaling,
/// softmax and rescaling are binary32; the weights round to the type of `v`; their sum and the
/// weighted sum are one chain each in ascending key, rescaled between blocks; the result is
/// multiplied with the reciprocal of the sum and rounds once.
public final class FlashAttention {
  /// Metas: `TYPE` of `q`, `k` and `v` (BF16), `OUT` (BF16); `GROUP`, query heads per key-value
  /// head; `D`, the head size, a power of two; `SEE`; `WINDOW`; `CAP` and `LSE`, whether those
  /// arguments exist; `BM` and `BN`, queries and keys of a block; `STAGES`. Arguments in order:
  /// `q[heads, Sq, D]`, `k` and `v[heads / GROUP, Sk, D]`, `o[heads, Sq, D]`, `lse[heads, Sq]` in
  /// F32 if `LSE`, `scale`, `cap` if `CAP`: scores become `cap * tanh(score / cap)`. Grid: blocks
  /// of queries, heads.
  public static final Kernel KERNEL = Kernel.define("flash_attention", FlashAttention::body);

  /// A score that no key reaches.
  static final float LOWEST = -1e30f;

  /// Which keys a query sees.
  public enum See {
    /// Every key.
    ALL,
    /// Those up to its own position.
    CAUSAL,
  }

  private FlashAttention() {}

  private static void body(KernelContext k) {
    int bm = k.meta("BM", 128);
    int d = k.meta("D", 64);
    DType type = k.meta("TYPE", DType.BF16);
    var q = k.in("q", type, 3);
    var key = k.in("k", type, 3);
    var v = k.in("v", type, 3);
    DType outType = k.meta("OUT", DType.BF16);
    var o = k.out("o", outType, 3);
    ArrayArg lse = k.meta("LSE", false) ? k.out("lse", F32, 2) : null;

    Tile head = k.programId(1);
    Tile shared = head.div(k.meta("GROUP", 1));
    Tile m = k.programId(0).mul(bm);
    Tile zero = k.scalar(0);
    var look = new Look(k, bm, m, q.size(1), key.size(1));
    Tile queries = q.block(bm, d).at(head, m, zero).load();
    var sums = new Softmaxed(k, bm, look.bn, d, type, look.factor());
    look.eachBlock((n, isMasked) -> {
      Tile ks = key.block(look.bn, d).at(shared, n, zero).load();
      Tile vs = v.block(look.bn, d).at(shared, n, zero).load();
      Tile s = look.bent(k.dot(queries, ks.t(), k.zeros(F32, bm, look.bn)));
      sums.add(isMasked ? look.seen(n).where(s, Double.NEGATIVE_INFINITY) : s, vs);
    });
    o.block(bm, d).at(head, m, zero).store(sums.result().to(outType));
    if (lse != null) {
      lse.block(bm).at(head, m).store(sums.logSumExp());
    }
  }

  /// Which keys a block of queries looks at, and how scores are scaled.
  private static final class Look {
    private final KernelContext k;
    private final int bm;
    private final int bn;
    private final See see;
    private final int window;
    private final Tile scale;
    private final @Nullable Tile cap;
    private final Tile keys;
    private final Tile first;

    /// @param m the first query
    Look(KernelContext k, int bm, Tile m, Tile queries, Tile keys) {
      this.k = k;
      this.bm = bm;
      this.keys = keys;
      bn = k.meta("BN", 128);
      see = k.meta("SEE", See.ALL);
      window = k.meta("WINDOW", 0);
      k.check(window == 0 || see == See.CAUSAL, "WINDOW needs SEE = CAUSAL");
      scale = k.f32("scale");
      cap = k.meta("CAP", false) ? k.f32("cap") : null;
      first = see == See.ALL ? m : m.add(keys.sub(queries));
    }

    /// The scores: the products themselves, or those under a cap.
    Tile bent(Tile products) {
      return cap == null ? products : products.mul(scale).div(cap).tanh().mul(cap);
    }

    /// What is left to multiply scores with.
    Tile factor() {
      return cap == null ? scale : k.full(F32, 1);
    }

    /// Gives `step` the first key of every block that some query sees; those that every query sees
    /// whole need no mask.
    void eachBlock(BiConsumer<Tile, Boolean> step) {
      int stages = k.meta("STAGES", 2);
      if (see == See.ALL) {
        Tile free = keys.div(bn).mul(bn);
        k.range(0, free, bn).stages(stages).each(n -> step.accept(n, false));
        k.range(free, keys, bn).each(n -> step.accept(n, true));
        return;
      }
      Tile end = first.add(bm).min(keys).max(0);
      if (window > 0) {
        Tile start = first.add(1 - window).max(0).div(bn).mul(bn);
        k.range(start, end, bn).stages(stages).each(n -> step.accept(n, true));
        return;
      }
      Tile free = first.add(1).min(keys).max(0).div(bn).mul(bn);
      k.range(0, free, bn).stages(stages).each(n -> step.accept(n, false));
      k.range(free, end, bn).stages(stages).each(n -> step.accept(n, true));
    }

    /// Which keys of the block from `n` each query sees.
    Mask seen(Tile n) {
      Tile at = n.add(k.arange(bn)).row();
      Mask present = at.lt(keys);
      if (see == See.ALL) {
        return present;
      }
      Tile position = first.add(k.arange(bm)).col();
      Mask before = present.and(at.le(position));
      return window == 0 ? before : before.and(at.gt(position.sub(window)));
    }
  }

  /// Weighted sums under a softmax whose largest score is not known yet.
  ///
  /// Weights are `exp(scale * score - scale * top)`, rounded to the type of the values; their rows
  /// are added up on the tensor unit, by a product with ones, so that the weights which count are
  /// those that were added.
  static final class Softmaxed {
    /// Columns of the product that adds up rows: the least that fills a step of the tensor unit.
    private static final int ONES = 16;

    private final KernelContext k;
    private final Tile scale;
    private final Tile ones;
    private final Var top;
    private final Var total;
    private final Var acc;

    /// @param rows queries
    /// @param keys keys of a block
    /// @param d channels of the values
    /// @param type type of the values
    /// @param scale what scores are multiplied with
    Softmaxed(KernelContext k, int rows, int keys, int d, DType type, Tile scale) {
      this.k = k;
      this.scale = scale;
      ones = k.full(type, 1, keys, ONES);
      top = k.var(k.full(F32, LOWEST, rows));
      total = k.var(k.zeros(F32, rows, ONES));
      acc = k.var(k.zeros(F32, rows, d));
    }

    /// Takes in scores, one row per query and one column per row of `values`; minus infinity hides
    /// a key.
    void add(Tile scores, Tile values) {
      Tile higher = top.get().max(scores.amax(1).mul(scale));
      Tile weights = scores.fma(scale, higher.neg().col()).exp().to(values.dtype());
      Tile shrink = top.get().sub(higher).exp().col();
      total.set(k.dot(weights, ones, total.get().mul(shrink)));
      acc.set(k.dot(weights, values, acc.get().mul(shrink)));
      top.set(higher);
    }

    /// The sums of the weights, the same in every column.
    private Tile all() {
      return total.get().amax(1);
    }

    /// The weighted means; zeros where nothing was seen.
    Tile result() {
      Tile all = all();
      return acc.get().mul(all.eq(0).where(1.0, all).reciprocal().col());
    }

    /// The logarithm of the sum of the exponentials of all scaled scores.
    Tile logSumExp() {
      return top.get().add(all().log());
    }
  }

  /// Sizes of an attention.
  ///
  /// @param heads query heads of all sequences
  /// @param group query heads per key-value head
  /// @param queries positions with a query
  /// @param d head size, a power of two of at least 16
  /// @param type element type of queries, keys and values
  public record Problem(int heads, int group, long queries, int d, DType type) {
    public Problem {
      Check.argument(
          heads > 0 && group > 0 && heads % group == 0 && queries > 0,
          "attention: heads must be a positive multiple of the group and queries positive, were %d heads, group %d,"
              + " %d queries",
          heads,
          group,
          queries);
      Check.argument(
          d >= 16 && Integer.bitCount(d) == 1,
          "attention: the head size must be a power of two of at least 16, was %d; pad the channels with zeros",
          d);
    }
  }

  /// The kernel for `p`, with blocks that fit a tile of `machine`; set `SEE`, `WINDOW`, `CAP`,
  /// `LSE` and `OUT` on `kernel` before.
  public static KernelLaunch over(Kernel kernel, Problem p, Machine machine) {
    int bm = 128;
    int bn = 512;
    while (bytes(bm, bn, p) > machine.tsram().bytes() && bn > 16) {
      bm = Math.max(16, bm > bn / 2 ? bm / 2 : bm);
      bn /= 2;
    }
    bm = Math.min(bm, Math.max(16, Kernel.nextPow2(p.queries)));
    return kernel
        .with("TYPE", p.type)
        .with("GROUP", p.group)
        .with("D", p.d)
        .with("BM", bm)
        .with("BN", bn)
        .grid(cdiv(p.queries, bm), p.heads);
  }

  /// Two blocks of keys and values in flight, queries and result twice, scores and weights.
  private static long bytes(int bm, int bn, Problem p) {
    long operands = p.type.bytes(2L * bm * p.d + 4L * bn * p.d);
    return operands + 8L * bm * p.d + (4 + 4 + 2) * (long) bm * bn;
  }
}
