package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.I32;
import static maia.numerics.DType.I64;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import maia.base.Check;
import maia.kernel.ArrayArg;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.Mask;
import maia.kernel.Ptr;
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
  /// head; `D`, the head size, a power of two; `SEE`; `WINDOW`; `CAP`, `LSE` and `RAGGED`, whether
  /// those arguments exist; `BATCHED`, whether the arrays of channels have a dimension of sequences
  /// before that of heads, so that heads may lie between positions; `BM` and `BN`, queries and keys
  /// of a block; `CHAINS`, blocks of queries of a program; `STAGES`.
  ///
  /// Arguments in order: `q[heads, Sq, D]`, `k` and `v[heads / GROUP, Sk, D]`; if `RAGGED`
  /// `query_starts` and `key_starts`, both `[B + 1]` in I32: sequence `b` has the positions from
  /// start `b` to below start `b + 1`; `o[heads, Sq, D]`; `lse[heads, Sq]` in F32 if `LSE`;
  /// `scale`, above 0; `cap` if `CAP`: scores become `cap * tanh(score / cap)`. Grid: blocks of
  /// queries of the longest sequence, heads, and sequences if `RAGGED`.
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
    DType type = k.meta("TYPE", DType.BF16);
    boolean isRagged = k.meta("RAGGED", false);
    int rank = k.meta("BATCHED", false) ? 4 : 3;
    var q = k.in("q", type, rank);
    var key = k.in("k", type, rank);
    var v = k.in("v", type, rank);
    ArrayArg queryStarts = isRagged ? k.in("query_starts", I32, 1) : null;
    ArrayArg keyStarts = isRagged ? k.in("key_starts", I32, 1) : null;
    var o = k.out("o", k.meta("OUT", DType.BF16), rank);
    ArrayArg lse = k.meta("LSE", false) ? k.out("lse", F32, 2) : null;
    Tile scale = k.f32("scale");
    Tile cap = k.meta("CAP", false) ? k.f32("cap") : null;
    var arguments = new Arguments(q, key, v, o, lse, scale, cap);
    if (queryStarts == null || keyStarts == null) {
      var queries = new Span(k.scalar(0), q.size(rank - 2));
      program(k, arguments, queries, new Span(k.scalar(0), key.size(rank - 2)));
    } else {
      Span queries = Span.of(k, queryStarts);
      Span keys = Span.of(k, keyStarts);
      Tile m = k.programId(0).mul((long) k.meta("BM", 128) * k.meta("CHAINS", 1));
      k.when(m.lt(queries.count), () -> program(k, arguments, queries, keys));
    }
  }

  private record Arguments(
      ArrayArg q,
      ArrayArg key,
      ArrayArg v,
      ArrayArg o,
      @Nullable ArrayArg lse,
      Tile scale,
      @Nullable Tile cap) {}

  /// The positions of a sequence: the first, and how many.
  private record Span(Tile first, Tile count) {
    static Span of(KernelContext k, ArrayArg starts) {
      Tile first = starts.at(k.programId(2)).load().to(I64);
      Tile next = starts.at(k.programId(2).add(1)).load().to(I64);
      return new Span(first, next.sub(first));
    }
  }

  /// What a program works on: a block of queries of a head.
  private record Position(Tile block, Tile head) {
    /// A block of later queries sees more keys. Programs are dealt to tiles in turn, so those with
    /// the most keys come first and programs of one length follow each other.
    static Position of(KernelContext k) {
      Tile block = k.programId(0);
      Tile head = k.programId(1);
      if (k.meta("SEE", See.ALL) == See.ALL || k.meta("RAGGED", false)) {
        return new Position(block, head);
      }
      Tile blocks = k.numPrograms(0);
      Tile heads = k.numPrograms(1);
      Tile number = head.mul(blocks).add(block);
      return new Position(blocks.sub(1).sub(number.div(heads)), number.rem(heads));
    }
  }

  private static void program(KernelContext k, Arguments a, Span queries, Span keys) {
    int bm = k.meta("BM", 128);
    int chains = k.meta("CHAINS", 1);
    var place = Position.of(k);
    Tile head = place.head;
    Tile shared = head.div(k.meta("GROUP", 1));
    Tile m = place.block.mul((long) bm * chains);
    Tile channel = k.arange(k.meta("D", 64)).row();
    var look = new Look(k, bm * chains, a, m, queries.count, keys.count);
    List<Chain> all = new ArrayList<>();
    for (int c = 0; c < chains; c++) {
      all.add(new Chain(k, a, look, head, m.add((long) c * bm).add(k.arange(bm)), queries));
    }
    look.eachBlock((n, isMasked) -> {
      Tile j = n.add(k.arange(look.bn));
      Mask exists = j.lt(keys.count).col();
      Tile at = keys.first.add(j).col();
      Tile ks = at(k, a.key, shared, at, channel).load(exists);
      Tile vs = at(k, a.v, shared, at, channel).load(exists);
      Tile zeros = k.zeros(F32, bm, look.bn);
      List<Tile> scores = all.stream().map(c -> k.dot(c.queries, ks.t(), zeros)).toList();
      for (int c = 0; c < chains; c++) {
        all.get(c).add(look.bent(scores.get(c)), vs, n, isMasked);
      }
    });
    all.forEach(Chain::store);
  }

  /// Places of a head, which is counted over all sequences.
  private static Ptr at(KernelContext k, ArrayArg array, Tile head, Tile row, Tile channel) {
    return k.meta("BATCHED", false)
        ? array.at(head.div(array.size(1)), head.rem(array.size(1)), row, channel)
        : array.at(head, row, channel);
  }

  /// A block of queries and its sums. While the vector processor weighs the scores of one, the
  /// tensor unit multiplies for another.
  private static final class Chain {
    private final KernelContext k;
    private final Arguments a;
    private final Look look;
    private final Tile head;
    private final Tile row;
    private final Tile at;
    private final Mask present;
    private final Tile channel;
    private final Softmaxed sums;
    final Tile queries;

    Chain(KernelContext k, Arguments a, Look look, Tile head, Tile row, Span span) {
      this.k = k;
      this.a = a;
      this.look = look;
      this.head = head;
      this.row = row;
      int d = k.meta("D", 64);
      channel = k.arange(d).row();
      present = row.lt(span.count);
      at = span.first.add(row);
      queries = at(k, a.q, head, at.col(), channel).load(present.col());
      int bm = row.shape().getFirst();
      sums = new Softmaxed(k, bm, look.bn, d, a.v.dtype(), look.factor());
    }

    void add(Tile scores, Tile values, Tile n, boolean isMasked) {
      Tile s = isMasked ? look.seen(n, row).where(scores, Double.NEGATIVE_INFINITY) : scores;
      sums.add(s, values);
    }

    void store() {
      Tile result = sums.result().to(a.o.dtype());
      at(k, a.o, head, at.col(), channel).store(result, present.col());
      if (a.lse != null) {
        a.lse.at(head, at).store(sums.logSumExp(), present);
      }
    }
  }

  /// Which keys a block of queries looks at, and how scores are scaled.
  private static final class Look {
    private final KernelContext k;
    private final int rows;
    private final int bn;
    private final See see;
    private final int window;
    private final Tile scale;
    private final @Nullable Tile cap;
    private final Tile keys;
    private final Tile ahead;
    private final Tile first;

    /// @param rows queries of a program
    /// @param m the first of them
    Look(KernelContext k, int rows, Arguments a, Tile m, Tile queries, Tile keys) {
      this.k = k;
      this.rows = rows;
      this.keys = keys;
      bn = k.meta("BN", 128);
      see = k.meta("SEE", See.ALL);
      window = k.meta("WINDOW", 0);
      k.check(window == 0 || see == See.CAUSAL, "WINDOW needs SEE = CAUSAL");
      ahead = see == See.ALL ? keys : keys.sub(queries);
      first = see == See.ALL ? m : m.add(ahead);
      scale = a.scale;
      cap = a.cap;
    }

    /// The scores: the products themselves, or those under a cap.
    Tile bent(Tile products) {
      return cap == null ? products : products.mul(scale).div(cap).tanh().mul(cap);
    }

    /// What is left to multiply scores with.
    Tile factor() {
      return cap == null ? scale : k.full(F32, 1);
    }

    /// Gives `step` the first key of every block that some query sees. Those that every query sees
    /// whole need no mask and have a loop of their own, but for windows and ragged batches.
    void eachBlock(BiConsumer<Tile, Boolean> step) {
      int stages = k.meta("STAGES", 2);
      Tile end = see == See.ALL ? keys : first.add(rows).min(keys).max(0);
      if (window > 0) {
        Tile start = first.add(1 - window).max(0).div(bn).mul(bn);
        k.range(start, end, bn).stages(stages).each(n -> step.accept(n, true));
      } else if (k.meta("RAGGED", false)) {
        k.range(0, end, bn).stages(stages).each(n -> step.accept(n, true));
      } else {
        Tile whole = see == See.ALL ? keys : first.add(1).min(keys).max(0);
        Tile free = whole.div(bn).mul(bn);
        k.range(0, free, bn).stages(stages).each(n -> step.accept(n, false));
        k.range(free, end, bn).stages(stages).each(n -> step.accept(n, true));
      }
    }

    /// Which keys of the block from `n` the queries `row` see.
    Mask seen(Tile n, Tile row) {
      Tile at = n.add(k.arange(bn)).row();
      Mask present = at.lt(keys);
      if (see == See.ALL) {
        return present;
      }
      Tile position = row.add(ahead).col();
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
    Sizes sizes = Sizes.of(p, machine);
    return sizes.apply(kernel, p).grid(cdiv(p.queries, sizes.queries()), p.heads);
  }

  /// As [#over] for a ragged batch of `sequences`; `p.queries` are those of the longest.
  public static KernelLaunch ragged(Kernel kernel, Problem p, int sequences, Machine machine) {
    Sizes sizes = Sizes.of(p, machine);
    return sizes
        .apply(kernel, p)
        .with("RAGGED", true)
        .grid(cdiv(p.queries, sizes.queries()), p.heads, sequences);
  }

  /// Blocks of queries, keys, and how many of the former a program has.
  private record Sizes(int bm, int bn, int chains) {
    private static final List<Sizes> CHOICES =
        List.of(
            new Sizes(128, 256, 2),
            new Sizes(128, 256, 1),
            new Sizes(64, 128, 1),
            new Sizes(32, 64, 1),
            new Sizes(16, 512, 1),
            new Sizes(16, 128, 1),
            new Sizes(16, 32, 1),
            new Sizes(16, 16, 1));

    static Sizes of(Problem p, Machine machine) {
      return CHOICES.stream()
          .filter(s -> s.bytes(p) <= machine.tsram().bytes())
          .filter(s -> s.bm == 16 || s.queries() < 2 * p.queries)
          .findFirst()
          .orElse(CHOICES.getLast());
    }

    int queries() {
      return bm * chains;
    }

    Kernel apply(Kernel kernel, Problem p) {
      return kernel
          .with("TYPE", p.type)
          .with("GROUP", p.group)
          .with("D", p.d)
          .with("BM", bm)
          .with("BN", bn)
          .with("CHAINS", chains);
    }

    /// Two blocks of keys and values in flight, scores twice and weights, all for the blocks that
    /// need a mask and for those that do not; queries and result twice.
    private long bytes(Problem p) {
      long operands = p.type.bytes(2L * queries() * p.d + 8L * bn * p.d);
      return operands + 10L * queries() * p.d + (16 + 4 + 4) * (long) queries() * bn;
    }
  }
}
