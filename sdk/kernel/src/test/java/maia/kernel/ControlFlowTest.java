package maia.kernel;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F16;
import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;

import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.DType;
import maia.numerics.Fmath;
import maia.numerics.HostArray;
import maia.numerics.Reduce;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Cells, loops, branches and views on the simulator against host arithmetic, bit for bit.
class ControlFlowTest {
  private static final Machine TOY = Chip.TOY;

  /// Attention with a running maximum and sum: [heads, sequence, depth].
  static final Kernel ATTENTION =
      Kernel.define(
          "attention",
          k -> {
            var q = k.in("q", F16, 3);
            var key = k.in("key", F16, 3);
            var v = k.in("v", F16, 3);
            var o = k.out("o", F16, 3);
            var lse = k.out("lse", F32, 2);
            var scale = k.f32("scale");
            int bm = k.meta("BM", 16);
            int bn = k.meta("BN", 16);
            int depth = k.meta("D", 16);
            boolean causal = k.meta("CAUSAL", true);

            var pm = k.programId(0);
            var h = k.programId(1);
            var s = q.size(1);
            var rm = pm.mul(bm).add(k.arange(bm));
            var d = k.arange(depth);
            var tq = q.at(h, rm.col(), d.row()).load(rm.lt(s).col());

            var m = k.var(k.full(F32, Float.NEGATIVE_INFINITY, bm));
            var l = k.var(k.zeros(F32, bm));
            var acc = k.var(k.zeros(F32, bm, depth));

            var hi = causal ? pm.add(1).mul(bm).min(s) : s;
            k.range(0, hi, bn)
                .stages(2)
                .each(start -> {
                  var rn = start.add(k.arange(bn));
                  var tk = key.at(h, rn.col(), d.row()).load(rn.lt(s).col());
                  var tv = v.at(h, rn.col(), d.row()).load(rn.lt(s).col());
                  var keep = rn.lt(s).row();
                  if (causal) {
                    keep = keep.and(rm.col().ge(rn.row()));
                  }
                  var scores =
                      keep.where(
                          k.dot(tq, tk.t(), k.zeros(F32, bm, bn)).mul(scale),
                          Float.NEGATIVE_INFINITY);
                  var next = m.get().max(scores.amax(1));
                  var p = scores.sub(next.col()).exp();
                  var alpha = m.get().sub(next).exp();
                  l.set(l.get().mul(alpha).add(p.sum(1)));
                  acc.set(k.dot(p.to(F16), tv, acc.get().mul(alpha.col())));
                  m.set(next);
                });
            o.at(h, rm.col(), d.row()).store(acc.get().div(l.get().col()).to(F16), rm.lt(s).col());
            lse.at(h, rm).store(m.get().add(l.get().log()), rm.lt(s));
          });

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void attention_raggedSequence_equalsHost(boolean causal) {
    int heads = 2;
    int s = 41;
    int depth = 16;
    HostArray q = Values.array(1, F16, heads, s, depth);
    HostArray key = Values.array(2, F16, heads, s, depth);
    HostArray v = Values.array(3, F16, heads, s, depth);
    HostArray o = HostArray.zeros(F16, heads, s, depth);
    HostArray lse = HostArray.zeros(F32, heads, s);
    ATTENTION
        .with("CAUSAL", causal)
        .grid(Kernel.cdiv(s, 16), heads)
        .on(new OnSim(TOY))
        .run(q, key, v, o, lse, 0.25f);
    float[][] expected = attention(q, key, v, heads, s, depth, causal);
    assertThat(o.toFloats()).isEqualTo(expected[0]);
    assertThat(lse.toFloats()).isEqualTo(expected[1]);
  }

  private static float[][] attention(
      HostArray q, HostArray key, HostArray v, int heads, int s, int depth, boolean causal) {
    int b = 16;
    float[] out = new float[heads * s * depth];
    float[] lse = new float[heads * s];
    for (int row = 0; row < heads * s; row++) {
      int h = row / s;
      int r = row % s;
      float m = Float.NEGATIVE_INFINITY;
      float l = 0;
      float[] acc = new float[depth];
      int hi = causal ? Math.min((r / b + 1) * b, s) : s;
      for (int start = 0; start < hi; start += b) {
        float[] p = new float[b];
        for (int c = 0; c < b; c++) {
          float dot = 0;
          int n = start + c;
          boolean keep = n < s && (!causal || r >= n);
          for (int d = 0; keep && d < depth; d++) {
            dot = Math.fma(at(q, h, r, d, s, depth), at(key, h, n, d, s, depth), dot);
          }
          p[c] = keep ? dot * 0.25f : Float.NEGATIVE_INFINITY;
        }
        float next = Reduce.larger(m, Reduce.max(p, 0, b, 1));
        for (int c = 0; c < b; c++) {
          p[c] = Fmath.exp(p[c] - next);
        }
        float alpha = Fmath.exp(m - next);
        l = l * alpha + Reduce.sum(p, 0, b, 1);
        float[] half = Values.round(p, F16);
        for (int d = 0; d < depth; d++) {
          acc[d] *= alpha;
          for (int c = 0; c < b && start + c < s; c++) {
            acc[d] = Math.fma(half[c], at(v, h, start + c, d, s, depth), acc[d]);
          }
        }
        m = next;
      }
      for (int d = 0; d < depth; d++) {
        out[row * depth + d] = acc[d] / l;
      }
      lse[row] = m + Fmath.log(l);
    }
    return new float[][] {Values.round(out, F16), lse};
  }

