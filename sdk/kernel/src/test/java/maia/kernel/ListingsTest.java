package maia.kernel;

import static maia.kernel.Kernel.*;
import static maia.numerics.DType.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import maia.kernel.ir.Func;
import maia.kernel.ir.Op;
import maia.npl.Program.Access;
import org.junit.jupiter.api.Test;

/// The kernels of the language's design page, word for word but for the layout: each traces, and
/// its text parses back.
class ListingsTest {

  static Kernel vectorAdd() {
    var vadd =
        Kernel.define(
            "vector_add",
            k -> {
              var x = k.in("x", F32, 1); // name, dtype, rank
              var y = k.in("y", F32, 1);
              var out = k.out("out", F32, 1);
              int BLOCK = k.meta("BLOCK", 1024); // a Java int: compile-time

              var i = k.programId(0).mul(BLOCK).add(k.arange(BLOCK));
              var mask = i.lt(x.size(0));
              var sum = x.at(i).load(mask).add(y.at(i).load(mask));
              out.at(i).store(sum, mask);
            });
    return vadd;
  }

  static Kernel softmax() {
    var softmax =
        Kernel.define(
            "softmax",
            k -> {
              var in = k.in("in", F32, 2);
              var out = k.out("out", F32, 2);
              int BLOCK = k.meta("BLOCK", 1024); // next power of two >= columns

              var col = k.arange(BLOCK);
              var mask = col.lt(in.size(1));
              k.range(k.programId(0), in.size(0), k.numPrograms(0))
                  .each(row -> {
                    var v = in.at(row, col).load(mask, Float.NEGATIVE_INFINITY);
                    var e = v.sub(v.amax(0)).exp();
                    out.at(row, col).store(e.div(e.sum(0)), mask);
                  });
            });
    return softmax;
  }

  enum Act {
    NONE,
    RELU,
    LEAKY
  }

  static Kernel matmul() {
    var matmul =
        Kernel.define(
            "matmul",
            k -> {
              var a = k.in("a", F16, 2);
              var b = k.in("b", F16, 2);
              var c = k.out("c", F16, 2);
              int BM = k.meta("BM", 128), BN = k.meta("BN", 128), BK = k.meta("BK", 64);
              int GROUP = k.meta("GROUP", 8);
              Act act = k.meta("ACT", Act.NONE);
              var M = a.size(0);
              var N = b.size(1);
              var K = a.size(1);

              // which output tile is mine: walk GROUP tile-rows before moving right, for reuse
              var pid = k.programId(0);
              var tilesM = M.cdiv(BM);
              var tilesN = N.cdiv(BN);
              var perGroup = tilesN.mul(GROUP);
              var first = pid.div(perGroup).mul(GROUP);
              var height = tilesM.sub(first).min(GROUP); // last group may be shorter
              var inGroup = pid.rem(perGroup);
              var pm = first.add(inGroup.rem(height));
              var pn = inGroup.div(height);

              var rm = pm.mul(BM).add(k.arange(BM)).col(); // [BM,1]
              var rn = pn.mul(BN).add(k.arange(BN)).row(); // [1,BN]
              var mOk = rm.lt(M);
              var nOk = rn.lt(N);

              var acc = k.var(k.zeros(F32, BM, BN));
              k.range(0, K.cdiv(BK))
                  .stages(3)
                  .each(step -> {
                    var rk = step.mul(BK).add(k.arange(BK));
                    var ta = a.at(rm, rk.row()).load(mOk.and(rk.lt(K).row()));
                    var tb = b.at(rk.col(), rn).load(nOk.and(rk.lt(K).col()));
                    acc.set(k.dot(ta, tb, acc.get()));
                  });

              var r = switch (act) { // Java switch: decided at trace time
                    case NONE -> acc.get();
                    case RELU -> acc.get().max(0);
                    case LEAKY -> acc.get().ge(0).where(acc.get(), acc.get().mul(0.01f));
                  };
              c.at(rm, rn).store(r.to(F16), mOk.and(nOk));
            });
    return matmul;
  }

  static Kernel matmulByBlocks() {
    return Kernel.define(
        "matmul_blocks",
        k -> {
          var a = k.in("a", F16, 2);
          var b = k.in("b", F16, 2);
          var c = k.out("c", F32, 2);
          int BM = k.meta("BM", 128), BN = k.meta("BN", 128), BK = k.meta("BK", 64);
          var pm = k.programId(0);
          var pn = k.programId(1);
          var acc = k.var(k.zeros(F32, BM, BN));
          k.range(0, a.size(1).cdiv(BK))
              .stages(3)
              .each(step -> {
                var ta = a.block(BM, BK).at(pm.mul(BM), step.mul(BK)).load();
                var tb = b.block(BK, BN).at(step.mul(BK), pn.mul(BN)).load();
                acc.set(k.dot(ta, tb, acc.get()));
              });
          c.block(BM, BN).at(pm.mul(BM), pn.mul(BN)).store(acc.get());
        });
  }

