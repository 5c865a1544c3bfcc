import static maia.npl.Npl.CLEAR;
import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.FP8_E4M3;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import maia.kernel.library.FlashAttention;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.npl.Builtin;
import maia.npl.Expr;
import maia.npl.Expr.Operator;
import maia.npl.HbmArray;
import maia.npl.Instr.ReduceOp;
import maia.npl.Lane;
import maia.npl.Lane.BinaryOp;
import maia.npl.Lane.UnaryOp;
import maia.npl.Npl;
import maia.npl.OnChip;
import maia.npl.Operand;
import maia.npl.Program;
import maia.npl.QueueBuilder;
import maia.npl.Sem;
import maia.npl.TileProgram;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.runtime.SimulatedLauncher;
import maia.sim.Launch;
import maia.sim.Options;
import maia.sim.Simulator;
import maia.tensor.Tensor;

// FlashAttention written by hand as queues and semaphores: its values against plain Java, then the rates of long
// sequences, of its variants and of the compiled kernel. Run it with `./maia run examples/FlashByHand.java`.

/// Attention by hand, in the manner of FlashAttention 2: `softmax(q k^T / sqrt(d)) v` without ever
/// writing the scores to memory, on every tile.
///
/// A work item is one block of positions of one key-value head, for all query heads that share it.
/// For each block of keys a tile takes the query heads in turn, and while the vector processor does
/// the softmax of one head, the tensor unit multiplies for the others: `flight` blocks of scores
/// are under way at once. Keys that no query of a block sees are neither loaded nor multiplied.
///
/// @param heads key-value heads
/// @param group query heads per key-value head, more than `flight` and a multiple of it
/// @param sequence positions, a multiple of `rows` and `keys`
/// @param width head size
/// @param rows positions of a block of queries
/// @param keys positions of a block of keys
/// @param type what the tensor unit multiplies
/// @param mask which keys a query sees
/// @param flight blocks of scores under way at once: 1 takes turns, 2 overlaps
/// @param sums where the rows of the weights are added up
record Flash(
    int heads,
    int group,
    int sequence,
    int width,
    int rows,
    int keys,
    DType type,
    Mask mask,
    int flight,
    Sums sums) {
  enum Mask {
    FULL,
    CAUSAL,
  }

  /// Where the row sums of the softmax come from.
  enum Sums {
    /// A product of the weights with a column of ones.
    TENSOR,
    /// A reduction.
    VECTOR,
  }

  /// Largest weight of a row: the middle of the range of FP8 E4M3; it cancels in the division.
  static final float BIAS = 8;

  Flash {
    if (group <= flight || group % flight != 0 || sequence % rows != 0 || sequence % keys != 0) {
      throw new IllegalArgumentException("sizes do not divide");
    }
  }

  /// Blocks of queries.
  int blocks() {
    return sequence / rows;
  }

  /// Floating-point operations of both products, for the scores that count.
  double flops() {
    double seen = mask == Mask.FULL ? 1.0 * sequence * sequence : sequence * (sequence + 1.0) / 2;
    return 4.0 * width * heads * group * seen;
  }

  /// `log2(e) / sqrt(d)`: scores become exponents of two.
  float scale() {
    return (float) (1.4426950408889634 / StrictMath.sqrt(width));
  }

  /// Another head size, block of keys, type, mask, overlap, place of the sums.
  Flash with(int width, int keys, DType type, Mask mask, int flight, Sums sums) {
    return new Flash(heads, group, sequence, width, rows, keys, type, mask, flight, sums);
  }

  Program program() {
    return Npl.program("flash_attention", t -> new Parts(this, t).write());
  }

  /// The parts of the program: arrays, buffers, semaphores, and the four queues that use them.
  static final class Parts {
    private final Flash f;
    private final Expr rows;
    private final Expr width;
    private final TileProgram t;
    private final HbmArray Q;
    private final HbmArray K;
    private final HbmArray V;
    private final HbmArray O;
    private final OnChip q;
    private final OnChip k;
    private final OnChip v;
    private final OnChip s;
    private final OnChip p;
    private final OnChip acc;
    private final OnChip sum;
    private final OnChip shift; // bias - scale * (largest score so far), per row
    private final OnChip top;
    private final OnChip shrink; // what older weights are multiplied with, per row
    private final OnChip added;
    private final OnChip ones;
    private final OnChip out;
    private final Sem[] qFull;
    private final Sem[] qFree;
    private final Sem[] kFull;
    private final Sem[] kFree;
    private final Sem[] vFull;
    private final Sem[] vFree;
    private final Sem[] scored; // TTU -> TVP: a block of scores
    private final Sem[] weighed; // TVP -> TTU: their weights, and the scores may be overwritten
    private final Sem[] used; // TTU -> TVP: the weights may be overwritten
    private final Sem[] summed; // TTU -> TVP: the accumulator of a head holds its sum so far
    private final Sem[] outFull;
    private final Sem[] outFree;
    private final Sem ready;

    Parts(Flash f, TileProgram t) {
      this.f = f;
      this.rows = Expr.of(f.rows);
      this.width = Expr.of(f.width);
      this.t = t;
      long queries = (long) f.heads * f.group * f.sequence;
      long positions = (long) f.heads * f.sequence;
      t.everyTile();
      Q = t.hbm("Q", f.type, queries, f.width);
      K = t.hbm("K", f.type, positions, f.width);
      V = t.hbm("V", f.type, positions, f.width);
      O = t.hbm("O", BF16, queries, f.width);
      q = t.sram("q", f.type, 2, f.group * f.rows, f.width);
      k = t.sram("k", f.type, 2, f.keys, f.width);
      v = t.sram("v", f.type, 2, f.keys, f.width);
      s = t.sram("s", F32, f.flight, f.rows, f.keys);
      p = t.sram("p", f.type, f.flight, f.rows, f.keys);
      acc = t.sram("acc", F32, f.group, f.rows, f.width);
      sum = t.sram("sum", F32, f.group, f.rows, 1);
      shift = t.sram("shift", F32, f.group, f.rows, 1);
      top = t.sram("top", F32, 1, f.rows, 1);
      shrink = t.sram("shrink", F32, 1, f.rows, 1);
      added = t.sram("added", F32, 1, f.rows, 1);
      ones = t.sram("ones", f.type, 1, f.keys, 1);
      out = t.sram("out", BF16, 2, f.rows, f.width);
      qFull = t.sems("qFull", 2, 0);
      qFree = t.sems("qFree", 2, 1);
      kFull = t.sems("kFull", 2, 0);
      kFree = t.sems("kFree", 2, 1);
      vFull = t.sems("vFull", 2, 0);
      vFree = t.sems("vFree", 2, 1);
      scored = t.sems("scored", f.flight, 0);
      weighed = t.sems("weighed", f.flight, 0);
      used = t.sems("used", f.flight, 1);
      summed = t.sems("summed", f.group, 0);
      outFull = t.sems("outFull", 2, 0);
      outFree = t.sems("outFree", 2, 1);
      ready = t.sem("ready", 0);
    }

    void write() {
      load(t.dma(0));
      multiply(t.ttu());
      weigh(t.tvp());
      store(t.dma(1));
    }

    // ---- the work of a tile

    /// A work item of a tile.
    ///
    /// @param program its number
    /// @param round how many the tile did before
    /// @param block its block of queries
    /// @param steps its blocks of keys
    private record Item(Expr program, Expr round, Expr head, Expr block, Expr steps) {}

    private int items() {
      return f.heads * f.blocks();
    }

    /// Work items in an order that gives all tiles the same work: the causal ones are longest
    /// first, and every other round of the tiles runs backwards.
    private Expr order(Expr program) {
      Expr tiles = Expr.reg(Builtin.TILES);
      Expr round = program.div(tiles);
      Expr left = Expr.of(items()).minus(round.times(tiles));
      Expr last = Expr.binary(Operator.MIN, tiles, left).minus(Expr.ONE);
      return program.plus(round.rem(2).times(last.minus(program.rem(tiles).times(2))));
    }

    private Expr block(Expr order) {
      return Expr.of(f.blocks() - 1).minus(order.div(f.heads));
    }

    private void eachItem(QueueBuilder queue, Consumer<Item> body) {
      Expr tiles = Expr.reg(Builtin.TILES);
      queue.repeat(
          Builtin.PROGRAM,
          Expr.reg(Builtin.TILE),
          Expr.of(items()),
          tiles,
          program -> {
            Expr order = queue.set("order", order(program));
            Expr block = queue.set("block", block(order));
            Expr seen = seen(block, Expr.ZERO);
            Expr steps = Expr.binary(Operator.CDIV, seen, Expr.of(f.keys));
            body.accept(new Item(program, program.div(tiles), order.rem(f.heads), block, steps));
          });
    }

    /// Keys from block `j` on that the last query of a block sees.
    private Expr seen(Expr block, Expr j) {
      Expr all = f.mask == Mask.FULL ? Expr.of(f.sequence) : block.plus(1).times(f.rows);
      return f.mask == Mask.FULL ? all : all.minus(j.times(f.keys));
    }

    private Expr query(Item item, int head) {
      return item.head.times(f.group).plus(head).times(f.sequence).plus(item.block.times(f.rows));
    }

    private Operand queries(Expr slot, int head) {
      return q.slot(slot)
          .box(List.of(Expr.of((long) head * f.rows), Expr.ZERO), List.of(f.rows, f.width));
    }

    // ---- queues

    private void load(QueueBuilder dma) {
      Expr n = dma.set("n", Expr.ZERO);
      eachItem(
          dma,
          item -> {
            Expr slot = item.round.rem(2);
            dma.waitFor(qFree[0].at(slot));
            for (int h = 0; h < f.group; h++) {
              dma.copy(Q.at(query(item, h), Expr.ZERO, f.rows, f.width), queries(slot, h));
            }
            dma.signal(qFull[0].at(slot));
            dma.repeat(
                Expr.ZERO,
                item.steps,
                Expr.ONE,
                j -> {
                  Expr x = n.rem(2);
                  Expr seen = dma.set("seen", seen(item.block, j));
                  Expr row = item.head.times(f.sequence).plus(j.times(f.keys));
                  dma.waitFor(kFree[0].at(x))
                      .copy(K.at(row, Expr.ZERO, f.keys, f.width), k.slot(x).limit(seen, width))
                      .signal(kFull[0].at(x))
                      .waitFor(vFree[0].at(x))
                      .copy(V.at(row, Expr.ZERO, f.keys, f.width), v.slot(x).limit(seen, width))
                      .signal(vFull[0].at(x));
                  dma.set("n", n.plus(1));
                });
          });
    }

    /// Weights times values of one head, then the scores of the head `flight` places further on:
    /// they are ready when the vector processor gets there.
    private void multiply(QueueBuilder ttu) {
      Expr n = ttu.set("n", Expr.ZERO);
      if (f.sums == Sums.TENSOR) {
        ttu.waitFor(ready);
      }
      Expr some = Expr.reg(Builtin.TILE).lt(Expr.of((long) f.heads * f.blocks()));
      ttu.when(
          some,
          () -> {
            Expr seen = ttu.set("ahead", seen(block(order(Expr.reg(Builtin.TILE))), Expr.ZERO));
            for (int h = 0; h < f.flight; h++) {
              score(ttu, h, Expr.ZERO, Expr.ZERO, seen, Expr.ONE, Expr.ZERO);
            }
          },
          () -> {});
      eachItem(
          ttu,
          item -> {
            Expr next = item.program.plus(Expr.reg(Builtin.TILES));
            Expr isFinal = Expr.binary(Operator.GE, next, Expr.of(items()));
            Expr nextSeen = ttu.set("nextSeen", seen(block(order(next)), Expr.ZERO));
            ttu.repeat(
                Expr.ZERO,
                item.steps,
                Expr.ONE,
                j -> {
                  Expr seen = ttu.set("seen", seen(item.block, j));
                  Expr last = ttu.set("last", j.plus(1).minus(item.steps).eq(0));
                  Expr ahead =
                      ttu.set(
                          "ahead",
                          last.times(nextSeen)
                              .plus(Expr.ONE.minus(last).times(seen(item.block, j.plus(1)))));
                  for (int h = 0; h < f.group; h++) {
                    add(ttu, h, n.rem(2), seen, j.eq(0));
                    int to = h + f.flight;
                    if (to < f.group) {
                      score(ttu, to, n, item.round, seen, Expr.ZERO, last);
                    } else {
                      Expr round = item.round.plus(last);
                      ttu.when(
                          Expr.binary(Operator.AND, last, isFinal),
                          () -> {},
                          () -> score(ttu, to - f.group, n.plus(1), round, ahead, last, Expr.ZERO));
                    }
                  }
                  ttu.set("n", n.plus(1));
                });
          });
    }

    private void score(
        QueueBuilder ttu, int h, Expr n, Expr round, Expr seen, Expr isFirst, Expr isLast) {
      Expr slot = round.rem(2);
      Expr x = n.rem(2);
      if (h == 0) {
        ttu.when(isFirst, () -> ttu.waitFor(qFull[0].at(slot)), () -> {});
        ttu.waitFor(kFull[0].at(x));
      }
      int at = h % f.flight;
      var ks = k.slot(x).limit(seen, width).transposed();
      ttu.mma(s.slot(at).limit(rows, seen), queries(slot, h), ks, CLEAR).signal(scored[at]);
      if (h == f.group - 1) {
        ttu.signal(kFree[0].at(x));
        ttu.when(isLast, () -> ttu.signal(qFree[0].at(slot)), () -> {});
      }
    }

    private void add(QueueBuilder ttu, int h, Expr x, Expr seen, Expr clear) {
      int at = h % f.flight;
      ttu.waitFor(weighed[at]);
      if (h == 0) {
        ttu.waitFor(vFull[0].at(x));
      }
      var weights = p.slot(at).limit(rows, seen);
      ttu.mma(acc.slot(h), weights, v.slot(x).limit(seen, width), clear);
      if (f.sums == Sums.TENSOR) {
        ttu.mma(sum.slot(h), weights, ones.limit(seen, Expr.ONE), clear);
      }
      ttu.signal(used[at], summed[h]);
      if (h == f.group - 1) {
        ttu.signal(vFree[0].at(x));
      }
    }

    private void weigh(QueueBuilder tvp) {
      if (f.sums == Sums.TENSOR) {
        tvp.map(ones, new Lane.Const(1)).signal(ready);
      }
      eachItem(
          tvp,
          item -> {
            tvp.repeat(
                Expr.ZERO,
                item.steps,
                Expr.ONE,
                j -> {
                  for (int h = 0; h < f.group; h++) {
                    weigh(tvp, item, j, h);
                  }
                });
            for (int h = 0; h < f.group; h++) {
              tvp.waitFor(summed[h]).map(shrink, unary(UnaryOp.RECIPROCAL, in(sum.slot(h))));
              tvp.waitFor(outFree[h % 2])
                  .map(out.slot(h % 2), binary(BinaryOp.MUL, in(acc.slot(h)), in(shrink)))
                  .signal(outFull[h % 2]);
            }
          });
    }

    /// The softmax of one block of scores.
    private void weigh(QueueBuilder tvp, Item item, Expr j, int h) {
      int at = h % f.flight;
      Expr seen = tvp.set("seen", seen(item.block, j));
      Lane plain = in(s.slot(at).limit(rows, seen));
      tvp.waitFor(scored[at]);
      if (f.mask == Mask.FULL) {
        top(tvp, plain);
      } else {
        Expr ahead = j.times(f.keys).minus(item.block.times(f.rows));
        Lane masked = masked(plain, ahead);
        Expr isFree = ahead.plus(f.keys).lt(Expr.of(2));
        tvp.when(isFree, () -> top(tvp, plain), () -> top(tvp, masked));
      }
      Lane here = new Lane.Fma(in(top), new Lane.Const(-f.scale()), new Lane.Const(BIAS));
      Lane lower = binary(BinaryOp.MIN, in(shift.slot(h)), here);
      tvp.when(
          j.eq(0),
          () -> tvp.map(shift.slot(h), here),
          () -> {
            tvp.map(shrink, unary(UnaryOp.EXP2, binary(BinaryOp.SUB, lower, in(shift.slot(h)))))
                .map(shift.slot(h), lower)
                .waitFor(summed[h])
                .map(acc.slot(h), binary(BinaryOp.MUL, in(acc.slot(h)), in(shrink)));
            if (f.sums == Sums.TENSOR) {
              tvp.map(sum.slot(h), binary(BinaryOp.MUL, in(sum.slot(h)), in(shrink)));
            }
          });
      tvp.waitFor(used[at]);
      if (f.mask == Mask.FULL) {
        weights(tvp, plain, seen, h);
      } else {
        Expr ahead = j.times(f.keys).minus(item.block.times(f.rows));
        Lane masked = masked(plain, ahead);
        Expr isFree = ahead.plus(f.keys).lt(Expr.of(2));
        tvp.when(isFree, () -> weights(tvp, plain, seen, h), () -> weights(tvp, masked, seen, h));
      }
      if (f.sums == Sums.VECTOR) {
        Lane weights = in(p.slot(at).limit(rows, seen));
        tvp.reduce(added, ReduceOp.SUM, weights, List.of(f.rows, f.keys), 1);
        tvp.when(
            j.eq(0),
            () -> tvp.map(sum.slot(h), in(added)),
            () -> tvp.map(sum.slot(h), new Lane.Fma(in(sum.slot(h)), in(shrink), in(added))));
      }
      tvp.signal(weighed[at]);
    }

    private void top(QueueBuilder tvp, Lane scores) {
      tvp.reduce(top, ReduceOp.MAX, scores, List.of(f.rows, f.keys), 1);
    }

    private void weights(QueueBuilder tvp, Lane scores, Expr seen, int h) {
      Lane exponent = new Lane.Fma(scores, new Lane.Const(f.scale()), in(shift.slot(h)));
      tvp.map(p.slot(h % f.flight).limit(rows, seen), unary(UnaryOp.EXP2, exponent));
    }

    /// Scores of keys that lie behind their query; `ahead` is first key minus first query.
    private static Lane masked(Lane scores, Expr ahead) {
      Lane key = binary(BinaryOp.ADD, new Lane.Iota(1), new Lane.Index(ahead));
      Lane sees = binary(BinaryOp.LE, key, new Lane.Iota(0));
      return new Lane.Select(sees, scores, new Lane.Const(Float.NEGATIVE_INFINITY));
    }

    private void store(QueueBuilder dma) {
      eachItem(
          dma,
          item -> {
            for (int h = 0; h < f.group; h++) {
              dma.waitFor(outFull[h % 2])
                  .copy(out.slot(h % 2), O.at(query(item, h), Expr.ZERO, f.rows, f.width))
                  .signal(outFree[h % 2]);
            }
          });
    }

    private static Lane in(Operand operand) {
      return new Lane.In(operand.region());
    }

    private static Lane unary(UnaryOp op, Lane x) {
      return new Lane.Unary(op, x);
    }

    private static Lane binary(BinaryOp op, Lane x, Lane y) {
      return new Lane.Binary(op, x, y);
    }
  }
}

