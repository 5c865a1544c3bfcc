package maia.sim.fidelity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.numerics.DType;
import org.junit.jupiter.api.Test;

/// The published figures, 36 tiles at 2.0 GHz, launch overhead excluded.
class FidelityTest {
  private static final Machine MAIA = Chip.MAIA_200.atClock(2.0e9);

  /// Two runs extrapolated against one whole run: what start and end of a run may differ by.
  private static final double STEADY_STATE_TOLERANCE = 1e-4;

  @Test
  void bf16_of9216Cubed_isAbove98Percent() {
    assertThat(Fidelity.gemm(MAIA, DType.BF16, 9216, 9216, 9216).ofPeak()).isBetween(0.98, 1.0);
  }

  @Test
  void bf16_of8192Cubed_isAbove95Percent() {
    assertThat(Fidelity.gemm(MAIA, DType.BF16, 8192, 8192, 8192).ofPeak()).isBetween(0.95, 1.0);
  }

  @Test
  void bf16_ofAWideAndAHighShape_isAbove90Percent() {
    assertThat(Fidelity.gemm(MAIA, DType.BF16, 1024, 16_384, 16_384).ofPeak()).isGreaterThan(0.9);
    assertThat(Fidelity.gemm(MAIA, DType.BF16, 16_384, 1024, 16_384).ofPeak()).isGreaterThan(0.9);
  }

  @Test
  void fp8_atItsBest_isAbove94Percent() {
    assertThat(Fidelity.gemm(MAIA, DType.FP8_E4M3, 12_288, 12_288, 12_288).ofPeak())
        .isBetween(0.94, 1.0);
  }

  @Test
  void memoryBound_levelsOffAtTheBytesInFlight() {
    var level = Fidelity.gemm(MAIA, DType.BF16, 16, 32_768, 16_384);
    assertThat(level.ofBandwidth()).isBetween(0.48, 0.58);
    assertThat(level.bound()).startsWith("dma");
  }

  @Test
  void memoryBound_crossesHalfOfTheBandwidthBetween90And140Mebibytes() {
    assertThat(Fidelity.gemm(MAIA, DType.BF16, 16, 5760, 8192).ofBandwidth()).isLessThan(0.5);
    assertThat(Fidelity.gemm(MAIA, DType.BF16, 16, 8960, 8192).ofBandwidth()).isGreaterThan(0.5);
  }

  @Test
  void steadyState_ofManySuperblocks_equalsTheWholeRun() {
    var whole = Fidelity.gemm(MAIA, DType.BF16, 15_360, 1536, 2048);
    var extrapolated = Fidelity.longGemm(MAIA, DType.BF16, 15_360, 1536, 2048);
    assertThat(extrapolated.bound()).isEqualTo("steady state of 12 superrows");
    assertThat(extrapolated.seconds())
        .isCloseTo(whole.seconds(), within(whole.seconds() * STEADY_STATE_TOLERANCE));
  }

  @Test
  void uncertainty_runsEveryVariant() {
    var band =
        Uncertainty.of(MAIA, m -> Fidelity.gemm(m, DType.BF16, 16, 2048, 2048).ofBandwidth());
    assertThat(band.variants()).hasSize(10);
    assertThat(band.low()).isLessThan(band.nominal());
    assertThat(band.high()).isGreaterThan(band.nominal());
    assertThat(band.toString()).contains("row 17, a macro-instruction per 32 cycles");
  }

  @Test
  void uncertainty_asText_isAColumnOfFourDigits() {
    var variants = new LinkedHashMap<String, Double>();
    variants.put("row 8, cluster SRAM bandwidth at 75 %", 12.554_41);
    variants.put("row 19, 4 operations per vector lane and cycle", 14.790_52);
    assertThat(new Uncertainty(12.554_41, variants))
        .hasToString(
            """
            12.55, band 12.55 to 14.79
              row 8, cluster SRAM bandwidth at 75 %           12.55
              row 19, 4 operations per vector lane and cycle  14.79
            """);
  }
}