  static Kernel layerNorm() {
    var layerNorm =
        Kernel.define(
            "layer_norm_fwd",
            k -> {
              var x = k.in("x", F32, 2);
              var y = k.out("y", F32, 2);
              var w = k.in("w", F32, 1);
              var b = k.in("b", F32, 1);
              var mean = k.out("mean", F32, 1);
              var rstd = k.out("rstd", F32, 1);
              var eps = k.f32("eps");
              int BLOCK = k.meta("BLOCK", 1024);

              var row = k.programId(0);
              var N = x.size(1);
              var lane = k.arange(BLOCK);

              var total = k.var(k.zeros(F32, BLOCK));
              k.range(0, N, BLOCK)
                  .each(off -> {
                    var c = off.add(lane);
                    total.inc(x.at(row, c).load(c.lt(N)));
                  });
              var mu = total.get().sum(0).div(N);

              var sq = k.var(k.zeros(F32, BLOCK));
              k.range(0, N, BLOCK)
                  .each(off -> {
                    var c = off.add(lane);
                    var d = c.lt(N).where(x.at(row, c).load(c.lt(N)).sub(mu), 0f);
                    sq.inc(d.mul(d));
                  });
              var rs = k.full(F32, 1).div(sq.get().sum(0).div(N).add(eps).sqrt());

              mean.at(row).store(mu);
              rstd.at(row).store(rs);
              k.range(0, N, BLOCK)
                  .each(off -> {
                    var c = off.add(lane);
                    var ok = c.lt(N);
                    var xhat = x.at(row, c).load(ok).sub(mu).mul(rs);
                    y.at(row, c).store(xhat.mul(w.at(c).load(ok)).add(b.at(c).load(ok)), ok);
                  });
            });
    return layerNorm;
  }

  static Kernel layerNormBackward() {
    var lnBwd =
        Kernel.define(
            "layer_norm_bwd_dx",
            k -> {
              var x = k.in("x", F32, 2);
              var dy = k.in("dy", F32, 2);
              var w = k.in("w", F32, 1);
              var mean = k.in("mean", F32, 1);
              var rstd = k.in("rstd", F32, 1);
              var dx = k.out("dx", F32, 2);
              var dwPart = k.out("dw_part", F32, 2);
              var dbPart = k.out("db_part", F32, 2); // [GROUPS, N]
              int BLOCK = k.meta("BLOCK", 1024), GROUPS = k.meta("GROUPS", 16);

              var row = k.programId(0);
              var N = x.size(1);
              var c = k.arange(BLOCK);
              var ok = c.lt(N);
              var xhat =
                  ok.where(
                      x.at(row, c).load(ok).sub(mean.at(row).load()).mul(rstd.at(row).load()), 0f);
              var g = dy.at(row, c).load(ok);
              var wg = g.mul(w.at(c).load(ok));
              var c1 = xhat.mul(wg).sum(0).div(N);
              var c2 = wg.sum(0).div(N);
              dx.at(row, c).store(wg.sub(xhat.mul(c1).add(c2)).mul(rstd.at(row).load()), ok);

              var group = row.rem(GROUPS); // many rows share one partial row
              dwPart.at(group, c).atomicAdd(g.mul(xhat), ok);
              dbPart.at(group, c).atomicAdd(g, ok);
            });
    return lnBwd;
  }

  static Kernel spinLock() {
    return Kernel.define(
        "spin_lock",
        k -> {
          var lock = k.inOut("lock", I32, 1);
          var sum = k.inOut("sum", F32, 1);
          var x = k.in("x", F32, 1);
          var group = k.programId(0).rem(4);
          k.loopWhile(() -> lock.at(group).atomicCas(0, 1).eq(1), () -> {});
          var i = k.arange(16);
          sum.at(i).store(sum.at(i).load().add(x.at(i).load()));
          lock.at(group).atomicXchg(0);
        });
  }

