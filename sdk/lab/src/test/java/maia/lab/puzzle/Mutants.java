package maia.lab.puzzle;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.I32;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import maia.kernel.ArrayArg;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.Mask;
import maia.kernel.Tile;

/// Wrong answers to every puzzle, each with one mistake that students make.
final class Mutants {
  /// One wrong answer.
  record Mutant(String puzzle, String mistake, Kernel kernel) {
    @Override
    public String toString() {
      return puzzle + ": " + mistake;
    }
  }

  private final List<Mutant> all = new ArrayList<>();

  static List<Mutant> all() {
    Mutants mutants = new Mutants();
    mutants.elements();
    mutants.products();
    mutants.gradients();
    mutants.rows();
    mutants.attention();
    mutants.windows();
    mutants.matrices();
    return mutants.all;
  }

  private void add(String puzzle, String mistake, Consumer<KernelContext> body) {
    all.add(new Mutant(puzzle, mistake, Kernel.define("mutant", body)));
  }

  private void elements() {
    add("add_ten", "adds eleven", k -> addTen(k, (t, _) -> t, 11));
    add("add_ten", "runs backwards", k -> addTen(k, (t, _) -> t.flip(0), 10));
    add(
        "add_ten",
        "changes its input",
        k -> {
          var x = k.inOut("x", F32, 1);
          var y = k.out("y", F32, 1);
          var i = k.arange(32);
          var sum = x.at(i).load().add(10);
          y.at(i).store(sum);
          x.at(i).store(sum);
        });
    add("add_ten_to_all", "no mask", k -> addTenToAll(k, (i, n) -> i.ge(0)));
    add("add_ten_to_all", "one too many", k -> addTenToAll(k, Tile::le));
    add("add_ten_to_all", "one too few", k -> addTenToAll(k, (i, n) -> i.lt(n.sub(1))));
    add(
        "broadcast_add",
        "row and column swapped",
        k -> {
          var x = k.in("x", F32, 1);
          var y = k.in("y", F32, 1);
          var z = k.out("z", F32, 2);
          var r = k.arange(32);
          var inX = r.lt(x.size(0));
          var inY = r.lt(y.size(0));
          var sum = x.at(r).load(inX).row().add(y.at(r).load(inY).col());
          z.at(r.col(), r.row()).store(sum, inX.col().and(inY.row()));
        });
  }

  private interface Turn {
    Tile of(Tile tile, int dim);
  }

  private static void addTen(KernelContext k, Turn turn, int number) {
    var x = k.in("x", F32, 1);
    var y = k.out("y", F32, 1);
    var i = k.arange(32);
    Tile v = x.at(i).load().add(number);
    y.at(i).store(number == 10 ? turn.of(v, 0) : v);
  }

  private interface Inside {
    Mask of(Tile index, Tile size);
  }

  private static void addTenToAll(KernelContext k, Inside inside) {
    var x = k.in("x", F32, 1);
    var y = k.out("y", F32, 1);
    int block = k.meta("BLOCK", 32);
    var i = k.programId(0).mul(block).add(k.arange(block));
    var mask = inside.of(i, x.size(0));
    y.at(i).store(x.at(i).load(mask).add(10), mask);
  }

  private void products() {
    add("outer_product", "adds", k -> outer(k, 0, 1, Tile::add));
    add("outer_product", "programs swapped", k -> outer(k, 1, 0, Tile::mul));
    add("multiply_relu", "cuts before it multiplies", k -> relu(k, (x, y) -> x.max(0).mul(y)));
    add("multiply_relu", "does not cut", k -> relu(k, Tile::mul));
    add("multiply_relu", "cuts above", k -> relu(k, (x, y) -> x.mul(y).min(0)));
  }

  private interface Both {
    Tile of(Tile x, Tile y);
  }

  private static void outer(KernelContext k, int down, int across, Both both) {
    var x = k.in("x", F32, 1);
    var y = k.in("y", F32, 1);
    var z = k.out("z", F32, 2);
    int bm = k.meta("BM", 32);
    int bn = k.meta("BN", 32);
    var m = k.programId(down).mul(bm);
    var n = k.programId(across).mul(bn);
    var v = both.of(x.block(bm).at(m).load().col(), y.block(bn).at(n).load().row());
    z.block(bm, bn).at(m, n).store(v);
  }