// ---- values

/// Attention in double precision.
static double[] attention(Flash f, float[] q, float[] k, float[] v) {
  int d = f.width();
  double[] out = new double[q.length];
  for (int row = 0; row < q.length / d; row++) {
    int first = row / f.sequence() / f.group() * f.sequence();
    int seen = f.mask() == Flash.Mask.FULL ? f.sequence() : row % f.sequence() + 1;
    double total = 0;
    for (int j = first; j < first + seen; j++) {
      double score = 0;
      for (int c = 0; c < d; c++) {
        score += (double) q[row * d + c] * k[j * d + c];
      }
      double weight = StrictMath.exp(score / StrictMath.sqrt(d));
      total += weight;
      for (int c = 0; c < d; c++) {
        out[row * d + c] += weight * v[j * d + c];
      }
    }
    for (int c = 0; c < d; c++) {
      out[row * d + c] /= total;
    }
  }
  return out;
}

static double largestError(Flash.Mask mask, DType type, Machine machine) {
  var f = new Flash(2, 4, 64, 16, 16, 32, type, mask, 2, Flash.Sums.TENSOR);
  var q = Tensor.randn(F32, 1, 2 * 4 * 64, 16).to(type);
  var k = Tensor.randn(F32, 2, 2 * 64, 16).to(type);
  var v = Tensor.randn(F32, 3, 2 * 64, 16).to(type);
  var o = Tensor.empty(BF16, 2 * 4 * 64, 16);
  Simulator.on(machine).run(f.program(), Launch.of(List.of(q, k, v, o)));
  double[] expected = attention(f, q.toArray(), k.toArray(), v.toArray());
  double worst = 0;
  for (int i = 0; i < expected.length; i++) {
    worst = Math.max(worst, Math.abs(o.toArray()[i] - expected[i]));
  }
  return worst;
}

