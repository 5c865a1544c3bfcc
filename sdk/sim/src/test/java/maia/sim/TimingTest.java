package maia.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import maia.machine.Chip;
import maia.machine.Dma;
import maia.machine.Machine;
import maia.npl.Npl;
import maia.numerics.DType;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;

/// May this start at t, and not at t-1? On the toy chip, where a cycle is 1000 ps.
class TimingTest {
  private static final long CYCLE = 1000;

  private static RunRecord timed(Machine machine, String text, HostArray... arrays) {
    return Simulator.on(machine)
        .run(
            Npl.parse(text),
            new Launch(List.of(arrays), List.of(), List.of(), Options.timingOnly()));
  }

  private static HostArray f32(long... shape) {
    return HostArray.meta(DType.F32, shape);
  }

  private static Span span(RunRecord run, String queue, int index) {
    return run.trace().stream().filter(s -> s.queue().equals(queue)).toList().get(index);
  }

  @Test
  void load_isDoneAfterIssueDescriptorTransferAndLatency() {
    var run =
        timed(
            Chip.TOY,
            """
            program p one_tile
              array x: f32[256] in
              buffer a: f32[256] tsram x1
              queue tile_dma 0
                copy x[0 +: 256] -> a[0]
            """,
            f32(256));
    // issue 2, descriptor 10, 1024 B at 32 B/cycle, latency 100
    assertThat(span(run, "dma0", 0))
        .extracting(Span::startPicoseconds, Span::endPicoseconds, Span::bytes)
        .containsExactly(2 * CYCLE, (2 + 10 + 32 + 100) * CYCLE, 1024L);
    assertThat(run.cycles()).isEqualTo(144);
    assertThat(run.launchPicoseconds()).isEqualTo(1_000_000);
  }

  @Test
  void mma_waitingForALoad_startsWhenItsSignalArrives() {
    var run =
        timed(
            Chip.TOY,
            """
            program p one_tile
              array x: bf16[16, 16] in
              buffer a: bf16[16, 16] tsram x1
              buffer acc: f32[16, 16] acc x1
              semaphore full[1] tile initial 0 maximum 9
              queue tile_dma 0
                copy x[0 +: 16, 0 +: 16] -> a[0]
                signal full
              queue ttu
                wait full
                mma acc[0], a[0], a[0] clear 1
            """,
            HostArray.meta(DType.BF16, 16, 16));
    long loaded = span(run, "dma0", 0).endPicoseconds();
    // 512 B: 2 + 10 + 16 + 100
    assertThat(loaded).isEqualTo(128 * CYCLE);
    // signal in the tile: 4 cycles; 2 x 2 x 4 steps, then the fill of 10
    assertThat(span(run, "ttu", 0))
        .extracting(Span::startPicoseconds, Span::endPicoseconds, Span::flops)
        .containsExactly(loaded + 4 * CYCLE, loaded + (4 + 16 + 10) * CYCLE, 8192L);
  }

  private static String products(int count, int size) {
    return """
    program p one_tile
      buffer a: bf16[%1$d, %1$d] tsram x1
      buffer acc: f32[%1$d, %1$d] acc x1
      queue ttu
        repeat %%i = 0 .. %2$d
          mma acc[0], a[0], a[0] clear %%i == 0
    """
        .formatted(size, count);
  }

  @Test
  void mma_backToBack_streamsAndPaysTheFillOnce() {
    var run = timed(Chip.TOY, products(3, 16));
    assertThat(run.trace().stream().map(Span::startPicoseconds))
        .containsExactly(2 * CYCLE, 18 * CYCLE, 34 * CYCLE);
    assertThat(run.cycles()).isEqualTo(2 + 3 * 16 + 10);
    assertThat(run.counters().busyPicoseconds()).containsEntry("ttu", 48 * CYCLE);
  }

  @Test
  void mma_ofOneStep_isLimitedByInstructionIssue() {
    var run = timed(Chip.TOY, products(100, 4));
    assertThat(run.trace().stream().limit(3).map(Span::startPicoseconds))
        .containsExactly(2 * CYCLE, 4 * CYCLE, 6 * CYCLE);
    assertThat(run.bound().kind()).isEqualTo(Bound.Kind.CONTROL);
    assertThat(run.counters().stallPicoseconds().get("ttu.issue")).isEqualTo((2 + 99) * CYCLE);
  }

  @Test
  void control_withAFullQueue_waitsForRoom() {
    var run = timed(Chip.TOY, products(100, 32));
    assertThat(run.counters().stallPicoseconds().get("control.queue_full")).isPositive();
    assertThat(run.bound())
        .isEqualTo(new Bound(Bound.Kind.TENSOR, 100 * 128 / (2.0 + 100 * 128 + 10)));
  }

  @Test
  void map_takesStartAndPassesOverTheLanes() {
    var run =
        timed(
            Chip.TOY,
            """
            program p one_tile
              buffer a: f32[100] tsram x1
              buffer h: bf16[100] tsram x1
              buffer s: f32[1] tsram x1
              queue tvp
                map a[0] = exp((a[0] + 1.0))
                map h[0] = (h[0] * h[0])
                reduce s[0] = sum a[0] over [100] axis 0
            """);
    // 7 passes of 16 lanes, exp 4 + add 1 operations at one per cycle
    assertThat(duration(run, 0)).isEqualTo((5 + 7 * 5) * CYCLE);
    // 16-bit: 4 passes of 32 lanes
    assertThat(duration(run, 1)).isEqualTo((5 + 4) * CYCLE);
    // 7 passes, then a tree over 16 lanes
    assertThat(duration(run, 2)).isEqualTo((5 + 7 + 4) * CYCLE);
  }