  private static void relu(KernelContext k, Both both) {
    var x = k.in("x", F32, 2);
    var y = k.in("y", F32, 1);
    var z = k.out("z", F32, 2);
    int bm = k.meta("BM", 32);
    int bn = k.meta("BN", 32);
    var m = k.programId(0).mul(bm);
    var n = k.programId(1).mul(bn);
    var v = both.of(x.block(bm, bn).at(m, n).load(), y.block(bm).at(m).load().col());
    z.block(bm, bn).at(m, n).store(v);
  }

  private void gradients() {
    add("multiply_relu_backward", "sign of x only", k -> backward(k, x -> x));
    add("multiply_relu_backward", "never cuts", k -> backward(k, x -> x.mul(x)));
  }

  private static void backward(KernelContext k, UnaryOperator<Tile> decides) {
    var x = k.in("x", F32, 2);
    var y = k.in("y", F32, 1);
    var dz = k.in("dz", F32, 2);
    var dx = k.out("dx", F32, 2);
    int bm = k.meta("BM", 32);
    int bn = k.meta("BN", 32);
    var m = k.programId(0).mul(bm);
    var n = k.programId(1).mul(bn);
    var open = decides.apply(x.block(bm, bn).at(m, n).load()).gt(0);
    var g = dz.block(bm, bn).at(m, n).load().mul(y.block(bm).at(m).load().col());
    dx.block(bm, bn).at(m, n).store(open.where(g, 0.0));
  }

  private void rows() {
    add("long_sum", "keeps the last block only", k -> sum(k, true, 0));
    add("long_sum", "skips the first block", k -> sum(k, false, 32));
    add("long_softmax", "does not subtract the largest", k -> softmax(k, true, true));
    add("long_softmax", "does not shrink the sum", k -> softmax(k, false, false));
  }

  private static void sum(KernelContext k, boolean forgets, int first) {
    var x = k.in("x", F32, 2);
    var z = k.out("z", F32, 1);
    var total = k.var(k.zeros(F32, 1));
    k.range(k.scalar(first), x.size(1), 32)
        .each(n -> {
          var part = x.block(1, 32).at(k.programId(0), n).load().sum(1);
          total.set(forgets ? part : total.get().add(part));
        });
    z.block(1).at(k.programId(0).mul(k.meta("ROWS", 1))).store(total.get());
  }

  private static void softmax(KernelContext k, boolean plain, boolean shrinks) {
    var x = k.in("x", F32, 2);
    var z = k.out("z", F32, 2);
    int rows = k.meta("ROWS", 1);
    var row = k.programId(0).mul(rows);
    var top = k.var(k.full(F32, plain ? 0 : -1e30));
    var total = k.var(k.full(F32, 0));
    k.range(0, x.size(1), 32)
        .each(n -> {
          var v = part(k, x, row, n);
          Tile higher = plain ? top.get() : top.get().max(v.amax(0));
          Tile before = shrinks ? total.get().mul(top.get().sub(higher).exp()) : total.get();
          total.set(before.add(v.sub(higher).exp().sum(0)));
          top.set(higher);
        });
    k.range(0, x.size(1), 32)
        .each(n -> {
          var c = n.add(k.arange(32));
          var e = part(k, x, row, n).sub(top.get()).exp().div(total.get());
          z.at(row, c).store(e, c.lt(x.size(1)));
        });
  }

  private static Tile part(KernelContext k, ArrayArg x, Tile row, Tile n) {
    var c = n.add(k.arange(32));
    return x.at(row, c).load(c.lt(x.size(1)), Double.NEGATIVE_INFINITY);
  }

  private void attention() {
    add("attention", "a plain mean", k -> attend(k, s -> s.mul(0), true));
    add("attention", "counts keys beyond the end", k -> attend(k, s -> s, false));
    add("attention", "scores of the wrong sign", k -> attend(k, Tile::neg, true));
  }

