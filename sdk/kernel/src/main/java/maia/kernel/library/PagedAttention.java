package maia.kernel.library;

import static maia.kernel.Kernel.cdiv;
import static maia.kernel.Kernel.nextPow2;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.I32;
import static maia.numerics.DType.I64;

import maia.base.Check;
import maia.kernel.ArrayArg;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.KernelLaunch;
import maia.kernel.Tile;
import maia.numerics.DType;

/// Attention of one new query per sequence and head over keys and values that lie in pages, and the
/// kernel that puts new keys and values there.
///
/// A cache is `[pages, heads, PAGE, D]`; position `p` of a sequence lies in page `table[sequence, p
/// / PAGE]` at `p % PAGE`. All query heads that share a key-value head are one block, so a page is
/// loaded once for them. Rounding points are those of [FlashAttention].
public final class PagedAttention {
  /// Smallest side of a product: heads of a group are padded to it.
  private static final int LEAST_ROWS = 16;

  /// Metas: `TYPE` of queries and cache (BF16), `OUT` (BF16), `GROUP`, query heads per key-value
  /// head, `D`, the head size, and `PAGE`, positions of a page, powers of two of at least 16;
  /// `STAGES`. Arguments: `q[B, heads, D]`, `keys` and `values`, the caches, `table[B, most pages]`
  /// and `lengths[B]` in I32, `o[B, heads, D]`, `scale`, above 0. Grid: key-value heads, sequences.
  public static final Kernel DECODE =
      Kernel.define(
          "paged_decode",
          k -> {
            DType type = k.meta("TYPE", DType.BF16);
            DType out = k.meta("OUT", DType.BF16);
            var q = k.in("q", type, 3);
            var cache = Cache.of(k, type);
            var o = k.out("o", out, 3);
            var group = new Group(k, q, cache);
            Tile pages = group.length.cdiv(cache.page);
            var sums = group.attend(k.scalar(0), pages);
            o.at(group.sequence, group.head.col(), group.channel.row())
                .store(sums.result().to(out), group.present.col());
          });

  /// As [#DECODE] for one share of the pages of each sequence; shares may be empty. Metas as there,
  /// without `OUT`. Arguments: `q`, `keys`, `values`, `table`, `lengths`, `part[splits, B, heads,
  /// D]`, `lse[splits, B, heads]` in F32, `scale`. Grid: key-value heads, sequences, splits.
  public static final Kernel SPLIT =
      Kernel.define(
          "paged_decode_split",
          k -> {
            DType type = k.meta("TYPE", DType.BF16);
            var q = k.in("q", type, 3);
            var cache = Cache.of(k, type);
            var part = k.out("part", F32, 4);
            var lse = k.out("lse", F32, 3);
            var group = new Group(k, q, cache);
            Tile split = k.programId(2);
            Tile pages = group.length.cdiv(cache.page);
            Tile share = pages.cdiv(part.size(0));
            Tile first = split.mul(share);
            var sums = group.attend(first, first.add(share).min(pages));
            part.at(split, group.sequence, group.head.col(), group.channel.row())
                .store(sums.result(), group.present.col());
            lse.at(split, group.sequence, group.head).store(sums.logSumExp(), group.present);
          });

  /// Joins the parts of [#SPLIT]: a mean of the parts, weighted with the exponentials of their
  /// log-sum-exps, in ascending order of the splits. Metas: `OUT` (BF16), `D`, `ROWS`, heads of a
  /// block. Arguments: `part[splits, B, heads, D]`, `lse[splits, B, heads]`, `o[B, heads, D]`.
  /// Grid: blocks of heads, sequences.
  public static final Kernel MERGE =
      Kernel.define(
          "paged_decode_merge",
          k -> {
            DType out = k.meta("OUT", DType.BF16);
            int d = k.meta("D", 64);
            int rows = k.meta("ROWS", LEAST_ROWS);
            var part = k.in("part", F32, 4);
            var lse = k.in("lse", F32, 3);
            var o = k.out("o", out, 3);
            var sequence = k.programId(1);
            var head = k.programId(0).mul(rows).add(k.arange(rows));
            var present = head.lt(o.size(1));
            var channel = k.arange(d).row();
            var top = k.var(k.full(F32, FlashAttention.LOWEST, rows));
            var total = k.var(k.zeros(F32, rows));
            var acc = k.var(k.zeros(F32, rows, d));
            k.range(0, part.size(0))
                .stages(2)
                .each(s -> {
                  var l = lse.at(s, sequence, head).load(present);
                  var higher = top.get().max(l);
                  var shrink = top.get().sub(higher).exp();
                  var weight = l.sub(higher).exp();
                  var p = part.at(s, sequence, head.col(), channel).load(present.col());
                  total.set(total.get().mul(shrink).add(weight));
                  acc.set(acc.get().mul(shrink.col()).add(p.mul(weight.col())));
                  top.set(higher);
                });
            var all = total.get();
            var mean = acc.get().div(all.eq(0).where(1.0, all).col());
            o.at(sequence, head.col(), channel).store(mean.to(out), present.col());
          });

