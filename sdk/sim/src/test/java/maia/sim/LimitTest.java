package maia.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import maia.machine.Chip;
import maia.npl.Estimate;
import maia.npl.Npl;
import maia.npl.NplException;
import maia.npl.NplException.Category;
import maia.npl.Program;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.numerics.MatMul;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Boxes whose sizes are known only when the program runs.
class LimitTest {
  /// One product of m x k by k x n in boxes of the largest sizes.
  private static final String PRODUCT =
      """
      program p one_tile
        array x: bf16[?, ?] in
        array w: bf16[?, ?] in
        array y: bf16[?, ?] out
        array s: f32[?] out
        buffer a: bf16[16, 32] tsram x1
        buffer b: bf16[32, 16] tsram x1
        buffer acc: f32[16, 16] acc x1
        buffer o: bf16[16, 16] tsram x1
        buffer sum: f32[16] tsram x1
        semaphore full[1] tile initial 0 maximum 9
        semaphore summed[1] tile initial 0 maximum 9
        semaphore ready[1] tile initial 0 maximum 9
        queue tile_dma 0
          set %m = size(x, 0)
          set %n = size(w, 1)
          set %k = size(x, 1)
          copy x[0 +: 16, 0 +: 32] -> a[0; 0 +: 16 limit %m, 0 +: 32 limit %k]  @ p:1
          copy w[0 +: 32, 0 +: 16] -> b[0; 0 +: 32 limit %k, 0 +: 16 limit %n]  @ p:2
          signal full
        queue ttu
          set %m = size(x, 0)
          set %n = size(w, 1)
          set %k = size(x, 1)
          wait full
          mma acc[0; 0 +: 16 limit %m, 0 +: 16 limit %n], a[0; 0 +: 16 limit %m, 0 +: 32 limit %k], b[0; 0 +: 32 limit %k, 0 +: 16 limit %n] clear 1  @ p:3
          signal summed
        queue tvp
          set %m = size(x, 0)
          set %n = size(w, 1)
          wait summed
          map o[0; 0 +: 16 limit %m, 0 +: 16 limit %n] = acc[0; 0 +: 16 limit %m, 0 +: 16 limit %n]  @ p:4
          reduce sum[0; 0 +: 16 limit %m] = sum acc[0; 0 +: 16 limit %m, 0 +: 16 limit %n] over [16, 16] axis 1  @ p:5
          signal ready
        queue tile_dma 1
          set %m = size(x, 0)
          set %n = size(w, 1)
          wait ready
          copy o[0; 0 +: 16 limit %m, 0 +: 16 limit %n] -> y[0 +: 16, 0 +: 16]  @ p:6
          copy sum[0; 0 +: 16 limit %m] -> s[0 +: 16]  @ p:7
      """;

  private static List<HostArray> arrays(int m, int n, int k) {
    return List.of(
        HostArray.of(Gemm.random(m * k, 1), DType.BF16, m, k),
        HostArray.of(Gemm.random(k * n, 2), DType.BF16, k, n),
        HostArray.zeros(DType.BF16, m, n),
        HostArray.zeros(DType.F32, m));
  }

  private static RunRecord run(String text, List<HostArray> arrays) {
    return Simulator.on(Chip.TOY).run(Npl.parse(text), Launch.of(arrays));
  }

  @ParameterizedTest
  @CsvSource({"16, 16, 32", "5, 16, 32", "16, 3, 32", "16, 16, 7", "1, 1, 1", "9, 11, 30"})
  void product_ofLimitedBoxes_equalsTheHostAndCostsTheWork(int m, int n, int k) {
    var arrays = arrays(m, n, k);
    var run = run(PRODUCT, arrays);
    float[] expected = new float[m * n];
    float[] x = arrays.get(0).toFloats();
    float[] w = arrays.get(1).toFloats();
    MatMul.multiplyAdd(m, n, k, x, 0, k, 1, w, 0, n, 1, expected, 0, n);
    float[] sums = new float[m];
    for (int i = 0; i < m; i++) {
      sums[i] = maia.numerics.Reduce.sum(expected, i * n, n, 1);
    }
    var rounded = HostArray.of(expected, DType.BF16, m, n);
    assertThat(arrays.get(2).toFloats()).isEqualTo(rounded.toFloats());
    assertThat(arrays.get(3).toFloats()).isEqualTo(sums);
    assertThat(run.counters().tensorFlops()).isEqualTo(2L * m * n * k);
    // the toy unit takes 8 x 8 by depth 4 in a cycle
    long steps = (long) Math.ceilDiv(m, 8) * Math.ceilDiv(n, 8) * Math.ceilDiv(k, 4);
    assertThat(run.counters().busyPicoseconds()).containsEntry("ttu", 1000 * steps);
  }

