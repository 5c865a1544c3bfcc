package maia.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import javax.imageio.ImageIO;
import maia.base.Rich;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChartsTest {
  private static BarChart bars() {
    return BarChart.of("Device time", Axis.linear("us"))
        .over("BF16", "FP8", "MXFP4")
        .add("kernel", 12.25, 6.5, 3)
        .add("launch", 5, 5, 5);
  }

  private static LineChart lines() {
    return LineChart.of("Loss", Axis.linear("epoch"), Axis.logarithmic("cross entropy"))
        .add("train", 2.3, 1.1, 0.5)
        .add("test", new double[] {1, 3}, new double[] {2.4, 0.8});
  }

  @Test
  void bars_drawnTwice_areTheSameBytes() {
    assertThat(bars().figure().svg()).isEqualTo(bars().figure().svg());
    assertThat(bars().figure().svg())
        .startsWith("<svg")
        .contains("xmlns=\"http://www.w3.org/2000/svg\"");
    assertThat(bars().figure().png()).isEqualTo(bars().figure().png());
  }

  @Test
  void lines_drawnTwice_areTheSameBytes() {
    assertThat(lines().figure().svg()).isEqualTo(lines().figure().svg());
    assertThat(lines().figure().png()).isEqualTo(lines().figure().png());
  }

  @Test
  void bars_asText_areATable() {
    assertThat(bars())
        .hasToString(
            """
            Device time
                   kernel (us)  launch (us)
            -----  -----------  -----------
            BF16         12.25            5
            FP8          6.500            5
            MXFP4            3            5\
            """);
  }

  @Test
  void figure_inANotebook_hasThreeForms() {
    assertThat(bars().mime()).containsOnlyKeys("image/svg+xml", "image/png", "text/plain");
  }

  @Test
  void savePng_createsFoldersAndAReadablePicture(@TempDir Path folder) throws IOException {
    Path file = lines().figure().savePng(folder.resolve("a/b/loss.png"));
    BufferedImage image = ImageIO.read(file.toFile());
    assertThat(image.getWidth()).isEqualTo(640);
    assertThat(image.getHeight()).isEqualTo(400);
  }

  @Test
  void bars_tooFewValues_areRefused() {
    assertThatThrownBy(() -> BarChart.of("t", Axis.linear("us")).over("a", "b").add("s", 1))
        .hasMessage("bar chart 't': series 's' has 1 values for 2 categories");
  }

  @Test
  void lines_zeroOnALogarithmicAxis_areRefused() {
    assertThatThrownBy(
            () -> LineChart.of("t", Axis.linear("x"), Axis.logarithmic("y")).add("s", 1, 0))
        .hasMessage(
            "line chart 't': the logarithmic axis 'y' needs positive values, line 's' has 0.0");
  }

  @Test
  void bars_empty_areRefusedWithTheWayOut() {
    assertThatThrownBy(() -> BarChart.of("t", Axis.linear("us")).figure())
        .hasMessage("bar chart 't' is empty; call over(...) and add(...)");
  }

  @Test
  void ticks_areRoundAndFew() {
    for (double end : new double[] {0.013, 1, 1.27, 2.027, 4.9, 37.8, 730, 99_999}) {
      double[] ticks = Figures.ticks(end);
      assertThat(ticks).as("up to %s", end).hasSizeBetween(4, 11);
      assertThat(ticks[ticks.length - 1]).isLessThanOrEqualTo(end * 1.000001);
    }
    assertThat(Figures.ticks(2.027)).containsExactly(0, 0.5, 1, 1.5, 2);
    assertThat(Figures.tick(3 * 0.2)).isEqualTo("0.6");
    assertThat(Figures.ticks(0)).containsExactly(0);
  }

  private static List<String> words(Rich chart) {
    String svg = Objects.requireNonNull(chart.mime().get("image/svg+xml"));
    return Pattern.compile("<text [^>]*>([^<]*)</text>")
        .matcher(svg)
        .results()
        .map(m -> m.group(1))
        .toList();
  }

  @Test
  void lines_withFewPoints_haveTheirPlacesOnTheAxis() {
    double[] sizes = {512, 1024, 2048, 4096};
    assertThat(
            words(
                LineChart.of("t", Axis.logarithmic("side"), Axis.linear("%"))
                    .add("a", sizes, sizes)))
        .containsSubsequence("512", "1024", "2048", "4096", "side");
  }

  @Test
  void lines_withManyPoints_haveRoundNumbersOnTheAxis() {
    assertThat(
            words(
                LineChart.of("t", Axis.linear("batch"), Axis.logarithmic("loss"))
                    .add("a", DoubleStream.iterate(2.3, v -> v * 0.98).limit(128).toArray())))
        .containsExactly(
            "t", "0.2", "0.5", "1", "2", "loss", "0", "20", "40", "60", "80", "100", "120",
            "batch");
  }

  @Test
  void lines_breakWhereAValueIsNotFinite() {
    String svg =
        LineChart.of("t", Axis.linear("x"), Axis.linear("y"))
            .add("a", 1, 2, Double.NaN, 4, 5, 6)
            .figure()
            .svg();
    assertThat(svg).doesNotContain("NaN");
    assertThat(Pattern.compile("polyline[^>]*stroke-width=\"2\"").matcher(svg).results())
        .hasSize(2);
  }

  @Test
  void bars_withNamesThatFit_stand_withNumbersAboveThem() {
    assertThat(
            words(
                BarChart.of("t", Axis.linear("nats"))
                    .over("round to nearest", "rotated offline", "the same and GPTQ")
                    .add("loss", 0.2227, 0.01, 0.0033)))
        .contains("0.223", "0.01", "0.0033")
        .containsSubsequence("round to nearest", "rotated offline", "the same and GPTQ");
  }

  @Test
  void bars_withManyLongNames_lieBesideThem() {
    String[] names = new String[9];
    for (int i = 0; i < names.length; i++) {
      names[i] = i + " linear+linear+silu+mul";
    }
    BarChart chart = BarChart.of("t", Axis.linear("us")).over(names).add("time", new double[9]);
    assertThat(words(chart)).contains(names);
    double[] places =
        Pattern.compile("<text x=\"([0-9.]+)\"[^>]*>\\d linear")
            .matcher(chart.figure().svg())
            .results()
            .mapToDouble(m -> Double.parseDouble(m.group(1)))
            .toArray();
    assertThat(Arrays.stream(places).distinct()).hasSize(1);
  }

  @Test
  void rulers_haveRoundWords() {
    assertThat(new Ruler(-0.0002, 0.03, false).ticks(7))
        .extracting(Ruler.Tick::words)
        .containsExactly("0", "0.005", "0.01", "0.015", "0.02", "0.025", "0.03");
    assertThat(new Ruler(0.9, 130_000, true).ticks(8))
        .extracting(Ruler.Tick::words)
        .containsExactly("1", "10", "100", "1000", "10,000", "100,000");
    assertThat(new Ruler(2, 7, true).ticks(8))
        .extracting(Ruler.Tick::words)
        .containsExactly("2", "3", "4", "5", "6", "7");
    assertThat(new Ruler(1e-9, 4.1e-9, false).ticks(4))
        .extracting(Ruler.Tick::words)
        .containsExactly("1e-9", "2e-9", "3e-9", "4e-9");
  }

  @Test
  void rulers_ofEqualValues_haveRoomOnBothSides() {
    for (Axis axis : List.of(Axis.linear("x"), Axis.logarithmic("x"))) {
      Ruler ruler = Ruler.over(axis, 3, 3, Double.NaN);
      assertThat(ruler.share(3)).isStrictlyBetween(0.2, 0.8);
      assertThat(ruler.ticks(8)).isNotEmpty();
    }
    assertThat(Ruler.over(Axis.linear("x")).low()).isLessThan(1);
  }

  @RepeatedTest(50)
  void names_ofPointsCloseTogether_doNotOverlap(RepetitionInfo repetition) {
    SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
    ParetoChart chart = ParetoChart.of("t", "bits", "nats");
    for (int i = 0; i < 10; i++) {
      chart = chart.add("name " + i, 4 + random.nextInt(3), random.nextDouble(), 0.01);
    }
    double[][] places =
        Pattern.compile("<text x=\"([0-9.]+)\" y=\"([0-9.]+)\"[^>]*>name")
            .matcher(chart.figure().svg())
            .results()
            .map(m -> new double[] {Double.parseDouble(m.group(1)), Double.parseDouble(m.group(2))})
            .toArray(double[][]::new);
    assertThat(places).hasDimensions(10, 2);
    for (int i = 0; i < 10; i++) {
      for (int j = 0; j < i; j++) {
        boolean apart =
            Math.abs(places[i][1] - places[j][1]) > 10
                || Math.abs(places[i][0] - places[j][0]) > 6 * 6.6;
        assertThat(apart).as("names %d and %d", j, i).isTrue();
      }
    }
  }
}