// ---- rates

static final int HEADS = 9; // of keys and values; four query heads each: 36 tiles get equal work
static final int GROUP = 4;
static final int SEQUENCE = 8192;

static double rate(Flash f, Machine machine) {
  var q = HostArray.meta(f.type(), (long) HEADS * GROUP * SEQUENCE, f.width());
  var kv = HostArray.meta(f.type(), (long) HEADS * SEQUENCE, f.width());
  var o = HostArray.meta(BF16, (long) HEADS * GROUP * SEQUENCE, f.width());
  var run =
      Simulator.on(machine)
          .run(f.program(), Launch.of(List.of(q, kv, kv, o)).with(Options.timingOnly()));
  return f.flops() / run.picoseconds() * 1e-3;
}

static double compiledRate(Machine machine) {
  var p = new FlashAttention.Problem(HEADS * GROUP, GROUP, SEQUENCE, 128, FP8_E4M3);
  var q = HostArray.meta(FP8_E4M3, HEADS * GROUP, SEQUENCE, 128);
  var kv = HostArray.meta(FP8_E4M3, HEADS, SEQUENCE, 128);
  var o = HostArray.meta(BF16, HEADS * GROUP, SEQUENCE, 128);
  var run =
      FlashAttention.over(FlashAttention.KERNEL, p, machine)
          .on(new SimulatedLauncher(machine, Options.timingOnly()))
          .timing(q, kv, kv, o, 0.08838835f);
  return 4.0 * 128 * HEADS * GROUP * SEQUENCE * SEQUENCE / run.picoseconds() * 1e-3;
}