  private static float at(HostArray a, int h, int r, int d, int s, int depth) {
    return (float) a.get(h, r, d);
  }

  @Test
  void layerNorm_raggedColumns_equalsHost() {
    Kernel norm =
        Kernel.define(
            "layer_norm",
            k -> {
              var x = k.in("x", F32, 2);
              var y = k.out("y", F32, 2);
              var w = k.in("w", F32, 1);
              var mean = k.out("mean", F32, 1);
              var eps = k.f32("eps");
              int block = k.meta("BLOCK", 32);
              var row = k.programId(0);
              var n = x.size(1);
              var lane = k.arange(block);
              var total = k.var(k.zeros(F32, block));
              k.range(0, n, block)
                  .each(off -> {
                    var c = off.add(lane);
                    total.inc(x.at(row, c).load(c.lt(n)));
                  });
              var mu = total.get().sum(0).div(n);
              var sq = k.var(k.zeros(F32, block));
              k.range(0, n, block)
                  .each(off -> {
                    var c = off.add(lane);
                    var d = c.lt(n).where(x.at(row, c).load(c.lt(n)).sub(mu), 0f);
                    sq.inc(d.mul(d));
                  });
              var rs = k.full(F32, 1).div(sq.get().sum(0).div(n).add(eps).sqrt());
              mean.at(row).store(mu);
              k.range(0, n, block)
                  .each(off -> {
                    var c = off.add(lane);
                    var ok = c.lt(n);
                    var hat = x.at(row, c).load(ok).sub(mu).mul(rs);
                    y.at(row, c).store(hat.mul(w.at(c).load(ok)), ok);
                  });
            });
    int rows = 7;
    int n = 75;
    HostArray x = Values.array(1, F32, rows, n);
    HostArray w = Values.array(2, F32, n);
    HostArray y = HostArray.zeros(F32, rows, n);
    HostArray mean = HostArray.zeros(F32, rows);
    norm.grid(rows).on(new OnSim(TOY)).run(x, y, w, mean, 1e-5f);
    float[] expected = new float[rows * n];
    for (int r = 0; r < rows; r++) {
      float[] sums = new float[32];
      float[] squares = new float[32];
      for (int c = 0; c < n; c++) {
        sums[c % 32] += (float) x.get(r, c);
      }
      float mu = Reduce.sum(sums, 0, 32, 1) / n;
      for (int c = 0; c < n; c++) {
        float d = (float) x.get(r, c) - mu;
        squares[c % 32] += d * d;
      }
      float rs = 1 / (float) Math.sqrt(Reduce.sum(squares, 0, 32, 1) / n + 1e-5f);
      for (int c = 0; c < n; c++) {
        expected[r * n + c] = ((float) x.get(r, c) - mu) * rs * (float) w.get(c);
      }
      assertThat((float) mean.get(r)).isEqualTo(mu);
    }
    assertThat(y.toFloats()).isEqualTo(expected);
  }

  @Test
  void when_conditionOnProgram_takesItsBranch() {
    Kernel kernel =
        Kernel.define(
            "branch",
            k -> {
              var x = k.in("x", F32, 1);
              var y = k.out("y", F32, 1);
              var i = k.programId(0).mul(16).add(k.arange(16));
              var v = k.var(x.at(i).load());
              k.when(
                  k.programId(0).rem(2).eq(0),
                  () -> v.set(v.get().mul(2)),
                  () -> k.range(0, 3).each(j -> v.inc(1)));
              y.at(i).store(v.get());
            });
    HostArray x = Values.array(1, F32, 96);
    HostArray y = HostArray.zeros(F32, 96);
    kernel.grid(6).on(new OnSim(TOY)).run(x, y);
    float[] expected = x.toFloats();
    for (int i = 0; i < 96; i++) {
      expected[i] = i / 16 % 2 == 0 ? expected[i] * 2 : expected[i] + 1 + 1 + 1;
    }
    assertThat(y.toFloats()).isEqualTo(expected);
  }

