import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import maia.kernel.ir.Mapping.Path;
import maia.kernel.library.Blocks;
import maia.kernel.library.GemmSpeed;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.DType;
import maia.runtime.SimulatedLauncher;
import maia.sim.Options;
import maia.sim.fidelity.Fidelity;
import maia.sim.fidelity.Uncertainty;

/// The efficiency of the library's matrix product on all 36 tiles, beside the published figures of Maia 200: the whole
/// curve, its best points, and the band that unpublished parameters leave. Run it with
/// `./maia run examples/GemmCurve.java`; `-Dlargest=1e14` adds the shapes above 58 TFLOP.
static final double LARGEST = Double.parseDouble(System.getProperty("largest", "1.6e12"));

static final long[][] COMPUTE = {
  {1024, 1024, 1024}, {2048, 2048, 2048}, {3072, 3072, 3072}, {4096, 4096, 4096}, {5120, 5120, 5120},
  {6144, 6144, 6144}, {7168, 7168, 7168}, {8192, 8192, 8192}, {9216, 9216, 9216}, {1024, 16_384, 16_384},
  {16_384, 1024, 16_384}, {5000, 7000, 3000}, {4100, 4100, 4100}, {12_288, 12_288, 16_384},
  {61_440, 61_440, 8192}, {49_152, 49_152, 16_384}, {2048, 884_736, 16_384}, {1024, 1_769_472, 16_384},
  {32_768, 65_536, 16_384}, {50_000, 50_000, 12_000}
};

static final long[][] MEMORY = {
  {16, 4096, 4096}, {16, 5632, 8192}, {16, 6656, 8192}, {16, 7168, 8192}, {16, 8192, 8192}, {16, 16_384, 8192},
  {16, 16_384, 16_384}, {16, 32_768, 16_384}, {64, 8192, 8192}, {128, 8192, 8192}
};

static SimulatedLauncher on(Machine machine) {
  return new SimulatedLauncher(machine, Options.timingOnly().withTraceLimit(0));
}

static Blocks.Problem problem(DType type, long... s) {
  return new Blocks.Problem(s[0], s[1], s[2], type, type, DType.BF16);
}

static List<GemmSpeed> curve(Machine chip, DType type, Path path, long[][] shapes) {
  var problems = new ArrayList<Blocks.Problem>();
  for (long[] s : shapes) {
    if (2.0 * s[0] * s[1] * s[2] <= LARGEST) {
      problems.add(problem(type, s));
    }
  }
  var points = GemmSpeed.curve(problems, path, on(chip));
  points.forEach(IO::println);
  return points;
}

void main() {
  var chip = Chip.MAIA_200.atClock(2.0e9);
  IO.println(chip);
  IO.println("calibrated: %d KiB in flight per cluster DMA channel, on %.1f %% of HBM (memory-bound BF16 GEMM)".formatted(
      chip.clusterDma().outstandingBytes() >> 10, 100 * Fidelity.PUBLISHED_BF16_MEMORY));
  IO.println("calibrated: %d operations per exponential, on 1.65 PFLOP/s (FP8 attention); all below is predicted".formatted(
      chip.tvp().exponentialFlops()));
  for (DType type : List.of(DType.BF16, DType.FP8_E4M3)) {
    boolean isBf16 = type == DType.BF16;
    IO.println("\n%s, the compiler chooses how operands come to the tiles".formatted(type.label()));
    var compute = curve(chip, type, Path.AUTO, COMPUTE);
    var best = compute.stream().max(Comparator.comparingDouble(GemmSpeed::ofPeak)).orElseThrow();
    IO.println("best %.2f %% of peak; published %.2f %%".formatted(
        100 * best.ofPeak(), 100 * (isBf16 ? Fidelity.PUBLISHED_BF16_BEST : Fidelity.PUBLISHED_FP8_BEST)));
    IO.println("\n%s, memory-bound, staged by the cluster DMA".formatted(type.label()));
    var staged = curve(chip, type, Path.STAGED, MEMORY);
    var level = staged.stream().max(Comparator.comparingDouble(GemmSpeed::ofBandwidth)).orElseThrow();
    IO.println("at most %.2f %% of HBM; published %.1f %%".formatted(
        100 * level.ofBandwidth(), 100 * (isBf16 ? Fidelity.PUBLISHED_BF16_MEMORY : Fidelity.PUBLISHED_FP8_MEMORY)));
    staged.stream()
        .filter(p -> p.ofBandwidth() > 0.5)
        .min(Comparator.comparingDouble(GemmSpeed::operandBytes))
        .ifPresent(p -> IO.println("above half of HBM from %.1f MiB of operands on; published %s".formatted(
            p.operandBytes() / (1 << 20), isBf16 ? Fidelity.PUBLISHED_CROSSING_MIB + " MiB" : "nothing")));
    var direct = GemmSpeed.of(problem(type, 16, 16_384, 8192), Path.AUTO, on(chip));
    IO.println("headroom, the tiles' own DMA: " + direct);
  }
  IO.println("\nby hand, for comparison");
  IO.println(Fidelity.gemm(chip, DType.BF16, 8192, 8192, 8192));
  IO.println(Fidelity.gemm(chip, DType.FP8_E4M3, 8192, 8192, 8192));
  IO.print("\nBF16 4608 cubed, share of peak: "
      + Uncertainty.of(chip, m -> GemmSpeed.of(problem(DType.BF16, 4608, 4608, 4608), Path.AUTO, on(m)).ofPeak()));
  IO.print("\nBF16 16 x 8192 x 8192, staged, share of HBM: "
      + Uncertainty.of(
          chip, m -> GemmSpeed.of(problem(DType.BF16, 16, 8192, 8192), Path.STAGED, on(m)).ofBandwidth()));
}