static void print(String what, double petaflops) {
  IO.println(String.format(Locale.ROOT, "%-44s %6.2f PFLOP/s", what, petaflops));
}

void main() {
  for (var mask : Flash.Mask.values()) {
    for (var type : List.of(FP8_E4M3, BF16)) {
      for (var machine : List.of(Chip.TOY, Chip.MAIA_200)) {
        IO.println(
            String.format(
                Locale.ROOT,
                "%-6s %-8s on %-8s largest error %.4f",
                mask,
                type.label(),
                machine.name(),
                largestError(mask, type, machine)));
      }
    }
  }

  var machine = Chip.MAIA_200.atClock(2.0e9);
  var full = Flash.Mask.FULL;
  var tensor = Flash.Sums.TENSOR;
  var vector = Flash.Sums.VECTOR;
  var fp8 = new Flash(HEADS, GROUP, SEQUENCE, 128, 128, 1024, FP8_E4M3, full, 2, tensor);
  IO.println("%,d positions, %d heads, groups of %d".formatted(SEQUENCE, HEADS * GROUP, GROUP));
  double best = rate(fp8, machine);
  print("FP8, head 128 (published 1.65: calibrated)", best);
  var causal = fp8.with(128, 1024, FP8_E4M3, Flash.Mask.CAUSAL, 2, tensor);
  var reduced = fp8.with(128, 1024, FP8_E4M3, full, 2, vector);
  var serial = fp8.with(128, 1024, FP8_E4M3, full, 1, tensor);
  var head64 = fp8.with(64, 1024, FP8_E4M3, full, 2, tensor);
  var bf16 = fp8.with(128, 512, BF16, full, 2, tensor);
  var bf16Reduced = fp8.with(128, 512, BF16, full, 2, vector);
  print("  causal", rate(causal, machine));
  print("  row sums on the vector processor", rate(reduced, machine));
  print("  no overlap", rate(serial, machine));
  print("FP8, head 64", rate(head64, machine));
  print("BF16, head 128", rate(bf16, machine));
  print("  row sums on the vector processor", rate(bf16Reduced, machine));
  double compiled = compiledRate(machine);
  print("FP8, head 128, compiled", compiled);
  IO.println(String.format(Locale.ROOT, "by hand is %.2f times as fast", best / compiled));
}
