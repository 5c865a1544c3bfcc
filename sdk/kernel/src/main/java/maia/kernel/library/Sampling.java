package maia.kernel.library;

import static maia.kernel.Kernel.nextPow2;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.I64;

import maia.base.Check;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.Tile;

/// Draws one token for each row of logits: temperature, then the `k` likeliest, then those needed
/// to reach a probability of `top_p`, then those of at least `min_p` times the likeliest.
///
/// Probabilities are binary32 over the candidates in descending order, equal logits by position;
/// the running sums are sequential. Row `r` draws number `r` of the stream of `seed`, so a run
/// replays and rows do not depend on each other.
public final class Sampling {
  /// Metas: `BLOCK`, a power of two of at least the vocabulary; `TOPK`, a power of two, the
  /// candidates looked at (64). Arguments: `logits` `[B,V]` of F32, `tokens` `[B]` of I64, `k` the
  /// candidates kept, 1 to `TOPK`, `temperature`, above 0, `top_p` in (0, 1], `min_p` in [0, 1],
  /// `seed`. Grid: B.
  public static final Kernel KERNEL = Kernel.define("sampling", Sampling::body);

  private Sampling() {}

  private static void body(KernelContext k) {
    int block = k.meta("BLOCK", 1024);
    int most = k.meta("TOPK", 64);
    var logits = k.in("logits", F32, 2);
    var tokens = k.out("tokens", I64, 1);
    var kept = k.i64("k");
    var temperature = k.f32("temperature");
    var topP = k.f32("top_p");
    var minP = k.f32("min_p");
    var seed = k.i64("seed");

    var row = k.programId(0);
    var column = k.arange(block);
    var v = logits.at(row, column).load(column.lt(logits.size(1)), Double.NEGATIVE_INFINITY);
    var best = v.topkWithIndex(most);
    var rank = k.arange(most);
    var scaled = best.values().sub(best.values().amax(0)).div(temperature);
    var weight = rank.lt(kept).where(scaled.exp(), 0f);
    var p = weight.div(weight.sum(0));
    var before = p.cumsum(0).sub(p);
    var nucleus = before.lt(topP).and(p.ge(p.amax(0).mul(minP)));
    var share = nucleus.where(p, 0f);
    Tile reached = share.cumsum(0);
    Tile drawn = k.rand(seed, row).mul(share.sum(0));
    // the first candidate whose running sum exceeds what was drawn; the last kept one if rounding
    // leaves none
    var open = reached.le(drawn).and(nucleus);
    Tile chosen = open.to(I64).sum(0).min(nucleus.to(I64).sum(0).sub(1));
    tokens.at(row).store(rank.eq(chosen).where(best.indices(), 0).sum(0));
  }

  /// The kernel for `rows` rows over `vocabulary` tokens, `candidates` of which are looked at.
  public static KernelLaunch over(int rows, int vocabulary, int candidates) {
    int block = nextPow2(vocabulary);
    int most = nextPow2(candidates);
    Check.argument(
        candidates >= 1 && candidates <= vocabulary,
        "sampling: needs 1 to %d candidates, was %d",
        vocabulary,
        candidates);
    return KERNEL.with("BLOCK", block).with("TOPK", Math.min(most, block)).grid(rows);
  }
}
