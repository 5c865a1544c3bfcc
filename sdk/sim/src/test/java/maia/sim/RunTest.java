package maia.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.List;
import java.util.concurrent.CancellationException;
import maia.machine.Chip;
import maia.npl.Npl;
import maia.npl.NplException;
import maia.npl.NplException.Category;
import maia.numerics.DType;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;

class RunTest {
  /// Doubles an array of any size; a program per 64 elements, spread over the tiles.
  private static final String DOUBLE =
      """
      program twice every_tile
        array x: f32[?] in
        array y: f32[?] out
        buffer a: f32[64] tsram x1
        buffer b: f32[64] tsram x1
        semaphore full[1] tile initial 0 maximum 9
        semaphore free[1] tile initial 1 maximum 9
        semaphore ready[1] tile initial 0 maximum 9
        semaphore gone[1] tile initial 1 maximum 9
        queue tile_dma 0
          repeat %program = %tile .. %programs step %tiles
            wait free
            copy x[(%program * 64) +: 64 < size(x, 0)] -> a[0]  @ twice:1
            signal full
        queue tvp
          repeat %program = %tile .. %programs step %tiles
            wait full
            wait gone
            map b[0] = (a[0] + a[0])  @ twice:2
            signal free
            signal ready
        queue tile_dma 1
          repeat %program = %tile .. %programs step %tiles
            wait ready
            copy b[0] -> y[STORE]  @ twice:3
            signal gone
      """;

  private static final String RIGHT = DOUBLE.replace("STORE", "(%program * 64) +: 64 < size(y, 0)");

  private static Launch launch(int n, Options options) {
    var x = HostArray.of(Gemm.random(n, 7), DType.F32, n);
    var y = HostArray.zeros(DType.F32, n);
    return new Launch(List.of(x, y), List.of(), List.of(Math.ceilDiv(n, 64)), options);
  }

  private static NplException refused(String text, Launch launch) {
    return catchThrowableOfType(
        NplException.class, () -> Simulator.on(Chip.TOY).run(Npl.parse(text), launch));
  }

  @Test
  void programs_spreadOverTiles_coverAnArrayOfAnySize() {
    for (int n : new int[] {1, 64, 1000}) {
      Launch launch = launch(n, Options.defaults());
      var run = Simulator.on(Chip.TOY).run(Npl.parse(RIGHT), launch);
      float[] x = HostArray.floats(launch.arrays().get(0));
      float[] y = HostArray.floats(launch.arrays().get(1));
      for (int i = 0; i < n; i++) {
        assertThat(y[i]).isEqualTo(2 * x[i]);
      }
      assertThat(run.checksOff()).isEmpty();
    }
  }

  @Test
  void run_twice_givesTheSameBytes() {
    var first = Simulator.on(Chip.TOY).run(Npl.parse(RIGHT), launch(5000, Options.defaults()));
    var second = Simulator.on(Chip.TOY).run(Npl.parse(RIGHT), launch(5000, Options.defaults()));
    assertThat(second).isEqualTo(first);
    assertThat(TraceJson.of(second)).isEqualTo(TraceJson.of(first));
  }

  @Test
  void run_withoutChecksOrValues_takesTheSameTimeAndSaysWhatIsOff() {
    var program = Npl.parse(RIGHT);
    var full = Simulator.on(Chip.TOY).run(program, launch(1000, Options.defaults()));
    var fast =
        Simulator.on(Chip.TOY)
            .run(program, launch(1000, Options.defaults().withChecks(Options.Checks.OFF)));
    var timing = Simulator.on(Chip.TOY).run(program, launch(1000, Options.timingOnly()));
    assertThat(fast.picoseconds()).isEqualTo(full.picoseconds());
    assertThat(timing.picoseconds()).isEqualTo(full.picoseconds());
    assertThat(timing.energy()).isEqualTo(full.energy());
    assertThat(timing.checksOff())
        .containsExactly("uninitialised read", "race", "race between programs", "coverage");
    assertThat(timing.toString()).contains("checks off: uninitialised read, race");
  }

  @Test
  void run_ofOneClusterOfAKind_countsForAll() {
    // the last programs are shorter and not every tile has as many
    int n = 64 * (5 * Chip.MAIA_200.tiles() + 7) + 3;
    var program = Npl.parse(RIGHT);
    Options one = Options.timingOnly().withClusters(Options.Clusters.ONE_OF_A_KIND);
    var all = Simulator.on(Chip.MAIA_200).run(program, launch(n, Options.timingOnly()));
    var kinds = Simulator.on(Chip.MAIA_200).run(program, launch(n, one));
    assertThat(kinds.picoseconds()).isCloseTo(all.picoseconds(), withinPercentage(5));
    assertThat((double) kinds.counters().hbmBytes())
        .isCloseTo(all.counters().hbmBytes(), withinPercentage(0.1));
    assertThat((double) kinds.counters().instructions())
        .isCloseTo(all.counters().instructions(), withinPercentage(5));
    assertThat(kinds.counters().engines().size()).isLessThan(all.counters().engines().size());
    assertThat(kinds.notes())
        .anyMatch(note ->
            note.matches(
                "\\d of 36 tiles simulated, one of a kind: spans, engines and stalls are theirs"));
  }

  @Test
  void oneClusterOfAKind_withValues_isRefused() {
    assertThatThrownBy(() -> Options.defaults().withClusters(Options.Clusters.ONE_OF_A_KIND))
        .hasMessage(
            "one cluster of a kind: only a timing-only run in the machine's own order, was COMPUTE"
                + " and eager; use Options.timingOnly()");
  }

