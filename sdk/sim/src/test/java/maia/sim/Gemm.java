package maia.sim;

import static maia.npl.Npl.ADD;
import static maia.npl.Npl.CLEAR;

import java.util.List;
import java.util.SplittableRandom;
import maia.npl.Npl;
import maia.npl.Program;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.numerics.MatMul;

/// The hand-written GEMM of one output block, with the mistakes a student makes.
final class Gemm {
  enum Mistake {
    NONE,
    TTU_SKIPS_WAIT,
    DMA_SKIPS_WAIT,
    B_NEVER_COPIED,
    LAST_SLICE_LATE,
    BLOCK_TOO_DEEP,
    SIGNAL_FORGOTTEN,
    SIGNALLED_TWICE,
    COPY_SKIPPED_IN_A_LATER_LAP,
    HALF_STORED,
  }

  static final int BM = 32;
  static final int BN = 32;
  static final int K = 256;

  private Gemm() {}

  static Program program(Mistake mistake) {
    return program(mistake, 2, DType.BF16, DType.BF16);
  }

  static Program program(Mistake mistake, int slots, DType in, DType result) {
    int bk = mistake == Mistake.BLOCK_TOO_DEEP ? 1024 : 32;
    int k = mistake == Mistake.BLOCK_TOO_DEEP ? 4096 : K;
    return Npl.program(
        "gemm_tile",
        t -> {
          var A = t.hbm("A", in, BM, k);
          var B = t.hbm("B", in, k, BN);
          var C = t.hbm("C", result, BM, BN);
          var a = t.sram("a", in, slots, BM, bk);
          var b = t.sram("b", in, slots, bk, BN);
          var acc = t.acc("acc", DType.F32, BM, BN);
          var out = t.sram("out", result, 1, BM, BN);
          var full = t.sems("full", slots, 0);
          var free = t.sems("free", slots, 1);
          var summed = t.sem("summed", 0);
          var ready = t.sem("ready", 0);
          var dma = t.dma(0);
          var ttu = t.ttu();
          var tvp = t.tvp();
          var st = t.dma(1);
          int steps = k / bk;
          for (int s = 0; s < steps; s++) {
            int p = s % slots;
            int late = mistake == Mistake.LAST_SLICE_LATE && s == steps - 1 ? bk / 2 : 0;
            if (mistake != Mistake.DMA_SKIPS_WAIT) {
              dma.waitFor(free[p]);
            }
            dma.copy(A.at(0, s * bk + late, BM, bk), a.slot(p));
            boolean skipped = mistake == Mistake.COPY_SKIPPED_IN_A_LATER_LAP && s == steps - 2;
            if (mistake != Mistake.B_NEVER_COPIED && !skipped) {
              dma.copy(B.at(s * bk, 0, bk, BN), b.slot(p));
            }
            if (mistake != Mistake.SIGNAL_FORGOTTEN || s != 3) {
              dma.signal(full[p]);
            }
            if (mistake != Mistake.TTU_SKIPS_WAIT) {
              ttu.waitFor(full[p]);
            }
            ttu.mma(acc, a.slot(p), b.slot(p), s == 0 ? CLEAR : ADD);
            ttu.signal(free[p]);
          }
          ttu.signal(summed);
          if (mistake == Mistake.SIGNALLED_TWICE) {
            ttu.signal(summed);
          }
          tvp.waitFor(summed).relu(acc, out).signal(ready);
          int rows = mistake == Mistake.HALF_STORED ? BM / 2 : BM;
          st.waitFor(ready)
              .copy(
                  out.slot(0)
                      .box(List.of(maia.npl.Expr.ZERO, maia.npl.Expr.ZERO), List.of(rows, BN)),
                  C.at(0, 0, rows, BN));
        });
  }

  static float[] random(int count, long seed) {
    var random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble(-1, 1);
    }
    return values;
  }

  /// A (BM x K), B (K x BN), C (BM x BN).
  static List<HostArray> arrays(DType in, DType result) {
    return List.of(
        HostArray.of(random(BM * K, 1), in, BM, K),
        HostArray.of(random(K * BN, 2), in, K, BN),
        HostArray.zeros(result, BM, BN));
  }

  static float[] expected(List<HostArray> arrays, int m, int n, int k) {
    float[] c = new float[m * n];
    MatMul.multiplyAdd(
        m, n, k, arrays.get(0).toFloats(), 0, k, 1, arrays.get(1).toFloats(), 0, n, 1, c, 0, n);
    for (int i = 0; i < c.length; i++) {
      c[i] = Math.max(c[i], 0f);
    }
    return c;
  }
}
