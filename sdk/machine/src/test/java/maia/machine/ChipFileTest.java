package maia.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import maia.numerics.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ChipFileTest {
  @TempDir Path folder;

  static List<Machine> chips() {
    return Chip.all();
  }

  @ParameterizedTest
  @MethodSource("chips")
  void savedChip_readsBackEqual(Machine chip) throws IOException {
    Path file = folder.resolve("chip.json");
    Chip.save(chip, file);
    assertThat(Chip.from(file)).isEqualTo(chip);
    assertThat(Files.list(folder)).containsExactly(file);
  }

  @Test
  void extendedChip_keepsWhatIsNotGiven_andMarksWhatIs() throws IOException {
    Machine chip =
        read(
            """
            {"format": "maia4j-chip-1", "extends": "maia-200", "name": "mine",
             "hbm": {"bytesPerSecond": 8e12, "bankEfficiency": 0.8},
             "ttu": {"depth": {"bf16": 16, "fp8_e4m3": 32}},
             "sources": {"hbm.bankEfficiency": {"mark": "DERIVED", "citation": "my own measurement"}}}
            """);
    assertThat(chip.name()).isEqualTo("mine");
    assertThat(chip.hbm())
        .isEqualTo(
            new Hbm(
                Chip.MAIA_200.hbm().bytes(), 8e12, 0.8, Chip.MAIA_200.hbm().latencyPicoseconds()));
    assertThat(chip.ttu().depth()).containsOnlyKeys(DType.BF16, DType.FP8_E4M3);
    assertThat(chip.peakFlops(DType.BF16)).isEqualTo(2 * Chip.MAIA_200.peakFlops(DType.BF16));
    assertThat(chip.sources().get("hbm.bytesPerSecond"))
        .isEqualTo(new Source(Source.Mark.ASSUMED, "given in chip.json without a source"));
    assertThat(chip.sources().get("hbm.bankEfficiency").citation()).isEqualTo("my own measurement");
    assertThat(chip.sources().get("clusters")).isEqualTo(Chip.MAIA_200.sources().get("clusters"));
    assertThat(chip.sources()).doesNotContainKey("ttu.depth.fp6_e2m3");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"extends\": \"maia-200\"}|'format' must be \"maia4j-chip-1\"",
        "{F, \"extends\": \"maia200\"}|no chip 'maia200' is described unit by unit; there are maia-200, maia-200-40-tiles, toy, and files read with Chip.from(path); did you mean 'maia-200'?",
        "{F, \"extends\": \"toy\", \"hmb\": {}}|unknown field 'hmb'; did you mean 'hbm'?",
        "{F, \"extends\": \"toy\", \"hbm\": {\"byte\": 1}}|unknown field 'hbm.byte'; did you mean 'bytes'?",
        "{F, \"name\": \"x\"}|missing fields: clusters, tilesPerCluster, clockHertz,",
        "{F, \"extends\": \"toy\", \"clusters\": 1.5}|clusters must be a whole number of 32 bits, was 1.5",
        "{F, \"extends\": \"toy\", \"clusters\": 1e999999999}|clusters must be a whole number of 32 bits",
        "{F, \"extends\": \"toy\", \"hbm\": {\"bytesPerSecond\": 1e999}}|hbm.bytesPerSecond is out of range",
        "{F, \"extends\": \"toy\", \"clusters\": \"two\"}|clusters must be a number, was \"two\"",
        "{F, \"extends\": \"toy\", \"clusters\": 0}|needs at least one cluster and one tile, was 0 x 2",
        "{F, \"extends\": \"toy\", \"hbm\": {\"bankEfficiency\": 2}}|hbm: bank efficiency is a share above 0 up to 1, was 2.0",
        "{F, \"extends\": \"toy\", \"ttu\": {\"depth\": {\"bf15\": 2}}}|ttu.depth: unknown type 'bf15'; did you mean 'bf16'?",
        "{F, \"extends\": \"toy\", \"csram\": {\"ports\": \"ONE\"}}|csram.ports must be one of [SHARED, SEPARATE], was 'ONE'",
        "{F, \"extends\": \"toy\", \"sources\": {\"hbm.byts\": {}}}|sources: 'hbm.byts' is no number of this chip; did you mean 'hbm.bytes'?",
        "{F, \"extends\": \"toy\", \"clusters\": 1, \"clusters\": 2}|'clusters' is given twice",
        "{F, \"extends\": \"toy\", \"clusters\": NaN}|cannot be read",
        "[1]|must hold one object",
        "{F|cannot be read"
      })
  void faultyFile_isRefusedByName(String text, String message) {
    assertThatThrownBy(() -> read(text.replace("{F", "{\"format\": \"maia4j-chip-1\"")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void deepOrLargeFile_isRefused() {
    assertThatThrownBy(() -> read("[".repeat(100_000)))
        .hasMessageContaining("nested deeper than 8");
    assertThatThrownBy(() -> read(" ".repeat(2 << 20)))
        .hasMessageContaining("2097152 bytes, more than the 1048576 a description may have");
  }

  private Machine read(String text) throws IOException {
    Path file = folder.resolve("chip.json");
    Files.writeString(file, text);
    return Chip.from(file);
  }
}
