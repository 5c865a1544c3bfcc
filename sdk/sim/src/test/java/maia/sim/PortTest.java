package maia.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.machine.Ports;
import maia.machine.Sram;
import maia.machine.TensorUnit;
import maia.npl.Npl;
import maia.numerics.DType;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;

/// Ports of the tensor unit, memory banks, signals between tiles, voltage.
class PortTest {
  private static final long CYCLE = 1000;
  private static final Machine MAIA = Chip.MAIA_200.atClock(2.0e9);

  private static RunRecord timed(Machine machine, String text, HostArray... arrays) {
    return Simulator.on(machine)
        .run(
            Npl.parse(text),
            new Launch(List.of(arrays), List.of(), List.of(), Options.timingOnly()));
  }

  private static long cycles(Machine machine, String type, int m, int n, int k, int clear) {
    var run =
        timed(
            machine,
            """
            program p one_tile
              buffer a: %1$s[%2$d, %4$d] tsram x1
              buffer b: %1$s[%4$d, %3$d] tsram x1
              buffer acc: f32[%2$d, %3$d] acc x1
              queue ttu
                mma acc[0], a[0], b[0] clear %5$d
            """
                .formatted(type, m, n, k, clear));
    return Math.round(run.counters().busyPicoseconds().get("ttu") * machine.clockHertz() * 1e-12);
  }

  private static TensorUnit ports(Ports sharing) {
    TensorUnit t = MAIA.ttu();
    return new TensorUnit(
        t.rows(),
        t.columns(),
        t.depth(),
        t.fillCycles(),
        t.operandBytesPerCycle(),
        t.resultBytesPerCycle(),
        sharing);
  }

  @Test
  void mma_thatSumsOverEnoughDepth_runsAtTheRateOfItsSteps() {
    // 8 x 8 blocks, a cycle per 8 of k; 256 KiB of sums through 512 B per cycle take 512
    assertThat(cycles(MAIA, "bf16", 256, 256, 64, 0)).isEqualTo(512);
    assertThat(cycles(MAIA, "bf16", 256, 256, 128, 0)).isEqualTo(1024);
  }

  @Test
  void mma_ofLittleDepth_waitsForItsResultPort() {
    assertThat(cycles(MAIA, "bf16", 256, 256, 32, 0)).isEqualTo(512);
    assertThat(cycles(MAIA, "fp8_e4m3", 256, 256, 128, 0)).isEqualTo(512);
    assertThat(cycles(MAIA, "fp8_e4m3", 256, 256, 256, 0)).isEqualTo(512);
  }

  @Test
  void mma_withOneResultPort_readsAndWritesSumsInTurnUnlessItStartsAnew() {
    Machine shared = MAIA.withTtu(ports(Ports.SHARED));
    assertThat(cycles(shared, "bf16", 256, 256, 64, 0)).isEqualTo(1024);
    assertThat(cycles(shared, "bf16", 256, 256, 64, 1)).isEqualTo(512);
  }

  @Test
  void mma_ofNarrowOperandPorts_waitsForItsOperands() {
    TensorUnit t = MAIA.ttu();
    Machine narrow =
        MAIA.withTtu(
            new TensorUnit(t.rows(), t.columns(), t.depth(), 64, 256, 512, Ports.SEPARATE));
    // 512 B per step and port
    assertThat(cycles(narrow, "bf16", 32, 32, 800, 1)).isEqualTo(200);
  }

  private static String scaled(String scale, int block) {
    return """
    program p one_tile
      buffer a: fp4_e2m1[32, 6400] tsram x1
      buffer b: fp4_e2m1[6400, 32] tsram x1
      buffer sa: %1$s[32, %2$d] tsram x1
      buffer sb: %1$s[%2$d, 32] tsram x1
      buffer acc: f32[32, 32] acc x1
      queue ttu
        mma_scaled acc[0], a[0], sa[0], b[0], sb[0] block %3$d clear 1
    """
        .formatted(scale, 6400 / block, block);
  }

  @Test
  void mma_ofNvfp4_needsMoreThanItsPortHas_mxfp4Not() {
    long mx = timed(MAIA, scaled("e8m0", 32)).counters().busyPicoseconds().get("ttu");
    long nv = timed(MAIA, scaled("ue4m3", 16)).counters().busyPicoseconds().get("ttu");
    assertThat(mx).isEqualTo(100 * 500);
    assertThat(nv).isEqualTo(Math.ceilDiv(100 * 1152, 1088) * 500L);
  }

  // ---- banks

