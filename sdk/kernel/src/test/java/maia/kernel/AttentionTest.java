package maia.kernel;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import maia.kernel.library.FlashAttention;
import maia.kernel.library.FlashAttention.See;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.sim.EngineUse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Attention kernels against attention in double precision.
class AttentionTest {
  /// Weights and results round to BF16 (2^-9 relative each) on values of size 2; binary32
  /// elsewhere.
  private static final double TOLERANCE = 0.02;

  /// What differs between tests.
  private record Case(int heads, int group, int queries, int keys, int d, See see, int window) {
    double scale() {
      return 1 / StrictMath.sqrt(d);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, 1, 40, 40, ALL, 0",
    "2, 1, 33, 33, CAUSAL, 0",
    "4, 2, 40, 70, CAUSAL, 0",
    "2, 2, 50, 50, CAUSAL, 20",
    "1, 1, 1, 37, ALL, 0",
    "1, 1, 5, 3, CAUSAL, 0"
  })
  void prefill_raggedSizes_isCloseToDoublePrecision(
      int heads, int group, int queries, int keys, See see, int window) {
    Case c = new Case(heads, group, queries, keys, 16, see, window);
    HostArray q = Values.array(1, BF16, heads, queries, 16);
    HostArray k = Values.array(2, BF16, heads / group, keys, 16);
    HostArray v = Values.array(3, BF16, heads / group, keys, 16);
    double[] expected = attention(c, 0, q, k, v);
    for (Machine machine : List.of(Chip.TOY, Chip.MAIA_200)) {
      HostArray o = HostArray.zeros(F32, heads, queries, 16);
      HostArray lse = HostArray.zeros(F32, heads, queries);
      kernel(c)
          .with("LSE", true)
          .grid(Kernel.cdiv(queries, 16), heads)
          .on(new OnSim(machine))
          .run(q, k, v, o, lse, (float) c.scale());
      close(o.toFloats(), expected, 0);
      close(lse.toFloats(), expected, o.toFloats().length);
    }
  }

  private static Kernel kernel(Case c) {
    return FlashAttention.KERNEL
        .with("OUT", F32)
        .with("GROUP", c.group)
        .with("D", c.d)
        .with("SEE", c.see)
        .with("WINDOW", c.window)
        .with("BM", 16)
        .with("BN", 16);
  }

  @ParameterizedTest
  @EnumSource(See.class)
  void prefill_twoChains_equalsOne(See see) {
    Case c = new Case(2, 1, 50, 50, 16, see, 0);
    HostArray q = Values.array(1, BF16, 2, 50, 16);
    HostArray k = Values.array(2, BF16, 2, 50, 16);
    HostArray v = Values.array(3, BF16, 2, 50, 16);
    HostArray one = HostArray.zeros(F32, 2, 50, 16);
    HostArray two = HostArray.zeros(F32, 2, 50, 16);
    float scale = (float) c.scale();
    kernel(c).grid(4, 2).on(new OnSim(Chip.TOY)).run(q, k, v, one, scale);
    kernel(c).with("CHAINS", 2).grid(2, 2).on(new OnSim(Chip.TOY)).run(q, k, v, two, scale);
    assertThat(two.toFloats()).isEqualTo(one.toFloats());
  }

  @Test
  void prefill_softCap_bendsTheScores() {
    Case c = new Case(2, 1, 20, 20, 16, See.CAUSAL, 0);
    HostArray q = Values.array(1, BF16, 2, 20, 16);
    HostArray k = Values.array(2, BF16, 2, 20, 16);
    HostArray v = Values.array(3, BF16, 2, 20, 16);
    HostArray o = HostArray.zeros(F32, 2, 20, 16);
    kernel(c)
        .with("CAP", true)
        .grid(2, 2)
        .on(new OnSim(Chip.TOY))
        .run(q, k, v, o, (float) c.scale(), 1.5f);
    close(o.toFloats(), attention(c, 1.5, q, k, v), 0);
  }

