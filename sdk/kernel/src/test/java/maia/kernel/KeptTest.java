package maia.kernel;

import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import maia.kernel.ir.Mapping.Path;
import maia.kernel.library.LinearMx;
import maia.kernel.library.Matmul;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.machine.Sram;
import maia.npl.Program;
import maia.npl.Space;
import maia.numerics.BlockCodec;
import maia.numerics.BlockFormat;
import maia.numerics.HostArray;
import maia.numerics.ScaleRule;
import maia.sim.Explore;
import maia.sim.Launch;
import maia.sim.RunRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Blocks that stay in cluster memory from one superblock to the next (decision 062): what is
/// loaded how often, and that nothing else changes. Superblocks are 96 x 96, of 3 x 3 lanes.
class KeptTest {
  private static final Machine CHIP = Chip.MAIA_200;

  private static Kernel matmul(Path path) {
    return Matmul.KERNEL
        .with("TYPE", BF16)
        .with("OUT", F32)
        .with("BM", 32)
        .with("BN", 32)
        .with("BK", 32)
        .with("STAGES", 2)
        .with("DOWN", 3)
        .with("ACROSS", 3)
        .with("PATH", path);
  }

  private static RunRecord run(Machine machine, Path path, int m, int n, int k) {
    HostArray a = Values.array(1, BF16, m, k);
    HostArray b = Values.array(2, BF16, k, n);
    HostArray c = HostArray.zeros(F32, m, n);
    Run run =
        matmul(path)
            .grid(3 * Math.ceilDiv(m, 96), 3 * Math.ceilDiv(n, 96))
            .on(new OnSim(machine))
            .run(a, b, c);
    assertThat(c.toFloats()).isEqualTo(Values.matmul(a.toFloats(), b.toFloats(), m, n, k));
    return ((OnSim.Finished) run).run();
  }

  /// Every cluster has a row of three superblocks.
  @Test
  void rows_areLoadedOncePerStrip() {
    long a = 2L * 384 * 64;
    long b = 2L * 288 * 64;
    RunRecord staged = run(CHIP, Path.STAGED, 384, 288, 64);
    RunRecord kept = run(CHIP, Path.KEEP_ROWS, 384, 288, 64);
    assertThat(staged.counters().hbmReadBytes()).isEqualTo(3 * a + 4 * b);
    assertThat(kept.counters().hbmReadBytes()).isEqualTo(a + 4 * b);
  }

  @Test
  void columns_areLoadedOncePerStrip() {
    long a = 2L * 288 * 64;
    long b = 2L * 384 * 64;
    assertThat(run(CHIP, Path.KEEP_COLUMNS, 288, 384, 64).counters().hbmReadBytes())
        .isEqualTo(4 * a + b);
  }

  /// Sixteen slots do not hold 20 iterations: every superblock loads anew.
  @Test
  void stripsBeyondClusterMemory_areLoadedForEverySuperblock() {
    int depth = 20 * 32;
    long a = 2L * 384 * depth;
    long b = 2L * 288 * depth;
    Sram memory = CHIP.csram();
    long slots = 16 * 3 * 2 * 32 * 32;
    long staged = 4 * 3 * 2 * 32 * 32;
    Machine small =
        CHIP.withCsram(
            new Sram(
                slots + staged,
                1,
                memory.bankBytesPerCycle(),
                memory.bytesPerCycle(),
                memory.ports()));
    RunRecord run = run(small, Path.KEEP_ROWS, 384, 288, depth);
    assertThat(run.counters().hbmReadBytes()).isEqualTo(3 * a + 4 * b);
  }

  @ParameterizedTest
  @CsvSource({
    "97, 100, 33",
    "10, 700, 200",
    "700, 10, 200",
    "500, 301, 1",
    "200, 1000, 300",
    "290, 300, 1000",
  })
  void raggedShapes_equalHost(int m, int n, int k) {
    run(CHIP, Path.KEEP_ROWS, m, n, k);
    run(CHIP, Path.KEEP_COLUMNS, m, n, k);
  }

  @Test
  void results_doNotDependOnTheSchedule() {
    for (Path path : List.of(Path.KEEP_ROWS, Path.KEEP_COLUMNS)) {
      HostArray a = Values.array(1, BF16, 200, 100);
      HostArray b = Values.array(2, BF16, 100, 300);
      HostArray c = HostArray.zeros(F32, 200, 300);
      KernelCall call = matmul(path).grid(9, 12).call(KernelCall.Mode.COMPUTE, a, b, c);
      Program program = Compiler.compile(call.func(), CHIP, call.grid()).program();
      var launch =
          new Launch(call.arrays(), call.scalars(), call.grid(), maia.sim.Options.defaults());
      assertThat(Explore.on(CHIP).run(program, launch, 6).isStable()).isTrue();
    }
  }

  @Test
  void scales_stayWithTheirElements() {
    BlockFormat format = BlockFormat.MXFP4;
    HostArray x = BlockCodec.quantize(Values.array(1, F32, 130, 96), format, ScaleRule.FLOOR);
    HostArray w = BlockCodec.quantize(Values.array(2, F32, 400, 96), format, ScaleRule.FLOOR);
    float[] expected =
        Values.matmulTransposed(
            BlockCodec.dequantize(x).toFloats(), BlockCodec.dequantize(w).toFloats(), 130, 400, 96);
    Kernel kernel =
        LinearMx.KERNEL
            .with("BM", 32)
            .with("BN", 32)
            .with("BK", 32)
            .with("DOWN", 3)
            .with("ACROSS", 3)
            .with("PATH", Path.KEEP_ROWS);
    HostArray y = HostArray.zeros(F32, 130, 400);
    kernel.grid(6, 15).on(new OnSim(CHIP)).run(x, w, y);
    assertThat(y.toFloats()).isEqualTo(expected);
  }

  @Test
  void explanation_saysWhatStays_andHowMuch() {
    Kernel kernel = matmul(Path.KEEP_ROWS);
    assertThat(kernel.explain().text())
        .contains(
            "superblocks along the rows, whose blocks stay in cluster memory where all of a row fit");
    Program program = Compiler.compile(kernel.trace().func(), CHIP).program();
    long part = 2L * 32 * 32;
    long kept =
        program.buffers().stream()
            .filter(buffer -> buffer.space() == Space.CSRAM)
            .mapToLong(buffer -> buffer.slots() * part)
            .sum();
    assertThat(kept).isBetween(CHIP.csram().bytes() * 9 / 10, CHIP.csram().bytes());
  }
}