  /// Two operands in one bank of the width of a port.
  @Test
  void bank_ofBothOperands_halvesTheRate() {
    Sram s = MAIA.tsram();
    Machine oneBank = MAIA.withTsram(new Sram(s.bytes(), 1, 1024, s.bytesPerCycle(), Ports.SHARED));
    String text =
        """
        program p one_tile
          buffer a: fp8_e4m3[32, 3200] tsram x1
          buffer b: fp8_e4m3[3200, 32] tsram x1
          buffer acc: f32[32, 32] acc x1
          queue ttu
            mma acc[0], a[0], b[0] clear 1  @ p:7
        """;
    var free = timed(MAIA, text);
    var run = timed(oneBank, text);
    assertThat(free.counters().busyPicoseconds()).containsEntry("ttu", 100 * 500L);
    // 2 x 102,400 B of operands and 4 KiB of sums over 1,024 B per cycle
    assertThat(run.counters().busyPicoseconds()).containsEntry("ttu", (200 + 4) * 500L);
    assertThat(run.counters().stalls())
        .contains(
            new Stall(
                0,
                "ttu",
                Stall.Reason.BANK,
                "mma 32x32x3200 fp8_e4m3 (p:7) against itself",
                104 * 500));
    assertThat(free.counters().stallPicoseconds()).doesNotContainKey("ttu.bank");
  }

  /// A load into the bank the vector unit works in, named with both lines.
  @Test
  void bank_sharedByTwoQueues_delaysTheLaterAndNamesBoth() {
    Sram s = Chip.TOY.tsram();
    Machine oneBank = Chip.TOY.withTsram(new Sram(s.bytes(), 1, 64, s.bytesPerCycle(), s.ports()));
    String text =
        """
        program p one_tile
          array x: f32[4096] in
          buffer a: f32[4096] tsram x1
          buffer b: f32[4096] tsram x1
          queue tile_dma 0
            copy x[0 +: 4096] -> a[0]  @ p:1
          queue tvp
            map b[0] = 1.0  @ p:2
        """;
    var free = timed(Chip.TOY, text, HostArray.meta(DType.F32, 4096));
    var run = timed(oneBank, text, HostArray.meta(DType.F32, 4096));
    assertThat(free.counters().busyPicoseconds()).containsEntry("tvp", (5 + 256) * CYCLE);
    assertThat(run.counters().busyPicoseconds().get("tvp")).isGreaterThan((5 + 256) * CYCLE);
    assertThat(run.counters().stalls())
        .anySatisfy(stall -> {
          assertThat(stall.reason()).isEqualTo(Stall.Reason.BANK);
          assertThat(stall.detail()).isEqualTo("map b 4096 (p:2) against copy x -> a (p:1)");
        });
  }

  // ---- signals

  @Test
  void signal_toAnotherTile_takesTheClusterLatency() {
    var run =
        timed(
            Chip.TOY,
            """
            program p every_tile
              buffer a: f32[16] tsram x1
              semaphore go[1] tile initial 0 maximum 9
              queue tvp
                when %lane == 0
                  map a[0] = 1.0
                  signal go on(0, 0, 1)
                else
                  wait go
                  map a[0] = 2.0
            """);
    Span first = run.trace().get(0);
    Span second = run.trace().get(1);
    assertThat(second.startPicoseconds() - first.endPicoseconds())
        .isEqualTo(Chip.TOY.sync().clusterCycles() * CYCLE);
  }

  @Test
  void stalls_nameTheSemaphore() {
    var run =
        timed(
            Chip.TOY,
            """
            program p one_tile
              array x: f32[256] in
              buffer a: f32[256] tsram x1
              semaphore full[2] tile initial 0 maximum 9
              queue tile_dma 0
                copy x[0 +: 256] -> a[0]
                signal full[1]
              queue tvp
                wait full[1]
                map a[0] = (a[0] + a[0])
            """,
            HostArray.meta(DType.F32, 256));
    assertThat(run.counters().stalls())
        .anySatisfy(stall -> {
          assertThat(stall.queue()).isEqualTo("tvp");
          assertThat(stall.reason()).isEqualTo(Stall.Reason.SEMAPHORE);
          assertThat(stall.detail()).isEqualTo("full[1]");
          assertThat(stall.picoseconds()).isGreaterThan(100 * CYCLE);
        });
  }

  // ---- voltage

  @Test
  void energy_atALowerClock_followsTheVoltage() {
    Machine slow = Chip.MAIA_200.atClock(1.6e9);
    double volts = 0.8 + 0.2 * (1.6 - 2.15);
    assertThat(slow.energy().at(1.6e9).tensorPicojoulesPerFlop().get(DType.BF16))
        .isCloseTo(0.225 * volts * volts / 0.64, within(1e-12));
    assertThat(slow.energy().at(1.6e9).hbmPicojoulesPerBit()).isEqualTo(4);
    assertThat(Chip.MAIA_200.energy().at(2.15e9)).isEqualTo(Chip.MAIA_200.energy());
  }
}