  /// Puts new keys or values into a cache, in place. Metas: `TYPE` (BF16), `D`, `PAGE`, `HEADS`, a
  /// power of two of at least the key-value heads. Arguments: `fresh[T, heads, D]`, `slots[T]` in
  /// I32, page times `PAGE` plus position in the page, negative to skip a token, `cache`. Slots of
  /// one launch differ. Grid: tokens.
  public static final Kernel APPEND =
      Kernel.define(
          "paged_append",
          k -> {
            DType type = k.meta("TYPE", DType.BF16);
            int d = k.meta("D", 64);
            int page = k.meta("PAGE", 16);
            int heads = k.meta("HEADS", 8);
            var fresh = k.in("fresh", type, 3);
            var slots = k.in("slots", I32, 1);
            var cache = k.inOut("cache", type, 4);
            var token = k.programId(0);
            var slot = slots.at(token).load().to(I64);
            var head = k.arange(heads);
            var present = head.lt(cache.size(1)).col();
            var channel = k.arange(d).row();
            k.when(
                slot.ge(0),
                () -> {
                  var x = fresh.at(token, head.col(), channel).load(present);
                  cache.at(slot.div(page), head.col(), slot.rem(page), channel).store(x, present);
                });
          });

  private PagedAttention() {}

  /// The arrays of a cache.
  private record Cache(
      ArrayArg keys, ArrayArg values, ArrayArg table, ArrayArg lengths, DType type, int page) {
    static Cache of(KernelContext k, DType type) {
      return new Cache(
          k.in("keys", type, 4),
          k.in("values", type, 4),
          k.in("table", I32, 2),
          k.in("lengths", I32, 1),
          type,
          k.meta("PAGE", 16));
    }
  }

  /// The query heads that share a key-value head.
  private static final class Group {
    private final KernelContext k;
    private final Cache cache;
    private final int d;
    private final int rows;
    private final Tile shared;
    private final Tile scale;
    final Tile sequence;
    final Tile length;
    final Tile head;
    final Tile channel;
    final maia.kernel.Mask present;
    private final Tile queries;

    Group(KernelContext k, ArrayArg q, Cache cache) {
      this.k = k;
      this.cache = cache;
      d = k.meta("D", 64);
      int group = k.meta("GROUP", 1);
      rows = Math.max(LEAST_ROWS, nextPow2(group));
      scale = k.f32("scale");
      shared = k.programId(0);
      sequence = k.programId(1);
      length = cache.lengths.at(sequence).load().to(I64);
      Tile inGroup = k.arange(rows);
      head = shared.mul(group).add(inGroup);
      present = head.lt(shared.mul(group).add(group));
      channel = k.arange(d);
      queries = q.at(sequence, head.col(), channel.row()).load(present.col());
    }

    /// Attends to the pages `from` to below `to` of the sequence.
    FlashAttention.Softmaxed attend(Tile from, Tile to) {
      var sums = new FlashAttention.Softmaxed(k, rows, cache.page, d, cache.type, scale);
      Tile position = k.arange(cache.page);
      k.range(from, to)
          .stages(k.meta("STAGES", 2))
          .each(j -> {
            Tile page = cache.table.at(sequence, j).load().to(I64);
            Tile ks = cache.keys.at(page, shared, position.col(), channel.row()).load();
            Tile vs = cache.values.at(page, shared, position.col(), channel.row()).load();
            Tile s = k.dot(queries, ks.t(), k.zeros(F32, rows, cache.page));
            Tile at = j.mul(cache.page).add(position).row();
            sums.add(at.lt(length).where(s, Double.NEGATIVE_INFINITY), vs);
          });
      return sums;
    }
  }

  /// Sizes of a decode step.
  ///
  /// @param sequences sequences, one query each
  /// @param heads query heads
  /// @param group query heads per key-value head
  /// @param d head size, a power of two of at least 16
  /// @param page positions of a page, a power of two of at least 16
  /// @param type element type of queries and cache
  public record Problem(int sequences, int heads, int group, int d, int page, DType type) {
    public Problem {
      Check.argument(
          sequences > 0 && heads > 0 && group > 0 && heads % group == 0,
          "paged attention: heads must be a positive multiple of the group, were %d sequences, %d heads, group %d",
          sequences,
          heads,
          group);
      Check.argument(
          d >= 16 && Integer.bitCount(d) == 1 && page >= 16 && Integer.bitCount(page) == 1,
          "paged attention: head size and page must be powers of two of at least 16, were %d and %d",
          d,
          page);
    }

    private Kernel apply(Kernel kernel) {
      return kernel.with("TYPE", type).with("GROUP", group).with("D", d).with("PAGE", page);
    }
  }

  /// [#DECODE] for `p`.
  public static KernelLaunch decode(Problem p) {
    return p.apply(DECODE).grid(p.heads / p.group, p.sequences);
  }

  /// [#SPLIT] for `p`, the pages of a sequence in `splits` shares.
  public static KernelLaunch split(Problem p, int splits) {
    return p.apply(SPLIT).grid(p.heads / p.group, p.sequences, splits);
  }

  /// [#MERGE] for `p`.
  public static KernelLaunch merge(Problem p) {
    return MERGE.with("D", p.d).grid(cdiv(p.heads, LEAST_ROWS), p.sequences);
  }

  /// [#APPEND] for `tokens` new positions of the cache of `p`.
  public static KernelLaunch append(Problem p, int tokens) {
    return APPEND
        .with("TYPE", p.type)
        .with("D", p.d)
        .with("PAGE", p.page)
        .with("HEADS", nextPow2(p.heads / p.group))
        .grid(tokens);
  }
}