  @ParameterizedTest
  @CsvSource({"BF16", "FP8_E4M3"})
  void prefill_chosenBlocks_fitEveryMachine(DType type) {
    for (Machine machine : List.of(Chip.TOY, Chip.MAIA_200)) {
      var p = new FlashAttention.Problem(4, 4, 300, 64, type);
      Run run =
          FlashAttention.over(FlashAttention.KERNEL.with("SEE", See.CAUSAL), p, machine)
              .on(new OnSim(machine))
              .timing(
                  HostArray.meta(type, 4, 300, 64),
                  HostArray.meta(type, 1, 300, 64),
                  HostArray.meta(type, 1, 300, 64),
                  HostArray.meta(BF16, 4, 300, 64),
                  0.125f);
      assertThat(run.cycles()).isPositive();
    }
  }

  @Test
  void prefill_causal_givesEveryTileAboutAsManyKeys() {
    // 12 blocks of queries per head: programs dealt head by head would give a tile the same block
    // of every head
    var p = new FlashAttention.Problem(24, 8, 12 * 256, 128, DType.FP8_E4M3);
    Run run =
        FlashAttention.over(FlashAttention.KERNEL.with("SEE", See.CAUSAL), p, Chip.MAIA_200)
            .on(new OnSim(Chip.MAIA_200))
            .timing(
                HostArray.meta(DType.FP8_E4M3, 24, p.queries(), 128),
                HostArray.meta(DType.FP8_E4M3, 3, p.queries(), 128),
                HostArray.meta(DType.FP8_E4M3, 3, p.queries(), 128),
                HostArray.meta(BF16, 24, p.queries(), 128),
                0.088f);
    LongSummaryStatistics work =
        ((OnSim.Finished) run)
            .run().counters().engines().stream()
                .filter(e -> e.kind().equals("ttu"))
                .mapToLong(EngineUse::busyPicoseconds)
                .summaryStatistics();
    assertThat(work.getMax()).isLessThan((long) (1.25 * work.getAverage()));
  }

  static void close(float[] found, double[] expected, int from) {
    for (int i = 0; i < found.length; i++) {
      double wanted = expected[from + i];
      boolean same = Double.isInfinite(wanted) && found[i] == wanted;
      assertThat(same || Math.abs(found[i] - wanted) <= TOLERANCE)
          .as("element %d: %s, expected %s", i, found[i], wanted)
          .isTrue();
    }
  }

  /// Results, then log-sum-exps.
  private static double[] attention(Case c, double cap, HostArray q, HostArray k, HostArray v) {
    float[] fq = q.toFloats();
    float[] fk = k.toFloats();
    float[] fv = v.toFloats();
    int rows = c.heads * c.queries;
    double[] out = new double[rows * c.d + rows];
    for (int row = 0; row < rows; row++) {
      int position = row % c.queries + c.keys - c.queries;
      int first = row / c.queries / c.group * c.keys;
      List<Integer> seen = new ArrayList<>();
      for (int j = 0; j < c.keys; j++) {
        boolean before = c.see == See.ALL || j <= position;
        if (before && (c.window == 0 || j > position - c.window)) {
          seen.add(first + j);
        }
      }
      double total = 0;
      for (int j : seen) {
        double s = 0;
        for (int i = 0; i < c.d; i++) {
          s += (double) fq[row * c.d + i] * fk[j * c.d + i];
        }
        s *= c.scale();
        double weight = StrictMath.exp(cap == 0 ? s : cap * StrictMath.tanh(s / cap));
        total += weight;
        for (int i = 0; i < c.d; i++) {
          out[row * c.d + i] += weight * fv[j * c.d + i];
        }
      }
      for (int i = 0; i < c.d && total > 0; i++) {
        out[row * c.d + i] /= total;
      }
      out[rows * c.d + row] = StrictMath.log(total);
    }
    return out;
  }
}