  static Kernel attention() {
    var attention =
        Kernel.define(
            "flash_attention_fwd",
            k -> {
              var q = k.in("q", F16, 3);
              var key = k.in("k", F16, 3);
              var v = k.in("v", F16, 3); // [heads, seq, dim]
              var o = k.out("o", F16, 3);
              var lse = k.out("lse", F32, 2);
              var scale = k.f32("scale");
              int BM = k.meta("BM", 64), BN = k.meta("BN", 64), D = k.meta("D", 64);
              boolean causal = k.meta("CAUSAL", true);

              var pm = k.programId(0);
              var h = k.programId(1);
              var S = q.size(1);
              var rm = pm.mul(BM).add(k.arange(BM));
              var d = k.arange(D);
              var Q = q.at(h, rm.col(), d.row()).load(rm.lt(S).col());

              var m = k.var(k.full(F32, Float.NEGATIVE_INFINITY, BM)); // running row maximum
              var l = k.var(k.zeros(F32, BM)); // running row sum
              var acc = k.var(k.zeros(F32, BM, D));

              var hi = causal ? pm.add(1).mul(BM).min(S) : S; // skip key blocks above the diagonal
              k.range(0, hi, BN)
                  .stages(2)
                  .each(start -> {
                    var rn = start.add(k.arange(BN));
                    var K = key.at(h, rn.col(), d.row()).load(rn.lt(S).col());
                    var V = v.at(h, rn.col(), d.row()).load(rn.lt(S).col());
                    var keep = rn.lt(S).row();
                    if (causal) keep = keep.and(rm.col().ge(rn.row())); // Java if on a Java boolean
                    var s =
                        keep.where(
                            k.dot(Q, K.t(), k.zeros(F32, BM, BN)).mul(scale),
                            Float.NEGATIVE_INFINITY);

                    var mNew = m.get().max(s.amax(1));
                    var p = s.sub(mNew.col()).exp();
                    var alpha = m.get().sub(mNew).exp();
                    l.set(l.get().mul(alpha).add(p.sum(1)));
                    acc.set(k.dot(p.to(F16), V, acc.get().mul(alpha.col())));
                    m.set(mNew);
                  });
              o.at(h, rm.col(), d.row())
                  .store(acc.get().div(l.get().col()).to(F16), rm.lt(S).col());
              lse.at(h, rm).store(m.get().add(l.get().log()), rm.lt(S));
            });
    return attention;
  }

  static Kernel collatz() {
    return Kernel.define(
        "collatz",
        k -> {
          var n = k.i64("n");
          var out = k.out("out", I32, 1);
          var v = k.var(n);
          var steps = k.var(k.full(I32, 0));
          k.loopWhile(
              () -> v.get().ge(2),
              () -> {
                k.when(
                    v.get().rem(2).eq(0),
                    () -> v.set(v.get().div(2)),
                    () -> v.set(v.get().mul(3).add(1)));
                steps.inc(k.full(I32, 1));
              });
          out.at(k.arange(1)).store(steps.get());
        });
  }

  private static Func traced(Kernel kernel) {
    Func func = kernel.trace().func();
    assertThat(Func.parse(func.toString())).isEqualTo(func);
    return func;
  }

  private static List<String> labels(Func func) {
    return func.body().ops().stream().map(Op::label).toList();
  }

  @Test
  void vectorAdd_traces_asInTheDesign() {
    assertThat(traced(vectorAdd()).toString().replaceAll(" @ .*", ""))
        .isEqualTo(
            """
            func vector_add(x: in f32[?], y: in f32[?], out: out f32[?])
              %0: i64 = program_id(0)
              %2: i64 = mul(%0, 1024:i64)
              %3: i64[1024] = iota(1024)
              %4: i64[1024] = add(%2, %3)
              %5: i64 = size(x, 0)
              %6: bool[1024] = lt(%4, %5)
              %7: f32[1024] = load x[%4] mask %6 other 0.0
              %8: f32[1024] = load y[%4] mask %6 other 0.0
              %9: f32[1024] = add(%7, %8)
              store out[%4] %9 mask %6
            """);
  }

  @Test
  void softmax_everySize_traces() {
    assertThat(labels(traced(softmax().with("BLOCK", nextPow2(781))))).endsWith("range");
  }

  @Test
  void matmul_everyActivation_traces() {
    for (Act act : Act.values()) {
      Func func = traced(matmul().with("ACT", act));
      assertThat(labels(func)).contains("var", "range", "store");
    }
  }

  @Test
  void matmulByBlocks_needsNoMasksInTheSource() {
    assertThat(labels(traced(matmulByBlocks()))).endsWith("store");
  }

  @Test
  void layerNorm_traces() {
    assertThat(labels(traced(layerNorm()))).containsSubsequence("range", "reduce", "range");
  }

  @Test
  void layerNormBackward_atomicsReadWhatTheyChange() {
    Func func = traced(layerNormBackward());
    assertThat(func.params())
        .contains(new Func.ArrayParam("dw_part", F32, Access.IN_OUT, 2))
        .contains(new Func.ArrayParam("dx", F32, Access.OUT, 2));
    assertThat(labels(func)).endsWith("atomic add", "atomic add");
  }

  @Test
  void spinLock_traces() {
    assertThat(labels(traced(spinLock()))).contains("while", "atomic xchg");
  }

  @Test
  void attention_causalOrNot_traces() {
    for (boolean causal : List.of(true, false)) {
      assertThat(labels(traced(attention().with("CAUSAL", causal)))).contains("range");
    }
  }

  @Test
  void collatz_traces() {
    assertThat(traced(collatz()).toString()).contains("  while @ collatz:");
  }
}
