package maia.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import maia.machine.Accelerator.Width;
import maia.numerics.DType;
import org.junit.jupiter.api.Test;

class AcceleratorTest {
  @Test
  void maia200_agreesWithItsDescription() {
    Accelerator sheet = Accelerator.named("Maia-200");
    assertThat(sheet.peak(Width.FP4).orElseThrow().value())
        .isCloseTo(Chip.MAIA_200.peakFlops(DType.FP4_E2M1), within(1e12));
    assertThat(sheet.peak(Width.BF16).orElseThrow().value())
        .isCloseTo(Chip.MAIA_200.peakFlops(DType.BF16), within(1e12));
    assertThat(sheet.memoryBytes().value()).isEqualTo(Chip.MAIA_200.hbm().bytes());
    assertThat(sheet.bytesPerSecond().value()).isEqualTo(Chip.MAIA_200.hbm().bytesPerSecond());
  }

  @Test
  void peak_ofNarrowerInputs_isThatOfTheNextWiderType() {
    Accelerator h100 = Accelerator.named("h100");
    assertThat(h100.peak(Width.FP4)).isEqualTo(h100.peak(Width.FP8)).isPresent();
    assertThat(Accelerator.named("a100").peak(Width.FP4).orElseThrow().value()).isEqualTo(312e12);
  }

  @Test
  void everyRow_hasSourcesAndOrderedSpans() {
    assertThat(Accelerator.catalogue()).hasSizeGreaterThanOrEqualTo(15);
    for (Accelerator chip : Accelerator.catalogue().values()) {
      assertThat(chip.peak(Width.BF16)).as(chip.name()).isPresent();
      assertThat(chip.memoryBytes().low()).isPositive();
      assertThat(chip.bytesPerSecond().low()).isLessThanOrEqualTo(chip.bytesPerSecond().high());
      assertThat(chip.memoryBytes().source().citation()).isNotBlank();
    }
  }

  @Test
  void toString_saysPeaksAndMemory() {
    assertThat(Accelerator.named("h100"))
        .hasToString("h100: -/1,979/989 TFLOP/s (fp4/fp8/bf16), 80 GB at 3.35 TB/s");
  }

  @Test
  void unknownName_isRefusedWithTheNames() {
    assertThatThrownBy(() -> Accelerator.named("h1000"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("no accelerator 'h1000' in the catalogue; it has maia-200,");
  }
}
