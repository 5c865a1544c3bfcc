package maia.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CostStudyTest {
  private static final Map<String, String> LLAMA =
      Map.of("--model", "llama-3.1-70b", "--precision", "mxfp4/fp8");

  private static Map<String, String> with(String name, String value) {
    var options = new java.util.HashMap<>(LLAMA);
    options.put(name, value);
    return options;
  }

  @Test
  void study_saysTimeDollarsAndWhereTheyComeFrom() throws IOException {
    CostStudy study = CostStudy.of(LLAMA);
    assertThat(study.output().dollarsPerMillion().low())
        .isGreaterThan(study.input().dollarsPerMillion().high());
    assertThat(study.toString())
        .contains("llama-3.1-70b on maia-200, tp=1 pp=1 ep=1")
        .contains("$ per million tokens")
        .contains(
            "modelled (modelled-owner-2026-11, US, 2026-11-20); dollars at 60 % utilisation, launches not counted unless said");
  }

  @Test
  void launches_areCountedInARowOfTheirOwn(@TempDir Path folder) throws IOException {
    CostStudy study = CostStudy.of(with("--dollars-per-hour", "1"));
    double busy = study.decode().seconds() + study.decode().launchSeconds();
    double expected = busy / 16 / 3_600 / 0.6 * 1e6;
    JsonObject decode =
        JsonParser.parseString(Files.readString(study.write(folder).get(1)))
            .getAsJsonObject()
            .getAsJsonObject("decode");
    assertThat(decode.get("dollars_per_million_with_launches_low").getAsDouble())
        .isCloseTo(expected, withinPercentage(1e-6));
    assertThat(decode.get("dollars_per_million_with_launches_high").getAsDouble())
        .isCloseTo(expected, withinPercentage(1e-6));
    assertThat(decode.get("dollars_per_million_high").getAsDouble()).isLessThan(expected);
    String shown = new BigDecimal(expected).round(new MathContext(3)).toPlainString();
    assertThat(study.toString().lines().filter(l -> l.startsWith("$ with launches counted")))
        .singleElement()
        .asString()
        .endsWith(shown + " to " + shown);
  }

  @Test
  void study_givenPriceAndCarbon_areUsed() throws IOException {
    CostStudy one = CostStudy.of(with("--dollars-per-hour", "1"));
    CostStudy two = CostStudy.of(with("--dollars-per-hour", "2"));
    assertThat(two.output().dollarsPerMillion().low())
        .isEqualTo(2 * one.output().dollarsPerMillion().high());
    assertThat(CostStudy.of(with("--grams-per-kwh", "300")).toString())
        .contains("g CO2 per million");
  }

  @Test
  void files_areWrittenAndParse(@TempDir Path folder) throws IOException {
    List<Path> files = CostStudy.of(LLAMA).write(folder);
    assertThat(files)
        .extracting(f -> f.getFileName().toString())
        .containsExactly("cost.csv", "cost.json", "cost.png");
    JsonObject json = JsonParser.parseString(Files.readString(files.get(1))).getAsJsonObject();
    assertThat(json.get("chip").getAsString()).isEqualTo("maia-200");
    assertThat(json.getAsJsonObject("decode").get("seconds").getAsDouble()).isPositive();
    assertThat(Files.readAllLines(files.get(0)).getFirst())
        .isEqualTo("phase,operator,count,seconds,memory_bytes,flops,joules,bound");
  }

  @Test
  void unknownPrecision_isRefusedWithTheChoices() {
    assertThatThrownBy(() -> CostStudy.of(with("--precision", "fp3")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "no precision 'fp3'; choose from bf16, fp4, fp8, fp8_e4m3, fp8_e5m2, mxfp4, mxfp6,"
                + " mxfp8; did you mean 'fp4'?");
  }

  @Test
  void chipFile_isProjected(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("mine.json");
    Files.writeString(
        file,
        """
        {"format": "maia4j-chip-1", "extends": "maia-200", "name": "mine",
         "hbm": {"bytesPerSecond": 14e12}, "clusterDma": {"outstandingBytes": 1000000}}
        """);
    var options = new java.util.HashMap<>(with("--chip", file.toString()));
    options.put("--dollars-per-hour", "1");
    CostStudy mine = CostStudy.of(options);
    assertThat(mine.decode().target().name()).isEqualTo("mine");
    assertThat(mine.decode().seconds()).isLessThan(CostStudy.of(LLAMA).decode().seconds());
    assertThatThrownBy(() -> CostStudy.of(with("--chip", folder + "/no.json")))
        .hasMessage("--chip: there is no file " + folder + "/no.json");
  }

  @Test
  void chipWithoutAPrice_isRefusedWithTheWayOut() {
    assertThatThrownBy(() -> CostStudy.of(with("--chip", "trainium3")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "no price book for 'trainium3'; give --dollars-per-hour, or choose one of h100,");
  }

  @Test
  void batchThatIsNoNumber_isRefused() {
    assertThatThrownBy(() -> CostStudy.of(with("--batch", "many")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--batch must be a whole number, was 'many'");
  }
}
