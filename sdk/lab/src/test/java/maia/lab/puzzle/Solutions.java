package maia.lab.puzzle;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static maia.numerics.DType.I32;

import java.util.function.Consumer;
import maia.kernel.ArrayArg;
import maia.kernel.Kernel;
import maia.kernel.KernelContext;
import maia.kernel.Tile;

/// A solution of each puzzle that has both stars; students have their own copies of the tasks.
final class Solutions {
  private Solutions() {}

  static Kernel of(String puzzle) {
    Consumer<KernelContext> body =
        switch (puzzle) {
          case "add_ten" -> Solutions::addTen;
          case "add_ten_to_all" -> Solutions::addTenToAll;
          case "broadcast_add" -> Solutions::broadcastAdd;
          case "outer_product" -> Solutions::outerProduct;
          case "multiply_relu" -> Solutions::multiplyRelu;
          case "multiply_relu_backward" -> Solutions::multiplyReluBackward;
          case "long_sum" -> Solutions::longSum;
          case "long_softmax" -> Solutions::longSoftmax;
          case "attention" -> Solutions::attention;
          case "convolution" -> Solutions::convolution;
          case "matmul" -> Solutions::matmul;
          case "quantised_matmul" -> Solutions::quantisedMatmul;
          default -> throw new IllegalArgumentException(puzzle);
        };
    return Kernel.define(puzzle, body);
  }

  private static void addTen(KernelContext k) {
    var x = k.in("x", F32, 1);
    var y = k.out("y", F32, 1);
    var i = k.arange(32);
    y.at(i).store(x.at(i).load().add(10));
  }

  private static void addTenToAll(KernelContext k) {
    var x = k.in("x", F32, 1);
    var y = k.out("y", F32, 1);
    int block = k.meta("BLOCK", 2048);
    var i = k.programId(0).mul(block).add(k.arange(block));
    var mask = i.lt(x.size(0));
    y.at(i).store(x.at(i).load(mask).add(10), mask);
  }

  private static void broadcastAdd(KernelContext k) {
    var x = k.in("x", F32, 1);
    var y = k.in("y", F32, 1);
    var z = k.out("z", F32, 2);
    var r = k.arange(32);
    var inRows = r.lt(x.size(0));
    var inColumns = r.lt(y.size(0));
    var sum = x.at(r).load(inRows).col().add(y.at(r).load(inColumns).row());
    z.at(r.col(), r.row()).store(sum, inRows.col().and(inColumns.row()));
  }

  private static void outerProduct(KernelContext k) {
    var x = k.in("x", F32, 1);
    var y = k.in("y", F32, 1);
    var z = k.out("z", F32, 2);
    int bm = k.meta("BM", 64);
    int bn = k.meta("BN", 512);
    var m = k.programId(0).mul(bm);
    var n = k.programId(1).mul(bn);
    var product = x.block(bm).at(m).load().col().mul(y.block(bn).at(n).load().row());
    z.block(bm, bn).at(m, n).store(product);
  }

  private static void multiplyRelu(KernelContext k) {
    var x = k.in("x", F32, 2);
    var y = k.in("y", F32, 1);
    var z = k.out("z", F32, 2);
    int bm = k.meta("BM", 64);
    int bn = k.meta("BN", 256);
    var m = k.programId(0).mul(bm);
    var n = k.programId(1).mul(bn);
    var product = x.block(bm, bn).at(m, n).load().mul(y.block(bm).at(m).load().col());
    z.block(bm, bn).at(m, n).store(product.max(0));
  }

  private static void multiplyReluBackward(KernelContext k) {
    var x = k.in("x", F32, 2);
    var y = k.in("y", F32, 1);
    var dz = k.in("dz", F32, 2);
    var dx = k.out("dx", F32, 2);
    int bm = k.meta("BM", 64);
    int bn = k.meta("BN", 256);
    var m = k.programId(0).mul(bm);
    var n = k.programId(1).mul(bn);
    var factor = y.block(bm).at(m).load().col();
    var open = x.block(bm, bn).at(m, n).load().mul(factor).gt(0);
    var gradient = dz.block(bm, bn).at(m, n).load().mul(factor);
    dx.block(bm, bn).at(m, n).store(open.where(gradient, 0.0));
  }

  private static void longSum(KernelContext k) {
    var x = k.in("x", F32, 2);
    var z = k.out("z", F32, 1);
    int rows = k.meta("ROWS", 8);
    int block = k.meta("BLOCK", 1024);
    var m = k.programId(0).mul(rows);
    var total = k.var(k.zeros(F32, rows));
    k.range(0, x.size(1), block)
        .stages(3)
        .each(n -> total.inc(x.block(rows, block).at(m, n).load().sum(1)));
    z.block(rows).at(m).store(total.get());
  }

