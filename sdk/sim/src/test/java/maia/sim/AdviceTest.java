package maia.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import maia.machine.Chip;
import maia.npl.Npl;
import maia.npl.Program;
import maia.numerics.Array;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.sim.Advice.Finding;
import maia.sim.Advice.Kind;
import org.junit.jupiter.api.Test;

/// Kernels built to be slow for one reason each.
class AdviceTest {
  private static RunRecord timing(Program program, int programs, Array... arrays) {
    var launch = new Launch(List.of(arrays), List.of(), List.of(programs), Options.timingOnly());
    return Simulator.on(Chip.MAIA_200).run(program, launch);
  }

  private static Finding finding(Advice advice, Kind kind) {
    return advice.findings().stream()
        .filter(f -> f.kind() == kind)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + kind + " in " + advice));
  }

  private static Array meta(DType type, long... shape) {
    return HostArray.meta(type, shape);
  }

  /// A product over k with `slots` slots of 128 x `bk`.
  private static Program gemm(int slots, int bk, int k) {
    return Npl.parse(
        """
        program gemm every_tile
          array a: bf16[?, ?] in
          array b: bf16[?, ?] in
          array c: f32[?, ?] out
          buffer ta: bf16[128, %2$d] tsram x%1$d
          buffer tb: bf16[%2$d, 128] tsram x%1$d
          buffer acc: f32[128, 128] acc x1
          semaphore full[%1$d] tile initial 0 maximum 1
          semaphore free[%1$d] tile initial 1 maximum 1
          semaphore summed[1] tile initial 0 maximum 1
          semaphore taken[1] tile initial 1 maximum 1
          queue tile_dma 0
            set %%lap = 0
            repeat %%program = %%tile .. %%programs step %%tiles
              repeat %%i = 0 .. %3$d
                wait free[%%lap %% %1$d]
                copy a[(%%program * 128) +: 128, (%%i * %2$d) +: %2$d] -> ta[%%lap %% %1$d]  @ gemm:1
                copy b[(%%i * %2$d) +: %2$d, 0 +: 128] -> tb[%%lap %% %1$d]  @ gemm:2
                signal full[%%lap %% %1$d]
                set %%lap = %%lap + 1
          queue ttu
            set %%lap = 0
            repeat %%program = %%tile .. %%programs step %%tiles
              wait taken  @ gemm:3
              repeat %%i = 0 .. %3$d
                wait full[%%lap %% %1$d]  @ gemm:4
                mma acc[0], ta[%%lap %% %1$d], tb[%%lap %% %1$d] clear %%i == 0  @ gemm:5
                signal free[%%lap %% %1$d]
                set %%lap = %%lap + 1
              signal summed
          queue tile_dma 1
            repeat %%program = %%tile .. %%programs step %%tiles
              wait summed
              copy acc[0] -> c[(%%program * 128) +: 128, 0 +: 128]  @ gemm:6
              signal taken
        """
            .formatted(slots, bk, k / bk));
  }

  private static RunRecord gemmRun(Program program, int programs, int k) {
    return timing(
        program,
        programs,
        meta(DType.BF16, 128L * programs, k),
        meta(DType.BF16, k, 128),
        meta(DType.F32, 128L * programs, 128));
  }

  @Test
  void oneSlot_isToldToTakeTwo_andTwoAreFaster() {
    Program one = gemm(1, 64, 2048);
    RunRecord slow = gemmRun(one, 36, 2048);
    Finding slots = finding(Advice.of(slow, one), Kind.SLOTS);
    assertThat(slots.line().line()).isEqualTo(1);
    assertThat(slots.share()).isGreaterThan(0.3);
    assertThat(slots.next()).isEqualTo("2 slots (stages 1 -> 2)");
    assertThat(slots.evidence()).contains("into 'ta'", "for a free slot of 1");
    RunRecord fast = gemmRun(gemm(2, 64, 2048), 36, 2048);
    Comparison comparison = Comparison.of(slow, fast);
    assertThat(comparison.speedup()).isGreaterThan(1.2);
    assertThat(comparison.toString())
        .contains(
            "time     kernel [us]", "bytes    hbm [B]", "energy   tensor [uJ]", "busy     ttu");
  }

  @Test
  void narrowBlocks_areToldToGrow() {
    Program program = gemm(3, 8, 512);
    Finding small = finding(Advice.of(gemmRun(program, 36, 512), program), Kind.SMALL_COPIES);
    assertThat(small.evidence()).isIn("dma0 moves 8192 B in a copy", "dma0 moves 2048 B in a copy");
    assertThat(small.next()).startsWith("a larger BK");
  }

  @Test
  void fewPrograms_leaveTilesIdle() {
    Program program = gemm(2, 64, 512);
    Finding idle = finding(Advice.of(gemmRun(program, 9, 512), program), Kind.IDLE_TILES);
    assertThat(idle.share()).isEqualTo(0.75);
    assertThat(idle.evidence()).isEqualTo("9 of 36 tiles have work");
    assertThat(idle.next()).startsWith("a grid of at least 36 programs");
  }

  @Test
  void unevenGrid_isToldToBeAMultiple() {
    Program program = gemm(2, 64, 512);
    Finding uneven = finding(Advice.of(gemmRun(program, 40, 512), program), Kind.IMBALANCE);
    assertThat(uneven.next()).startsWith("a grid that is a multiple of 36 programs");
  }

  @Test
  void exponentials_areNamedWithTheirLine() {
    String text =
        """
        program curve one_tile
          array x: f32[64, 128] in
          array y: f32[64, 128] out
          buffer a: f32[64, 128] tsram x1
          semaphore full[1] tile initial 0 maximum 1
          semaphore done[1] tile initial 0 maximum 1
          queue tile_dma 0
            copy x[0 +: 64, 0 +: 128] -> a[0]
            signal full
          queue tvp
            wait full
            repeat %i = 0 .. 50
              map a[0] = (a[0] * 0.5)  @ curve:1
              map a[0] = exp(a[0])  @ curve:2
            signal done
          queue tile_dma 1
            wait done
            copy a[0] -> y[0 +: 64, 0 +: 128]
        """;
    Program program = Npl.parse(text);
    RunRecord run = timing(program, 1, meta(DType.F32, 64, 128), meta(DType.F32, 64, 128));
    Finding vector = finding(Advice.of(run, program), Kind.VECTOR);
    assertThat(vector.line().line()).isEqualTo(2);
    assertThat(vector.evidence()).endsWith("here with exp");
    assertThat(vector.next()).startsWith("fewer of these per element");
  }

  @Test
  void loadsOnly_areBoundByLatencyOrHbm() {
    String text =
        """
        program stream every_tile
          array x: f32[?, ?] in
          buffer a: f32[64, 128] tsram x1
          queue tile_dma 0
            repeat %program = %tile .. %programs step %tiles
              copy x[(%program * 64) +: 64, 0 +: 128] -> a[0]  @ stream:1
        """;
    Program program = Npl.parse(text);
    RunRecord run = timing(program, 720, meta(DType.F32, 64 * 720, 128));
    Advice advice = Advice.of(run, program);
    assertThat(advice.findings()).extracting(Finding::kind).containsAnyOf(Kind.LATENCY, Kind.HBM);
    assertThat(advice.findings().get(0).line().line()).isEqualTo(1);
    assertThat(advice.toString()).startsWith("stream: why it takes its time\n  ");
  }

  @Test
  void shortKernel_isToldThatTheLaunchCosts() {
    Program program = gemm(2, 64, 64);
    Finding launch = finding(Advice.of(gemmRun(program, 36, 64), program), Kind.LAUNCH);
    assertThat(launch.share()).isGreaterThan(0.5);
  }

  @Test
  void raggedBlock_fillsTheTensorUnitBadly() {
    String text =
        """
        program ragged one_tile
          array y: f32[33, 33] out
          buffer a: bf16[33, 64] tsram x1
          buffer b: bf16[64, 33] tsram x1
          buffer acc: f32[33, 33] acc x1
          semaphore ready[1] tile initial 0 maximum 1
          semaphore done[1] tile initial 0 maximum 1
          queue tvp
            map a[0] = 1.0
            map b[0] = 1.0
            signal ready
          queue ttu
            wait ready
            repeat %i = 0 .. 200
              mma acc[0], a[0], b[0] clear %i == 0  @ ragged:1
            signal done
          queue tile_dma 0
            wait done
            copy acc[0] -> y[0 +: 33, 0 +: 33]
        """;
    Program program = Npl.parse(text);
    Finding tensor =
        finding(Advice.of(timing(program, 1, meta(DType.F32, 33, 33)), program), Kind.TENSOR);
    assertThat(tensor.evidence()).contains("only 27 % of its steps are filled");
    assertThat(tensor.next()).isEqualTo("blocks that are multiples of 32 x 32");
  }
}
