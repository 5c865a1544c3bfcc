package maia.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import maia.machine.Chip;
import maia.machine.Dma;
import maia.machine.Machine;
import maia.npl.NplException;
import maia.npl.NplException.Category;
import maia.npl.Program;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GemmTest {
  private static RunRecord run(Program program, List<HostArray> arrays) {
    return Simulator.on(Chip.TOY).run(program, Launch.of(arrays));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"BF16", "F16", "FP8_E4M3", "FP6_E2M3", "FP4_E2M1"})
  void gemm_ofAnyInputType_equalsTheHostBitForBit(DType in) {
    var arrays = Gemm.arrays(in, DType.F32);
    run(Gemm.program(Gemm.Mistake.NONE, 2, in, DType.F32), arrays);
    assertThat(arrays.get(2).toFloats()).isEqualTo(Gemm.expected(arrays, Gemm.BM, Gemm.BN, Gemm.K));
  }

  @Test
  void gemm_bf16Result_isTheHostRounded() {
    var arrays = Gemm.arrays(DType.BF16, DType.BF16);
    run(Gemm.program(Gemm.Mistake.NONE), arrays);
    float[] expected = Gemm.expected(arrays, Gemm.BM, Gemm.BN, Gemm.K);
    Codec.of(DType.BF16).round(expected, 0, expected.length);
    assertThat(arrays.get(2).toFloats()).isEqualTo(expected);
  }

  @Test
  void gemm_twoSlots_areFasterThanOne_andFourNotThanThree() {
    long[] cycles = new long[5];
    for (int slots = 1; slots <= 4; slots++) {
      cycles[slots] =
          run(
                  Gemm.program(Gemm.Mistake.NONE, slots, DType.BF16, DType.BF16),
                  Gemm.arrays(DType.BF16, DType.BF16))
              .cycles();
    }
    assertThat(cycles[2]).isLessThan(cycles[1]);
    assertThat(cycles[3]).isLessThanOrEqualTo(cycles[2]);
  }

  @Test
  void gemm_fp32Operands_areRefused() {
    var e = refused(Gemm.program(Gemm.Mistake.NONE, 2, DType.F32, DType.F32));
    assertThat(e.category()).isEqualTo(Category.TYPE);
    assertThat(e).hasMessageContaining("put fp32 products on tvp");
  }

  @Test
  void gemm_f16Operands_areMarkedAssumed() {
    assertThat(notes(DType.F16))
        .containsExactly(
            "assumed: tensor unit input f16 (not published; taken at the BF16 rate, same width)");
    assertThat(notes(DType.BF16)).isEmpty();
  }

  private static List<String> notes(DType in) {
    return Simulator.on(Chip.MAIA_200)
        .run(
            Gemm.program(Gemm.Mistake.NONE, 2, in, DType.F32),
            Launch.of(Gemm.arrays(in, DType.F32)))
        .notes();
  }

  // ---- the seeded mistakes

  private static NplException refused(Program program) {
    DType in = program.arrays().get(0).type();
    DType result = program.arrays().get(2).type();
    return catchThrowableOfType(NplException.class, () -> run(program, Gemm.arrays(in, result)));
  }

  private static void assertRefused(Gemm.Mistake mistake, Category category, String line) {
    NplException e = refused(Gemm.program(mistake));
    assertThat(e).isNotNull();
    assertThat(e.category()).as(e.getMessage()).isEqualTo(category);
    assertThat(sourceLine(e)).as(e.getMessage()).contains(line);
  }

  /// The line of Gemm.java that an exception names.
  private static String sourceLine(NplException e) {
    String source = e.origin().source();
    assertThat(source).startsWith("Gemm.java:");
    int line = Integer.parseInt(source.substring("Gemm.java:".length()));
    try {
      return Files.readAllLines(Path.of("src/test/java/maia/sim/Gemm.java")).get(line - 1);
    } catch (java.io.IOException io) {
      throw new java.io.UncheckedIOException(io);
    }
  }

  @Test
  void mistake_ttuSkipsWait_isAnUninitialisedRead() {
    assertRefused(Gemm.Mistake.TTU_SKIPS_WAIT, Category.UNINITIALISED_READ, "ttu.mma(");
  }

  @Test
  void mistake_dmaSkipsWait_isARace() {
    assertRefused(Gemm.Mistake.DMA_SKIPS_WAIT, Category.RACE, "dma.copy(A.at(");
  }

  @Test
  void mistake_bNeverCopied_isAnUninitialisedRead() {
    assertRefused(Gemm.Mistake.B_NEVER_COPIED, Category.UNINITIALISED_READ, "ttu.mma(");
  }

  @Test
  void mistake_lastSliceLate_isOutOfBounds() {
    assertRefused(Gemm.Mistake.LAST_SLICE_LATE, Category.OUT_OF_BOUNDS, "dma.copy(A.at(");
  }

  @Test
  void mistake_blockTooDeep_overflowsWithAMap() {
    NplException e = refused(Gemm.program(Gemm.Mistake.BLOCK_TOO_DEEP));
    assertThat(e.category()).isEqualTo(Category.CAPACITY);
    assertThat(e)
        .hasMessage(
            """
            tile SRAM overflow: 'acc' needs 4096 B, 4096 B over the 262144 B there are;\
             use smaller boxes or fewer slots
              address       bytes  buffer
                     0      131072 B  a: bf16[32, 1024] x2
                131072      131072 B  b: bf16[1024, 32] x2
                262144        4096 B  acc: f32[32, 32] x1
                266240        2048 B  out: bf16[32, 32] x1 [N104] [%s]\
            """
                .formatted(e.origin()));
    assertThat(sourceLine(e)).contains("ttu.mma(acc");
  }

  @Test
  void mistake_signalForgotten_isADeadlockThatListsTheQueues() {
    NplException e = refused(Gemm.program(Gemm.Mistake.SIGNAL_FORGOTTEN));
    assertThat(e.category()).isEqualTo(Category.DEADLOCK);
    assertThat(e)
        .hasMessageContaining("dma0 on tile 0 waits for free[1] (value 0, needs 1)")
        .hasMessageContaining("ttu on tile 0 waits for full[1] (value 0, needs 1)")
        .hasMessageContaining("tvp on tile 0 waits for summed (value 0, needs 1)")
        .hasMessageContaining("dma1 on tile 0 waits for ready (value 0, needs 1)");
    assertThat(sourceLine(e)).contains("ttu.waitFor(full[p])");
  }

  @Test
  void mistake_signalledTwice_leavesTheSemaphore() {
    NplException e = refused(Gemm.program(Gemm.Mistake.SIGNALLED_TWICE));
    assertThat(e.category()).isEqualTo(Category.SEMAPHORE);
    assertThat(e).hasMessageContaining("summed=1");
    assertThat(sourceLine(e)).contains("ttu.signal(summed)");
  }

  @Test
  void mistake_copySkippedInALaterLap_isAnUninitialisedRead() {
    assertRefused(
        Gemm.Mistake.COPY_SKIPPED_IN_A_LATER_LAP, Category.UNINITIALISED_READ, "ttu.mma(");
  }

  @Test
  void mistake_halfStored_isIncompleteCoverage() {
    assertRefused(Gemm.Mistake.HALF_STORED, Category.COVERAGE, ".copy(");
  }

  @Test
  void mistake_dmaSkipsWait_isARaceWhateverTheTiming() {
    Program program = Gemm.program(Gemm.Mistake.DMA_SKIPS_WAIT);
    for (Machine machine :
        List.of(
            Chip.MAIA_200,
            Chip.TOY.atClock(0.5e9),
            Machines.withTileDma(Chip.TOY, new Dma(2, 1, 1000, 512)),
            Machines.withTileDma(Chip.TOY, new Dma(2, 1024, 1, 1 << 20)))) {
      NplException e =
          catchThrowableOfType(
              NplException.class,
              () ->
                  Simulator.on(machine)
                      .run(program, Launch.of(Gemm.arrays(DType.BF16, DType.BF16))));
      assertThat(e.category()).as(e.getMessage()).isEqualTo(Category.RACE);
      assertThat(sourceLine(e)).contains("dma.copy(");
    }
  }
}