  @Test
  void scalarVar_countsInControl() {
    Kernel kernel =
        Kernel.define(
            "count",
            k -> {
              var y = k.out("y", F32, 1);
              var a = k.var(k.scalar(1));
              k.range(0, k.programId(0))
                  .each(i -> {
                    var before = a.get();
                    a.set(before.mul(2));
                    a.inc(before.sub(before));
                  });
              var i = k.programId(0).mul(8).add(k.arange(8));
              y.at(i).store(k.zeros(F32, 8).add(a.get()));
            });
    HostArray y = HostArray.zeros(F32, 40);
    kernel.grid(5).on(new OnSim(TOY)).run(y);
    for (int i = 0; i < 40; i++) {
      assertThat(y.get(i)).isEqualTo(1 << (i / 8));
    }
  }

  @Test
  void getBeforeSet_keepsTheOldValue() {
    Kernel kernel =
        Kernel.define(
            "fibonacci",
            k -> {
              var y = k.out("y", F32, 1);
              var a = k.var(k.full(F32, 0, 16));
              var b = k.var(k.full(F32, 1, 16));
              k.range(0, 10)
                  .each(i -> {
                    var old = b.get();
                    b.set(a.get().add(old));
                    a.set(old);
                  });
              y.at(k.arange(16)).store(a.get());
            });
    HostArray y = HostArray.zeros(F32, 16);
    kernel.grid(1).on(new OnSim(TOY)).run(y);
    assertThat(y.get(3)).isEqualTo(55);
  }

  @Test
  void transpose_throughVectorUnit_equalsHost() {
    Kernel kernel =
        Kernel.define(
            "transpose",
            k -> {
              var x = k.in("x", BF16, 2);
              var y = k.out("y", BF16, 2);
              var r = k.programId(0).mul(16);
              var c = k.programId(1).mul(32);
              y.block(32, 16).at(c, r).store(x.block(16, 32).at(r, c).load().t());
            });
    HostArray x = Values.array(1, BF16, 40, 70);
    HostArray y = HostArray.zeros(BF16, 70, 40);
    kernel.grid(3, 3).on(new OnSim(TOY)).run(x, y);
    for (int i = 0; i < 40; i++) {
      for (int j = 0; j < 70; j++) {
        assertThat(y.get(j, i)).isEqualTo(x.get(i, j));
      }
    }
  }

  @Test
  void columnSums_carriedAcrossRows_equalHost() {
    Kernel kernel =
        Kernel.define(
            "columns",
            k -> {
              var x = k.in("x", F32, 2);
              var y = k.out("y", F32, 1);
              var c = k.programId(0).mul(32).add(k.arange(32));
              var sum = k.var(k.zeros(F32, 32));
              k.range(0, x.size(0), 16)
                  .stages(3)
                  .each(r -> {
                    var rows = r.add(k.arange(16));
                    var ok = rows.lt(x.size(0)).col().and(c.lt(x.size(1)).row());
                    sum.inc(x.at(rows.col(), c.row()).load(ok).sum(0));
                  });
              y.at(c).store(sum.get(), c.lt(x.size(1)));
            });
    HostArray x = Values.array(1, F32, 50, 40);
    HostArray y = HostArray.zeros(F32, 40);
    kernel.grid(2).on(new OnSim(TOY)).run(x, y);
    float[] padded = new float[64 * 40];
    System.arraycopy(x.toFloats(), 0, padded, 0, 50 * 40);
    float[] expected = new float[40];
    for (int c = 0; c < 40; c++) {
      for (int r = 0; r < 64; r += 16) {
        expected[c] += Reduce.sum(padded, r * 40 + c, 16, 40);
      }
    }
    assertThat(y.toFloats()).isEqualTo(expected);
  }

  @Test
  void inOut_updatedInPlace_equalsHost() {
    Kernel kernel =
        Kernel.define(
            "relu_in_place",
            k -> {
              var x = k.inOut("x", F32, 1);
              var i = k.programId(0).mul(16).add(k.arange(16));
              var ok = i.lt(x.size(0));
              x.at(i).store(x.at(i).load(ok).max(0), ok);
            });
    HostArray x = Values.array(1, F32, 100);
    float[] expected = x.toFloats();
    for (int i = 0; i < 100; i++) {
      expected[i] = Math.max(expected[i], 0);
    }
    kernel.grid(7).on(new OnSim(TOY)).run(x);
    assertThat(x.toFloats()).isEqualTo(expected);
  }

  @Test
  void copy_loadStoredDirectly_equalsSource() {
    Kernel kernel =
        Kernel.define(
            "gather_rows",
            k -> {
              DType type = k.meta("TYPE", BF16);
              var x = k.in("x", type, 2);
              var y = k.out("y", type, 2);
              var step = k.i64("every");
              var c = k.arange(16);
              y.at(k.programId(0), c).store(x.at(k.programId(0).mul(step), c).load());
            });
    HostArray x = Values.array(1, BF16, 40, 16);
    HostArray y = HostArray.zeros(BF16, 10, 16);
    kernel.grid(10).on(new OnSim(TOY)).run(x, y, 4);
    for (int i = 0; i < 10; i++) {
      assertThat(y.get(i, 5)).isEqualTo(x.get(4 * i, 5));
    }
  }
}