  @Test
  void run_onShapesOnly_needsTimingOnly() {
    List<HostArray> meta = List.of(HostArray.meta(DType.F32, 64), HostArray.meta(DType.F32, 64));
    assertThat(refused(RIGHT, Launch.of(meta)))
        .hasMessageContaining("array 'x' has a shape but no memory");
  }

  @Test
  void programs_thatWriteOneElement_race() {
    var e = refused(DOUBLE.replace("STORE", "0 +: 64"), launch(128, Options.defaults()));
    assertThat(e.category()).isEqualTo(Category.RACE);
    assertThat(e)
        .hasMessageContaining("race on 'y' element [0] by programs")
        .hasMessageEndingWith("[twice:3]");
  }

  @Test
  void programs_thatLeaveElements_areNotComplete() {
    var e =
        refused(
            DOUBLE.replace("STORE", "(%program * 64) +: 64 < (size(y, 0) - 1)"),
            launch(128, Options.defaults()));
    assertThat(e.category()).isEqualTo(Category.COVERAGE);
    assertThat(e)
        .hasMessage(
            "output 'y' [128] was not written completely: 1 of 128 elements are missing, the first"
                + " is [127]; store every element or declare it in_out [N206] [twice:3]");
  }

  @Test
  void window_withoutMask_isOutOfBounds() {
    var e =
        refused(DOUBLE.replace("STORE", "(%program * 64) +: 64"), launch(100, Options.defaults()));
    assertThat(e.category()).isEqualTo(Category.OUT_OF_BOUNDS);
    assertThat(e)
        .hasMessage(
            "copy b -> y: window [64:128] is outside 'y' [100] in dimension 0 (no mask); move it"
                + " inside or mask it; program 1 [N201] [twice:3]");
  }

  @Test
  void store_thatSkipsTheWait_isUninitialised() {
    var e = refused(RIGHT.replace("wait ready\n", "wait gone\n"), launch(64, Options.defaults()));
    assertThat(e.category()).isEqualTo(Category.UNINITIALISED_READ);
    assertThat(e).hasMessageContaining("uninitialised read of 'b' slot 0 by copy b -> y on dma1");
  }

  @Test
  void result_notComputedInALaterLap_isUninitialised() {
    String text =
        RIGHT.replace(
            "      map b[0] = (a[0] + a[0])  @ twice:2\n",
            "      when %program < 4\n        map b[0] = (a[0] + a[0])  @ twice:2\n");
    assertThat(text).isNotEqualTo(RIGHT);
    var e = refused(text, launch(640, Options.defaults()));
    assertThat(e.category()).isEqualTo(Category.UNINITIALISED_READ);
    assertThat(e)
        .hasMessageContaining("uninitialised read of 'b' slot 0 by copy b -> y on dma1")
        .hasMessageContaining("its contents were handed back by the signal");
  }

  @Test
  void semaphore_aboveItsMaximum_isRefused() {
    var e =
        refused(
            """
            program p one_tile
              semaphore s[1] tile initial 0 maximum 1
              queue tvp
                signal s  @ p:1
                signal s  @ p:2
            """,
            Launch.of(List.of()));
    assertThat(e.category()).isEqualTo(Category.SEMAPHORE);
    assertThat(e)
        .hasMessage(
            "semaphore s rises above its maximum: 1 + 1 > 1; wait for it or raise the maximum"
                + " [N205] [p:2]");
  }

  @Test
  void run_interrupted_stopsAndClearsTheFlag() {
    String endless =
        """
        program p one_tile
          queue tvp
            repeat %i = 0 .. 1000000000000
              set %j = %i
        """;
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Simulator.on(Chip.TOY).run(Npl.parse(endless), Launch.of(List.of())))
        .isInstanceOf(CancellationException.class);
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void registers_countAndBranch() {
    String text =
        """
        program p one_tile
          array y: i32[8] out
          buffer a: i32[1] tsram x8
          semaphore s[1] tile initial 0 maximum 9
          queue tvp
            set %sum = 0
            repeat %i = 0 .. 8
              repeat %i = 0 .. %i
                set %sum = %sum + %i
              when %i % 2
                map a[%i] = cast(i32, index(%sum))
              else
                map a[%i] = cast(i32, index(0 - %i))
              signal s
          queue tile_dma 0
            repeat %i = 0 .. 8
              wait s
              copy a[%i] -> y[%i +: 1]
        """;
    var y = HostArray.zeros(DType.I32, 8);
    Simulator.on(Chip.TOY).run(Npl.parse(text), Launch.of(List.of(y)));
    assertThat(y.toFloats()).containsExactly(0, 0, -2, 4, -4, 20, -6, 56);
  }

  @Test
  void expression_dividingByZero_isRefused() {
    var e =
        refused(
            "program p one_tile\n  queue tvp\n    set %i = %tile / %tile  @ p:4\n",
            Launch.of(List.of()));
    assertThat(e).hasMessage("integer expression: / by zero [N102] [p:4]");
  }

  @Test
  void trace_asJson_namesTilesQueuesAndLines() {
    var run = Simulator.on(Chip.TOY).run(Npl.parse(RIGHT), launch(64, Options.defaults()));
    assertThat(TraceJson.of(run))
        .startsWith("{\"displayTimeUnit\":\"ns\",\"otherData\":{\"program\":\"twice\"")
        .contains("\"args\":{\"name\":\"tile 0\"}", "\"args\":{\"name\":\"tvp\"}")
        .contains("{\"ph\":\"X\",\"name\":\"map b 64\",\"pid\":0,\"tid\":400,\"ts\":")
        .contains("\"line\":\"twice:2\"}")
        .endsWith("\n]}\n");
    var short_ =
        Simulator.on(Chip.TOY)
            .run(Npl.parse(RIGHT), launch(64, Options.defaults().withTraceLimit(1)));
    assertThat(short_.trace()).hasSize(1);
  }
}
