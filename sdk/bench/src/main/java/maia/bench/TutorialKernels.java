package maia.bench;

import static maia.kernel.Kernel.cdiv;
import static maia.kernel.Kernel.nextPow2;
import static maia.numerics.DType.F16;
import static maia.numerics.DType.F32;

import java.util.SplittableRandom;
import maia.kernel.Kernel;
import maia.kernel.KernelCall;
import maia.kernel.KernelCall.Mode;
import maia.kernel.KernelContext;
import maia.kernel.library.Softmax;
import maia.kernel.library.VectorAdd;
import maia.numerics.DType;
import maia.numerics.HostArray;

/// The kernels of the speed table: those of the Triton tutorials, on the tutorials' shapes.
public enum TutorialKernels {
  /// 98,432 elements in blocks of 1,024.
  VECTOR_ADD {
    @Override
    KernelCall call() {
      int n = 98_432;
      return VectorAdd.over(n)
          .call(Mode.COMPUTE, array(1, F32, n), array(2, F32, n), zeros(F32, n));
    }
  },
  /// 1823 x 781, rows shared by 64 programs.
  SOFTMAX {
    @Override
    KernelCall call() {
      return Softmax.KERNEL
          .with("BLOCK", nextPow2(781))
          .grid(64)
          .call(Mode.COMPUTE, array(1, F32, 1823, 781), zeros(F32, 1823, 781));
    }
  },
  /// 512 x 512 x 512 in blocks of 128 x 128 x 64.
  MATMUL_512_TILE_128 {
    @Override
    KernelCall call() {
      return product(512, 128, 64);
    }
  },
  /// 512 x 512 x 512 in blocks of 64 x 64 x 32.
  MATMUL_512_TILE_64 {
    @Override
    KernelCall call() {
      return product(512, 64, 32);
    }
  },
  /// 512 x 512 x 512 in blocks of 32 x 32 x 32.
  MATMUL_512_TILE_32 {
    @Override
    KernelCall call() {
      return product(512, 32, 32);
    }
  },
  /// 512 x 512 x 512 in blocks of 16 x 16 x 16.
  MATMUL_512_TILE_16 {
    @Override
    KernelCall call() {
      return product(512, 16, 16);
    }
  },
  /// 1024 x 1024 x 1024 in blocks of 128 x 128 x 64.
  MATMUL_1024 {
    @Override
    KernelCall call() {
      return product(1024, 128, 64);
    }
  },
  /// 1151 x 8192 in blocks of 1,024 columns, three passes over each row.
  LAYER_NORM {
    @Override
    KernelCall call() {
      return Kernel.define("layer_norm", TutorialKernels::layerNorm)
          .grid(1151)
          .call(
              Mode.COMPUTE,
              array(1, F32, 1151, 8192),
              array(2, F32, 8192),
              array(3, F32, 8192),
              zeros(F32, 1151, 8192),
              1e-5f);
    }
  },
  /// Causal, 2 heads of 1,024 x 64, blocks of 64.
  ATTENTION {
    @Override
    KernelCall call() {
      return Kernel.define("attention", TutorialKernels::attention)
          .grid(cdiv(1024, 64), 2)
          .call(
              Mode.COMPUTE,
              array(1, F16, 2, 1024, 64),
              array(2, F16, 2, 1024, 64),
              array(3, F16, 2, 1024, 64),
              zeros(F16, 2, 1024, 64),
              0.125f);
    }
  };

  /// The kernel traced, with arguments.
  abstract KernelCall call();

  /// The matmul kernel with a block size.
  static Kernel matmul(int tile, int depth) {
    return Kernel.define("matmul", TutorialKernels::matmul)
        .with("BM", tile)
        .with("BN", tile)
        .with("BK", depth);
  }

  static KernelCall product(int n, int tile, int depth) {
    return matmul(tile, depth)
        .grid(cdiv(n, tile) * cdiv(n, tile))
        .call(Mode.COMPUTE, array(1, F16, n, n), array(2, F16, n, n), zeros(F16, n, n));
  }