  @Test
  void estimate_ofLimitedBoxes_countsWhatTheyTouch() {
    Program program = Npl.parse(PRODUCT);
    var sizes =
        new Estimate.Sizes(
            List.of(List.of(5L, 7L), List.of(7L, 3L), List.of(5L, 3L), List.of(5L)),
            List.of(),
            List.of());
    var estimate = Estimate.of(program, Chip.TOY, sizes);
    assertThat(estimate.tensorFlops()).isEqualTo(2 * 5 * 3 * 7);
    assertThat(estimate.hbmReadBytes()).isEqualTo(2 * (5 * 7 + 7 * 3));
    assertThat(estimate.hbmWrittenBytes()).isEqualTo(2 * 5 * 3 + 4 * 5);
  }

  @Test
  void readBeyondTheLimit_isUninitialised() {
    String text =
        PRODUCT
            .replace("map o[0; 0 +: 16 limit %m,", "map o[0; 0 +: 16 limit (%m + 1),")
            .replace(
                "= acc[0; 0 +: 16 limit %m, 0 +: 16 limit %n]  @ p:4",
                "= acc[0; 0 +: 16" + " limit (%m + 1), 0 +: 16 limit %n]  @ p:4");
    var e = refused(text, arrays(5, 16, 32));
    assertThat(e.category()).isEqualTo(Category.UNINITIALISED_READ);
    assertThat(e.origin().line()).isEqualTo(4);
  }

  private static NplException refused(String text, List<HostArray> arrays) {
    return catchThrowableOfType(NplException.class, () -> run(text, arrays));
  }

  @Test
  void boxesThatDoNotFit_areRefusedAtTheLine() {
    var e =
        refused(
            PRODUCT.replace(
                "b[0; 0 +: 32 limit %k, 0 +: 16 limit %n] clear",
                "b[0; 0 +:" + " 32 limit 8, 0 +: 16 limit %n] clear"),
            arrays(5, 16, 32));
    assertThat(e.category()).isEqualTo(Category.STRUCTURE);
    assertThat(e)
        .hasMessage(
            "mma 16x16x32 bf16: sizes do not fit: acc is [5, 16], a is [5, 32], b is [8, 16];"
                + " give their run-time limits the same values [N102] [p:3]");
  }

  @Test
  void mapInput_ofAnotherSize_isRefusedAtTheLine() {
    var e =
        refused(
            PRODUCT.replace(
                "] = acc[0; 0 +: 16 limit %m, 0 +: 16 limit %n]  @ p:4", "] = acc[0]  @ p:4"),
            arrays(5, 16, 32));
    assertThat(e)
        .hasMessage(
            "map o 16x16: 'acc' is [16, 16], the box is [5, 16]; give their run-time limits the"
                + " same values [N102] [p:4]");
  }

  @Test
  void emptyBoxes_costOnlyTheirIssue() {
    String text =
        """
        program p one_tile
          array x: f32[256] in
          array y: f32[256] in_out
          buffer a: bf16[16, 16] tsram x1
          buffer b: f32[256] tsram x1
          buffer acc: f32[16, 16] acc x1
          queue tile_dma 0
            copy x[0 +: 256] -> b[0; 0 +: 256 limit (0 - 3)]
            copy b[0; 0 +: 256 limit 0] -> y[0 +: 256]
          queue ttu
            mma acc[0; 0 +: 16 limit 0, 0 +: 16], a[0; 0 +: 16 limit 0, 0 +: 16], a[0] clear 1
          queue tvp
            map b[0; 0 +: 256 limit 0] = b[0; 0 +: 256 limit 0]
        """;
    var run = run(text, List.of(HostArray.zeros(DType.F32, 256), HostArray.zeros(DType.F32, 256)));
    assertThat(run.counters().hbmBytes()).isZero();
    assertThat(run.counters().busyPicoseconds()).containsEntry("ttu", 0L);
    assertThat(run.counters().busyPicoseconds()).containsEntry("tvp", 0L);
    // two descriptors of 10 cycles
    assertThat(run.counters().busyPicoseconds()).containsEntry("tile_dma", 20_000L);
    assertThat(run.energy().total()).isEqualTo(run.energy().idle());
  }

  @Test
  void productWithEmptyDepth_clearsTheAccumulator() {
    String text = PRODUCT.replace("limit %k", "limit 0");
    var arrays = arrays(4, 4, 8);
    run(text, arrays);
    assertThat(arrays.get(3).toFloats()).containsOnly(0f);
  }
}
