package maia.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import maia.machine.Chip;
import maia.npl.Npl;
import maia.npl.NplException.Category;
import maia.npl.Program;
import maia.numerics.DType;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;

/// Schedules: correct programs do not depend on them, and missing orderings do.
class ExploreTest {
  private static Exploration explore(Gemm.Mistake mistake, int seeds) {
    return Explore.on(Chip.TOY)
        .run(Gemm.program(mistake), Launch.of(Gemm.arrays(DType.BF16, DType.BF16)), seeds);
  }

  @Test
  void gemm_underAHundredSchedules_givesTheSameBits() {
    Exploration result = explore(Gemm.Mistake.NONE, 98);
    assertThat(result.outcomes()).hasSize(100);
    assertThat(result.isStable()).as(result.toString()).isTrue();
    assertThat(result).hasToString("gemm_tile: 100 schedules, the same bits under all\n");
  }

  @Test
  void gemm_whoseLoadsDoNotWait_dependsOnTheSchedule() {
    Exploration result = explore(Gemm.Mistake.DMA_SKIPS_WAIT, 20);
    assertThat(result.isStable()).isFalse();
    assertThat(result.outcomes())
        .anyMatch(o -> o.refusal().map(e -> e.category() == Category.SEMAPHORE).orElse(true));
  }

  @Test
  void gemm_whoseTensorUnitDoesNotWait_namesElementValuesAndLines() {
    Program program = Npl.parse(NO_WAIT);
    var x = HostArray.of(Gemm.random(64, 1), DType.F32, 64);
    var y = HostArray.zeros(DType.F32, 64);
    Exploration result = Explore.on(Chip.TOY).run(program, Launch.of(List.of(x, y)), 4);
    assertThat(result.differences()).hasSize(1);
    Exploration.Difference difference = result.differences().get(0);
    assertThat(difference.array()).isEqualTo("y");
    assertThat(difference.index()).containsExactly(0L);
    assertThat(difference.differing()).isEqualTo(64);
    assertThat(difference.values()).hasSize(2);
    assertThat(difference.values()).extracting(v -> v.writer().line()).containsOnly(3);
    assertThat(result.toString())
        .startsWith("late: 6 schedules, not stable\n  'y': 64 elements differ, the first is [0]\n")
        .contains("    0.0 (written at late:3) under ");
  }

  @Test
  void differenceOfOneElement_isSaidInTheSingular() {
    Program program = Npl.parse(NO_WAIT.replace("64", "1"));
    var x = HostArray.of(new float[] {3}, DType.F32, 1);
    var y = HostArray.zeros(DType.F32, 1);
    assertThat(Explore.on(Chip.TOY).run(program, Launch.of(List.of(x, y)), 4).toString())
        .contains("\n  'y': 1 element differs, the first is [0]\n");
  }

  /// The store is ordered behind the map, the map is not ordered behind the load.
  private static final String NO_WAIT =
      """
      program late one_tile
        array x: f32[64] in
        array y: f32[64] out
        buffer a: f32[64] tsram x1
        buffer b: f32[64] tsram x1
        semaphore ready[1] tile initial 0 maximum 9
        queue tile_dma 0
          copy x[0 +: 64] -> a[0]  @ late:1
        queue tvp
          map b[0] = (a[0] + a[0])  @ late:2
          signal ready
        queue tile_dma 1
          wait ready
          copy b[0] -> y[0 +: 64]  @ late:3
      """;

  @Test
  void programs_thatWriteOneElement_dependOnTheirOrder() {
    String text =
        """
        program last every_tile
          array y: f32[1] out
          buffer a: f32[1] tsram x1
          semaphore full[1] tile initial 0 maximum 9
          semaphore free[1] tile initial 1 maximum 9
          queue tvp
            repeat %program = %tile .. %programs step %tiles
              wait free
              map a[0] = cast(f32, index(%program))  @ last:1
              signal full
          queue tile_dma 0
            repeat %program = %tile .. %programs step %tiles
              wait full
              copy a[0] -> y[0 +: 1]  @ last:2
              signal free
        """;
    var y = HostArray.zeros(DType.F32, 1);
    var launch = new Launch(List.of(y), List.of(), List.of(8), Options.defaults());
    Exploration result = Explore.on(Chip.TOY).run(Npl.parse(text), launch, 12);
    assertThat(result.differences()).hasSize(1);
    assertThat(result.differences().get(0).values()).hasSizeGreaterThan(2);
    assertThat(result.differences().get(0).values().get(0).schedules().get(0))
        .isEqualTo(Schedule.EAGER);
    assertThat(y.toFloats()[0])
        .isEqualTo(Float.parseFloat(result.differences().get(0).values().get(0).value()));
  }

  @Test
  void schedule_latest_deliversCopiesWhenSomebodyWaits() {
    Program program = Gemm.program(Gemm.Mistake.NONE);
    var arrays = Gemm.arrays(DType.BF16, DType.BF16);
    RunRecord run =
        Simulator.on(Chip.TOY)
            .run(program, Launch.of(arrays).with(Options.defaults().withSchedule(Schedule.LATEST)));
    assertThat(run.notes()).contains("schedule latest: times are not the machine's");
    float[] expected = Gemm.expected(arrays, Gemm.BM, Gemm.BN, Gemm.K);
    maia.numerics.Codec.of(DType.BF16).round(expected, 0, expected.length);
    assertThat(arrays.get(2).toFloats()).isEqualTo(expected);
  }

  @Test
  void schedule_sameSeed_givesTheSameRun() {
    Program program = Gemm.program(Gemm.Mistake.NONE);
    Options options = Options.defaults().withSchedule(Schedule.seeded(5));
    var first = run(program, options);
    assertThat(run(program, options)).isEqualTo(first);
    assertThat(run(program, options.withSchedule(Schedule.seeded(6)))).isNotEqualTo(first);
  }

  private static RunRecord run(Program program, Options options) {
    var arrays = Gemm.arrays(DType.BF16, DType.BF16);
    return Simulator.on(Chip.TOY).run(program, Launch.of(arrays).with(options));
  }

  @Test
  void explore_timingOnly_isRefused() {
    var launch = Launch.of(Gemm.arrays(DType.BF16, DType.BF16)).with(Options.timingOnly());
    assertThatThrownBy(() -> Explore.on(Chip.TOY).run(Gemm.program(Gemm.Mistake.NONE), launch, 1))
        .hasMessage(
            "explore: compares values, the launch asks for timing only; use Options.defaults()");
  }
}