  private static void longSoftmax(KernelContext k) {
    var x = k.in("x", F32, 2);
    var z = k.out("z", F32, 2);
    int rows = k.meta("ROWS", 8);
    int block = k.meta("BLOCK", 1024);
    var r = k.programId(0).mul(rows).add(k.arange(rows));
    var top = k.var(k.full(F32, -1e30, rows));
    var total = k.var(k.zeros(F32, rows));
    k.range(0, x.size(1), block)
        .stages(2)
        .each(n -> {
          var v = part(k, x, r, n, block);
          var higher = top.get().max(v.amax(1));
          var added = v.sub(higher.col()).exp().sum(1);
          total.set(total.get().mul(top.get().sub(higher).exp()).add(added));
          top.set(higher);
        });
    k.range(0, x.size(1), block)
        .stages(2)
        .each(n -> {
          var c = n.add(k.arange(block)).row();
          var mask = r.col().lt(x.size(0)).and(c.lt(x.size(1)));
          var e = part(k, x, r, n, block).sub(top.get().col()).exp();
          z.at(r.col(), c).store(e.div(total.get().col()), mask);
        });
  }

  private static Tile part(KernelContext k, ArrayArg x, Tile r, Tile n, int block) {
    var c = n.add(k.arange(block)).row();
    var mask = r.col().lt(x.size(0)).and(c.lt(x.size(1)));
    return x.at(r.col(), c).load(mask, Double.NEGATIVE_INFINITY);
  }

  private static void attention(KernelContext k) {
    var q = k.in("q", F32, 1);
    var key = k.in("key", F32, 1);
    var v = k.in("v", F32, 1);
    var z = k.out("z", F32, 1);
    int bn = k.meta("BN", 16);
    int block = k.meta("BLOCK", 512);
    var i = k.programId(0).mul(bn);
    var mine = q.block(bn).at(i).load().col();
    var top = k.var(k.full(F32, -1e30, bn));
    var total = k.var(k.zeros(F32, bn));
    var sum = k.var(k.zeros(F32, bn));
    k.range(0, key.size(0), block)
        .stages(2)
        .each(n -> {
          var j = n.add(k.arange(block));
          var mask = j.lt(key.size(0));
          var all = mine.mul(key.at(j).load(mask).row());
          var scores = mask.row().where(all, Double.NEGATIVE_INFINITY);
          var higher = top.get().max(scores.amax(1));
          var shrink = top.get().sub(higher).exp();
          var weights = scores.sub(higher.col()).exp();
          total.set(total.get().mul(shrink).add(weights.sum(1)));
          sum.set(sum.get().mul(shrink).add(weights.mul(v.at(j).load(mask).row()).sum(1)));
          top.set(higher);
        });
    z.block(bn).at(i).store(sum.get().div(total.get()));
  }

  private static void convolution(KernelContext k) {
    var x = k.in("x", F32, 2);
    var w = k.in("w", F32, 2);
    var z = k.out("z", F32, 2);
    int bh = k.meta("BH", 32);
    int bw = k.meta("BW", 256);
    var i = k.programId(0).mul(bh);
    var j = k.programId(1).mul(bw);
    Tile sum = k.zeros(F32, bh, bw);
    for (int a = 0; a < 3; a++) {
      for (int b = 0; b < 3; b++) {
        var weight = w.at(k.scalar(a), k.scalar(b)).load();
        sum = sum.add(x.block(bh, bw).at(i.add(a), j.add(b)).load().mul(weight));
      }
    }
    z.block(bh, bw).at(i, j).store(sum);
  }

  private static void matmul(KernelContext k) {
    var a = k.in("a", BF16, 2);
    var b = k.in("b", BF16, 2);
    var c = k.out("c", F32, 2);
    int bm = k.meta("BM", 128);
    int bn = k.meta("BN", 64);
    int bk = k.meta("BK", 64);
    var m = k.programId(0).mul(bm);
    var n = k.programId(1).mul(bn);
    var acc = k.var(k.zeros(F32, bm, bn));
    k.range(0, a.size(1), bk)
        .stages(3)
        .each(d -> {
          var ta = a.block(bm, bk).at(m, d).load();
          var tb = b.block(bk, bn).at(d, n).load();
          acc.set(k.dot(ta, tb, acc.get()));
        });
    c.block(bm, bn).at(m, n).store(acc.get());
  }

  private static void quantisedMatmul(KernelContext k) {
    var word = k.in("word", I32, 2);
    var scale = k.in("scale", F32, 2);
    var x = k.in("x", BF16, 2);
    var c = k.out("c", F32, 2);
    int bm = k.meta("BM", 64);
    int bn = k.meta("BN", 64);
    var m = k.programId(0).mul(bm);
    var n = k.programId(1).mul(bn);
    var acc = k.var(k.zeros(F32, bm, bn));
    var shift = k.arange(32).and(7).mul(4).to(I32).row();
    k.range(0, scale.size(1))
        .stages(2)
        .each(g -> {
          var four = word.block(bm, 4).at(m, g.mul(4)).load();
          var words = four.unsqueeze(2).broadcastTo(bm, 4, 8).reshape(bm, 32);
          var codes = words.ushr(shift).and(15).sub(8).to(F32);
          var s = scale.block(bm, 1).at(m, g).load();
          var weights = codes.mul(s).to(BF16);
          var tx = x.block(32, bn).at(g.mul(32), n).load();
          acc.set(k.dot(weights, tx, acc.get()));
        });
    c.block(bm, bn).at(m, n).store(acc.get());
  }
}
