package maia.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import maia.numerics.DType;
import org.junit.jupiter.api.Test;

class ChipTest {
  private static final double TERA = 1e12;

  /// The acceptance row "peak query" asks for 0.01 %.
  private static final double PEAK_TOLERANCE = 1e-4;

  @Test
  void maia200_peaksAtHeadlineClock_matchThePublishedOnes() {
    assertPeaks(Chip.MAIA_200);
  }

  @Test
  void maia200With40Tiles_peaksAtItsClock_matchThePublishedOnes() {
    assertPeaks(Chip.MAIA_200_40_TILES);
  }

  private static void assertPeaks(Machine chip) {
    assertThat(chip.peakFlops(DType.FP4_E2M1) / TERA)
        .isCloseTo(10_145, within(10_145 * PEAK_TOLERANCE));
    assertThat(chip.peakFlops(DType.FP8_E4M3) / TERA)
        .isCloseTo(5_072, within(5_072 * PEAK_TOLERANCE));
    assertThat(chip.peakFlops(DType.FP6_E2M3) / TERA)
        .isCloseTo(5_072, within(5_072 * PEAK_TOLERANCE));
    assertThat(chip.peakFlops(DType.BF16) / TERA).isCloseTo(1_268, within(1_268 * PEAK_TOLERANCE));
  }

  @Test
  void maia200_ridgePointsAtKernelBaseline_matchThePublishedOnes() {
    Machine baseline = Chip.MAIA_200.atClock(2.0e9);
    assertThat(baseline.ridgePoint(DType.BF16)).isCloseTo(168.5, within(0.05));
    assertThat(baseline.ridgePoint(DType.FP8_E4M3)).isCloseTo(674.1, within(0.05));
    assertThat(baseline.peakVectorFlops() / TERA).isCloseTo(55.3, within(0.05));
  }

  @Test
  void fp32_isNoTensorUnitInput() {
    assertThat(Chip.MAIA_200.ttu().depth(DType.F32)).isEmpty();
    assertThat(Chip.MAIA_200.peakFlops(DType.F32)).isZero();
  }

  @Test
  void fp16AndInt8_areAssumedTensorInputs_bf16IsNot() {
    assertThat(Chip.MAIA_200.isAssumedTensorType(DType.F16)).isTrue();
    assertThat(Chip.MAIA_200.isAssumedTensorType(DType.I8)).isTrue();
    assertThat(Chip.MAIA_200.isAssumedTensorType(DType.BF16)).isFalse();
  }

  @Test
  void onChipMemory_ofAllTiles_isWhatTheMakerStates() {
    Machine all = Chip.MAIA_200_40_TILES;
    double megabytes =
        (all.tiles() * (double) all.tsram().bytes() + all.clusters() * (double) all.csram().bytes())
            / 1e6;
    assertThat(megabytes).isCloseTo(272, within(1.0));
  }

  @Test
  void powerAtFullFp4Rate_withMemoryAndNetworkBusy_isTheThermalDesignPower() {
    Machine m = Chip.MAIA_200;
    Energy e = m.energy();
    double watts =
        e.idleWatts()
            + m.peakFlops(DType.FP4_E2M1) * e.tensorPicojoulesPerFlop().get(DType.FP4_E2M1) * 1e-12
            + m.hbm().bytesPerSecond() * 8 * e.hbmPicojoulesPerBit() * 1e-12
            + m.network().bytesPerSecond() * 8 * e.networkPicojoulesPerBit() * 1e-12;
    assertThat(watts).isCloseTo(e.thermalDesignWatts(), within(5.0));
  }

  @Test
  void everyNumberOfEveryChip_hasASource() throws ReflectiveOperationException {
    for (Machine chip : List.of(Chip.MAIA_200, Chip.MAIA_200_40_TILES, Chip.TOY)) {
      List<String> paths = new ArrayList<>();
      numbers("", chip, paths);
      assertThat(new TreeSet<>(chip.sources().keySet()))
          .as(chip.name())
          .containsExactlyInAnyOrderElementsOf(paths);
    }
  }

  private static void numbers(String prefix, Record node, List<String> paths)
      throws ReflectiveOperationException {
    for (RecordComponent component : node.getClass().getRecordComponents()) {
      String path = prefix + component.getName();
      Object value = component.getAccessor().invoke(node);
      switch (value) {
        case Record child -> numbers(path + ".", child, paths);
        case Map<?, ?> map when map.keySet().iterator().next() instanceof DType ->
            map.keySet().forEach(t -> paths.add(path + "." + ((DType) t).label()));
        case Map<?, ?> _, String _ -> {}
        default -> paths.add(path);
      }
    }
  }

  @Test
  void atClock_notAnOperatingPoint_namesTheChoices() {
    assertThatThrownBy(() -> Chip.MAIA_200.atClock(3.0e9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "machine 'maia-200': clock 3.0E9 Hz is not an operating point; choose one of [1.6E9, 2.0E9,"
                + " 2.15E9]");
  }

  @Test
  void picoseconds_ofOneCycleAtTwoGigahertz_isFiveHundred() {
    assertThat(Chip.MAIA_200.atClock(2.0e9).picoseconds(1)).isEqualTo(500);
    assertThat(Chip.MAIA_200.atClock(2.0e9).picoseconds(1_000_001)).isEqualTo(500_000_500);
  }

  @Test
  void text_ofAChip_isTheSameInEveryLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(Chip.MAIA_200)
          .hasToString("maia-200: 4 clusters x 9 tiles at 2.150 GHz, HBM 216 GB at 7.0 TB/s");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void tablesByType_iterateInTheOrderOfTheTypes_andSourcesAsWritten() {
    assertThat(List.copyOf(Chip.MAIA_200.ttu().depth().keySet())).isSorted();
    assertThat(List.copyOf(Chip.MAIA_200.energy().tensorPicojoulesPerFlop().keySet())).isSorted();
    assertThat(Chip.MAIA_200.sources().keySet())
        .startsWith("clusters", "tilesPerCluster", "clockHertz");
  }

  @Test
  void types_ofAUnitThatTakesNone_areNone() {
    assertThat(new TensorUnit(1, 1, Map.of(), 1, 1, 1, Ports.SHARED).types()).isEmpty();
  }

  @Test
  void memoryFasterThanItsPeak_isRefused() {
    assertThatThrownBy(() -> new Hbm(1, 1.0, 1.5, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("hbm: bank efficiency is a share above 0 up to 1, was 1.5");
  }

  @Test
  void dmaWithoutChannels_isRefused() {
    assertThatThrownBy(() -> new Dma(0, 64, 10, 1024))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "dma: needs channels, bandwidth and bytes in flight above 0, was 0 channels, 64 bytes/cycle, 10 issue"
                + " cycles, 1024 bytes in flight");
  }
}
