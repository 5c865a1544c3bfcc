package maia.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;
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
}