  private static void matmul(KernelContext k) {
    var a = k.in("a", F16, 2);
    var b = k.in("b", F16, 2);
    var c = k.out("c", F16, 2);
    int bm = k.meta("BM", 128);
    int bn = k.meta("BN", 128);
    int bk = k.meta("BK", 64);
    int group = k.meta("GROUP", 8);
    var m = a.size(0);
    var n = b.size(1);
    var depth = a.size(1);

    var pid = k.programId(0);
    var perGroup = n.cdiv(bn).mul(group);
    var first = pid.div(perGroup).mul(group);
    var height = m.cdiv(bm).sub(first).min(group);
    var inGroup = pid.rem(perGroup);
    var rm = first.add(inGroup.rem(height)).mul(bm).add(k.arange(bm)).col();
    var rn = inGroup.div(height).mul(bn).add(k.arange(bn)).row();
    var inRows = rm.lt(m);
    var inColumns = rn.lt(n);

    var acc = k.var(k.zeros(F32, bm, bn));
    k.range(0, depth.cdiv(bk))
        .stages(3)
        .each(step -> {
          var rk = step.mul(bk).add(k.arange(bk));
          var ta = a.at(rm, rk.row()).load(inRows.and(rk.lt(depth).row()));
          var tb = b.at(rk.col(), rn).load(inColumns.and(rk.lt(depth).col()));
          acc.set(k.dot(ta, tb, acc.get()));
        });
    var r = acc.get().ge(0).where(acc.get(), acc.get().mul(0.01));
    c.at(rm, rn).store(r.to(F16), inRows.and(inColumns));
  }

  private static HostArray array(long seed, DType type, long... shape) {
    SplittableRandom random = new SplittableRandom(seed);
    int count = 1;
    for (long size : shape) {
      count = Math.toIntExact(count * size);
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return HostArray.of(values, type, shape);
  }

  private static HostArray zeros(DType type, long... shape) {
    return HostArray.zeros(type, shape);
  }

  private static void layerNorm(KernelContext k) {
    var x = k.in("x", F32, 2);
    var w = k.in("w", F32, 1);
    var b = k.in("b", F32, 1);
    var y = k.out("y", F32, 2);
    var eps = k.f32("eps");
    int block = k.meta("BLOCK", 1024);
    var row = k.programId(0);
    var n = x.size(1);
    var lane = k.arange(block);

    var total = k.var(k.zeros(F32, block));
    k.range(0, n, block)
        .each(off -> {
          var c = off.add(lane);
          total.inc(x.at(row, c).load(c.lt(n)));
        });
    var mean = total.get().sum(0).div(n);

    var squares = k.var(k.zeros(F32, block));
    k.range(0, n, block)
        .each(off -> {
          var c = off.add(lane);
          var ok = c.lt(n);
          var d = ok.where(x.at(row, c).load(ok).sub(mean), 0f);
          squares.inc(d.mul(d));
        });
    var rstd = k.full(F32, 1).div(squares.get().sum(0).div(n).add(eps).sqrt());

    k.range(0, n, block)
        .each(off -> {
          var c = off.add(lane);
          var ok = c.lt(n);
          var xhat = x.at(row, c).load(ok).sub(mean).mul(rstd);
          y.at(row, c).store(xhat.mul(w.at(c).load(ok)).add(b.at(c).load(ok)), ok);
        });
  }

  private static void attention(KernelContext k) {
    var q = k.in("q", F16, 3);
    var key = k.in("k", F16, 3);
    var v = k.in("v", F16, 3);
    var o = k.out("o", F16, 3);
    var scale = k.f32("scale");
    int bm = k.meta("BM", 64);
    int bn = k.meta("BN", 64);
    int depth = k.meta("D", 64);

    var pm = k.programId(0);
    var h = k.programId(1);
    var s = q.size(1);
    var rm = pm.mul(bm).add(k.arange(bm));
    var d = k.arange(depth);
    var tq = q.at(h, rm.col(), d.row()).load(rm.lt(s).col());
    var m = k.var(k.full(F32, Float.NEGATIVE_INFINITY, bm));
    var l = k.var(k.zeros(F32, bm));
    var acc = k.var(k.zeros(F32, bm, depth));
    k.range(0, pm.add(1).mul(bm).min(s), bn)
        .stages(2)
        .each(start -> {
          var rn = start.add(k.arange(bn));
          var tk = key.at(h, rn.col(), d.row()).load(rn.lt(s).col());
          var tv = v.at(h, rn.col(), d.row()).load(rn.lt(s).col());
          var keep = rn.lt(s).row().and(rm.col().ge(rn.row()));
          var scores =
              keep.where(
                  k.dot(tq, tk.t(), k.zeros(F32, bm, bn)).mul(scale), Float.NEGATIVE_INFINITY);
          var next = m.get().max(scores.amax(1));
          var p = scores.sub(next.col()).exp();
          var alpha = m.get().sub(next).exp();
          l.set(l.get().mul(alpha).add(p.sum(1)));
          acc.set(k.dot(p.to(F16), tv, acc.get().mul(alpha.col())));
          m.set(next);
        });
    o.at(h, rm.col(), d.row()).store(acc.get().div(l.get().col()).to(F16), rm.lt(s).col());
  }
}