  private static void attend(KernelContext k, UnaryOperator<Tile> bend, boolean masks) {
    var q = k.in("q", F32, 1);
    var key = k.in("key", F32, 1);
    var v = k.in("v", F32, 1);
    var z = k.out("z", F32, 1);
    int bn = k.meta("BN", 16);
    var i = k.programId(0).mul(bn);
    var mine = q.block(bn).at(i).load().col();
    var j = k.arange(64);
    var mask = j.lt(key.size(0));
    var s = bend.apply(mine.mul(key.at(j).load(mask).row()));
    Tile scores = masks ? mask.row().where(s, Double.NEGATIVE_INFINITY) : s;
    var weights = scores.sub(scores.amax(1).col()).exp();
    var sum = weights.mul(v.at(j).load(mask).row()).sum(1);
    z.block(bn).at(i).store(sum.div(weights.sum(1)));
  }

  private void windows() {
    add("convolution", "filter turned round", k -> convolve(k, (a, b) -> new int[] {2 - a, 2 - b}));
    add("convolution", "filter transposed", k -> convolve(k, (a, b) -> new int[] {b, a}));
    add("convolution", "one weight for all", k -> convolve(k, (_, _) -> new int[] {1, 1}));
  }

  private interface Weight {
    int[] at(int a, int b);
  }

  private static void convolve(KernelContext k, Weight weight) {
    var x = k.in("x", F32, 2);
    var w = k.in("w", F32, 2);
    var z = k.out("z", F32, 2);
    int bh = k.meta("BH", 8);
    int bw = k.meta("BW", 16);
    var i = k.programId(0).mul(bh);
    var j = k.programId(1).mul(bw);
    Tile sum = k.zeros(F32, bh, bw);
    for (int a = 0; a < 3; a++) {
      for (int b = 0; b < 3; b++) {
        int[] place = weight.at(a, b);
        var factor = w.at(k.scalar(place[0]), k.scalar(place[1])).load();
        sum = sum.add(x.block(bh, bw).at(i.add(a), j.add(b)).load().mul(factor));
      }
    }
    z.block(bh, bw).at(i, j).store(sum);
  }

  private void matrices() {
    add("matmul", "keeps the last step only", k -> multiply(k, (_, step) -> step));
    add(
        "matmul",
        "rounds the sum in every step",
        k -> multiply(k, (sum, step) -> sum.add(step).to(BF16).to(F32)));
    add("quantised_matmul", "codes without a middle", k -> quantised(k, 0, false));
    add("quantised_matmul", "codes from the top", k -> quantised(k, 8, true));
  }

  private static void multiply(KernelContext k, Both join) {
    var a = k.in("a", BF16, 2);
    var b = k.in("b", BF16, 2);
    var c = k.out("c", F32, 2);
    int bm = k.meta("BM", 32);
    int bn = k.meta("BN", 32);
    var m = k.programId(0).mul(bm);
    var n = k.programId(1).mul(bn);
    var acc = k.var(k.zeros(F32, bm, bn));
    k.range(0, a.size(1), 16)
        .each(d -> {
          var ta = a.block(bm, 16).at(m, d).load();
          var tb = b.block(16, bn).at(d, n).load();
          var step = k.dot(ta, tb, k.zeros(F32, bm, bn));
          acc.set(join.of(acc.get(), step));
        });
    c.block(bm, bn).at(m, n).store(acc.get());
  }

  private static void quantised(KernelContext k, int middle, boolean fromTop) {
    var word = k.in("word", I32, 2);
    var scale = k.in("scale", F32, 2);
    var x = k.in("x", BF16, 2);
    var c = k.out("c", F32, 2);
    int bm = k.meta("BM", 32);
    int bn = k.meta("BN", 32);
    var m = k.programId(0).mul(bm);
    var n = k.programId(1).mul(bn);
    var acc = k.var(k.zeros(F32, bm, bn));
    Tile place = k.arange(32).and(7);
    var shift = (fromTop ? place.neg().add(7) : place).mul(4).to(I32).row();
    k.range(0, scale.size(1))
        .each(g -> {
          var four = word.block(bm, 4).at(m, g.mul(4)).load();
          var words = four.unsqueeze(2).broadcastTo(bm, 4, 8).reshape(bm, 32);
          var codes = words.ushr(shift).and(15).sub(middle).to(F32);
          var weights = codes.mul(scale.block(bm, 1).at(m, g).load()).to(BF16);
          acc.set(k.dot(weights, x.block(32, bn).at(g.mul(32), n).load(), acc.get()));
        });
    c.block(bm, bn).at(m, n).store(acc.get());
  }
}