  private static long duration(RunRecord run, int index) {
    Span s = run.trace().get(index);
    return s.endPicoseconds() - s.startPicoseconds();
  }

  private static String stream(int copies) {
    return """
    program p every_tile
      array x: f32[?] in
      buffer a: f32[4096] tsram x1
      queue tile_dma 0
        repeat %%i = 0 .. %d
          copy x[(%%i * 4096) +: 4096] -> a[0]
    """
        .formatted(copies);
  }

  @Test
  void dma_withFewBytesInFlight_reachesOutstandingOverLatency() {
    Machine m = Machines.withTileDma(Chip.TOY, new Dma(2, 32, 10, 2048));
    var run = timed(m, stream(32), f32(32 * 4096));
    // Little's law: 2048 B in flight over 100 cycles of latency, however the copies are cut
    double perChannel = run.counters().hbmReadBytes() / 2.0 / run.cycles();
    assertThat(perChannel).isCloseTo(2048 / 100.0, within(0.1));
    assertThat(run.bound().kind()).isEqualTo(Bound.Kind.DMA);
    assertThat(run.counters().stallPicoseconds().get("tile_dma.outstanding")).isPositive();
  }

  @Test
  void dma_ofTwoTilesWithTwoChannels_sharesHbm() {
    String text =
        stream(32)
            + """
              buffer b: f32[4096] tsram x1
              queue tile_dma 1
                repeat %i = 0 .. 32
                  copy x[(%i * 4096) +: 4096] -> b[0]
            """;
    var run = timed(Chip.TOY, text, f32(32 * 4096));
    // four channels of 32 B per ns ask for twice what HBM gives
    double rate = run.counters().hbmReadBytes() / (run.picoseconds() * 1e-3);
    assertThat(rate).isCloseTo(64, within(1.5));
    assertThat(run.bound().kind()).isEqualTo(Bound.Kind.HBM);
  }

  @Test
  void dma_ofShortRows_paysBursts() {
    var run =
        timed(
            Chip.TOY,
            """
            program p one_tile
              array x: f32[64, 64] in
              buffer a: f32[64, 4] tsram x1
              queue tile_dma 0
                copy x[0 +: 64, 8 +: 4] -> a[0]
            """,
            f32(64, 64));
    assertThat(run.counters().hbmReadBytes()).isEqualTo(64 * 64);
    assertThat(run.counters().tsramBytes()).isEqualTo(64 * 16);
  }

  @Test
  void clock_halved_doublesCyclesOnChipOnly() {
    var fast = timed(Chip.TOY, products(10, 16));
    var slow = timed(Chip.TOY.atClock(0.5e9), products(10, 16));
    assertThat(slow.cycles()).isEqualTo(fast.cycles());
    assertThat(slow.picoseconds()).isEqualTo(2 * fast.picoseconds());
  }

  @Test
  void energy_ofLoadMapStore_isTheArithmetic() {
    var run =
        timed(
            Chip.TOY,
            """
            program p one_tile
              array x: f32[256] in
              array y: f32[256] out
              buffer a: f32[256] tsram x1
              semaphore s[2] tile initial 0 maximum 9
              queue tile_dma 0
                copy x[0 +: 256] -> a[0]
                signal s[0]
              queue tvp
                wait s[0]
                map a[0] = max(a[0], 0.0)
                signal s[1]
              queue tile_dma 1
                wait s[1]
                copy a[0] -> y[0 +: 256]
            """,
            f32(256),
            f32(256));
    // load 144, signal 4, map 5 + 16, signal 4, store 10 + 32 + 100
    assertThat(run.cycles()).isEqualTo(144 + 4 + 21 + 4 + 142);
    var e = run.energy();
    assertThat(e.idle()).isCloseTo(315e-9, within(1e-18));
    assertThat(e.hbm()).isCloseTo(2048 * 8 * 4e-12, within(1e-18));
    assertThat(e.tsram()).isCloseTo(2048 * 1e-12, within(1e-18));
    assertThat(e.vector()).isCloseTo(256 * 1e-12, within(1e-18));
    assertThat(e.tensor() + e.csram() + e.network()).isZero();
    double sum = run.power().stream().mapToDouble(PowerSample::joules).sum();
    assertThat(sum).isCloseTo(e.total(), within(1e-15));
    assertThat(run.power()).hasSizeBetween(1, 64);
    assertThat(run.power().get(0).startPicoseconds()).isZero();
    assertThat(run.power().get(run.power().size() - 1).endPicoseconds())
        .isEqualTo(run.picoseconds());
  }

  @Test
  void energy_ofProducts_countsUsefulOperationsByType() {
    var run = timed(Chip.TOY, products(10, 16));
    assertThat(run.energy().tensor()).isCloseTo(10 * 8192 * 0.5e-12, within(1e-18));
    assertThat(run.counters().tensorFlopsByType()).containsOnlyKeys("bf16");
  }
}
