import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import maia.machine.Chip;
import maia.numerics.DType;
import maia.sim.fidelity.Efficiency;
import maia.sim.fidelity.Fidelity;
import maia.sim.fidelity.Uncertainty;

/// The efficiency of a GEMM written by hand for all 36 tiles, beside the published figures of Maia 200: the whole curve,
/// its best points, and the band that unpublished parameters leave. Run it with `./maia run examples/GemmCurve.java`;
/// `-Dlargest=1e14` adds the shapes above 58 TFLOP, which take minutes.
static final double LARGEST = Double.parseDouble(System.getProperty("largest", "1.6e12"));

void main() {
  var chip = Chip.MAIA_200.atClock(2.0e9);
  IO.println(chip);
  var shapes = new ArrayList<>(Fidelity.shapes(LARGEST));
  for (long[] s :
      new long[][] {
        {49_152, 49_152, 16_384}, {61_440, 61_440, 8192}, {1024, 1_769_472, 16_384}
      }) {
    if (2.0 * s[0] * s[1] * s[2] <= LARGEST) {
      shapes.add(s);
    }
  }
  var curve = Fidelity.curve(chip, shapes, List.of(DType.BF16, DType.FP8_E4M3));
  curve.forEach(IO::println);
  for (DType type : List.of(DType.BF16, DType.FP8_E4M3)) {
    var own = curve.stream().filter(e -> e.type() == type).toList();
    var best = own.stream().max(Comparator.comparingDouble(Efficiency::ofPeak)).orElseThrow();
    var memory = own.stream().max(Comparator.comparingDouble(Efficiency::ofBandwidth)).orElseThrow();
    IO.println(
        "%s: best %.2f %% of peak, memory-bound at most %.2f %% of HBM"
            .formatted(type.label(), 100 * best.ofPeak(), 100 * memory.ofBandwidth()));
  }
  IO.println("published: BF16 %.2f %% and %.1f %%, FP8 %.0f %% and %.0f %%".formatted(
      100 * Fidelity.PUBLISHED_BF16_BEST,
      100 * Fidelity.PUBLISHED_BF16_MEMORY,
      100 * Fidelity.PUBLISHED_FP8_BEST,
      100 * Fidelity.PUBLISHED_FP8_MEMORY));
  IO.print("BF16 4608 cubed, share of peak: "
      + Uncertainty.of(chip, m -> Fidelity.gemm(m, DType.BF16, 4608, 4608, 4608).ofPeak()));
}
