package maia.lab;

import static maia.kernel.Kernel.cdiv;
import static maia.numerics.DType.BF16;
import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import maia.base.Origin;
import maia.kernel.Explanation;
import maia.kernel.KernelLaunch;
import maia.kernel.library.Matmul;
import maia.kernel.tune.Tune;
import maia.kernel.tune.TuneResult;
import maia.machine.Chip;
import maia.numerics.HostArray;
import maia.runtime.CompileReport;
import maia.runtime.KernelRun;
import maia.runtime.Maia;
import maia.runtime.SimulatedLauncher;
import maia.sim.Advice;
import maia.sim.Comparison;
import maia.sim.Options;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

class DisplaysTest {
  private static final SimulatedLauncher CHIP =
      new SimulatedLauncher(Chip.MAIA_200, Options.timingOnly());
  private static final HostArray X = HostArray.zeros(BF16, 256, 256);
  private static final KernelLaunch LAUNCH =
      Matmul.over(256, 256, 256, BF16, BF16, Chip.MAIA_200).on(CHIP);
  private static final KernelRun RUN = (KernelRun) LAUNCH.timing(X, X, X);
  private static final TuneResult TUNING =
      Matmul.KERNEL
          .autotune(Tune.grid("BM", 64, 128).and("BN", 128, 8192).and("STAGES", 2, 3))
          .grid(c -> cdiv(256, c.integer("BM")), c -> cdiv(256, c.integer("BN")))
          .on(CHIP)
          .tune(X, X, X);

  private static void isAFigure(Map<String, String> bundle) {
    assertThat(bundle).containsOnlyKeys("image/svg+xml", "image/png", "text/plain");
    assertThat(bundle.get("image/svg+xml")).startsWith("<svg ").endsWith("</svg>\n");
  }

  private static void isAPage(Map<String, String> bundle, int pictures) {
    assertThat(bundle).containsOnlyKeys("text/html", "text/plain");
    String html = String.valueOf(bundle.get("text/html"));
    assertThat(html).doesNotContain("<script", "style=", "<svg");
    assertThat(html.split("<img alt=", -1)).hasSize(pictures + 1);
  }

  @Test
  void pictures_haveSvgPngAndText() throws IOException {
    isAFigure(Gantt.of(RUN.record()).mime());
    isAFigure(PowerChart.of(RUN.record()).mime());
    isAFigure(StallBars.of(RUN.record()).mime());
    isAFigure(Roofline.of(RUN.record()).mime());
    isAFigure(MemoryMap.of(RUN.compiled().program(), Chip.MAIA_200).mime());
    isAFigure(Heatmap.of(TUNING).mime());
    byte[] png = Heatmap.of(TUNING).figure().png();
    assertThat(ImageIO.read(new ByteArrayInputStream(png)).getWidth()).isEqualTo(520);
  }

  @Test
  void pictures_areTheSameTwice() {
    assertThat(Gantt.of(RUN.record()).figure().svg())
        .isEqualTo(Gantt.of(((KernelRun) LAUNCH.timing(X, X, X)).record()).figure().svg());
  }

  @Test
  void kernelRun_isItsReportAndFourPictures_andItsLineAsText() {
    isAPage(Viz.mime(RUN), 4);
    assertThat(Viz.mime(RUN).get("text/plain")).isEqualTo(RUN.toString());
    isAPage(Viz.mime(RUN.record()), 4);
  }

  @Test
  void tuning_isAHeatmapAndATable() {
    isAPage(Viz.mime(TUNING), 1);
    assertThat(Viz.mime(TUNING).get("text/plain")).contains("BM \\ BN", " best", "; best");
  }

  @Test
  void heatmap_showsTheBestOfEachCell() {
    Heatmap map = Heatmap.of(TUNING);
    assertThat(map.rowValues()).containsExactly("64", "128");
    assertThat(map.columnValues()).containsExactly("128", "8192");
    assertThat(map.cells()).hasSize(4).filteredOn(Heatmap.Cell::isBest).hasSize(1);
    assertThat(map.cells().get(1).kind()).isEqualTo(Heatmap.Kind.NONE);
    assertThat(map.cells().stream().filter(Heatmap.Cell::isBest).findFirst().orElseThrow().cycles())
        .isEqualTo(TUNING.cycles());
  }

  @Test
  void heatmap_countsOfOneSize_haveTheSameDigits() {
    List<Heatmap.Cell> cells =
        List.of(
            new Heatmap.Cell(Heatmap.Kind.SIMULATED, 39_960, false),
            new Heatmap.Cell(Heatmap.Kind.SIMULATED, 14_312, true));
    assertThat(new Heatmap("t", "a", List.of("1"), "b", List.of("1", "2"), cells).figure().svg())
        .contains(">40.0k<", ">14.3k best<");
  }

  @Test
  void stallBars_giveAReasonItsColour_whateverElseIsThere() {
    List<StallBars.Bar> bars = List.of(new StallBars.Bar("ttu", List.of(0.5, 0.5)));
    StallBars alone = new StallBars("t", List.of("busy", "semaphore"), bars);
    List<StallBars.Bar> more = List.of(new StallBars.Bar("ttu", List.of(0.5, 0.2, 0.3)));
    StallBars others = new StallBars("t", List.of("busy", "queue_full", "semaphore"), more);
    assertThat(colourOf("semaphore", alone)).isEqualTo(colourOf("semaphore", others));
    assertThat(colourOf("queue full", others)).isNotEqualTo(colourOf("semaphore", others));
  }

  /// The colour of the box before a word of the legend.
  private static String colourOf(String reason, StallBars bars) {
    var match =
        Pattern.compile("fill=\"(#[0-9a-f]+)\"/>\n<text[^>]*>" + reason + "<")
            .matcher(bars.figure().svg());
    assertThat(match.find()).isTrue();
    return match.group(1);
  }

  @Test
  void heatmap_wrongNumberOfCells_isRefused() {
    assertThatThrownBy(() -> new Heatmap("t", "a", List.of("1"), "b", List.of("1"), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("heat map 't': needs 1 x 1 cells, got 0");
  }

  @Test
  void explanation_hasPicturesOnlyInHtml() {
    Explanation plain = LAUNCH.kernel().explain();
    isAPage(Viz.mime(plain), 1);
    Explanation sized = LAUNCH.explain(X, X, X);
    isAPage(Viz.mime(sized), 5);
    assertThat(Viz.mime(sized).get("text/plain")).isEqualTo(sized.text());
  }

  @Test
  void compiledFunction_showsWhereItsResultsLie() {
    var compiled = Maia.compile("f", x -> x.softmax(-1).matmul(x).softmax(0).matmul(x).sum(-1));
    CompileReport report = compiled.explain(Tensor.meta(F32, 48, 48));
    isAPage(Viz.mime(report), 1);
    Map<String, String> places = Viz.mime(report.memory());
    isAFigure(places);
    assertThat(places.get("text/plain")).isEqualTo(report.memory().toString());
    int buffers = report.memory().buffers().size();
    assertThat(places.get("image/svg+xml").split("<rect", -1)).hasSize(buffers + 2);
  }

  @Test
  void compiledFunctionWithoutResultsInBetween_hasNoPicture() {
    CompileReport report = Maia.compile("f", x -> x.mul(2)).explain(Tensor.meta(F32, 8));
    isAPage(Viz.mime(report), 0);
    assertThat(Viz.mime(report.memory())).containsOnlyKeys("text/plain");
  }

  @Test
  void comparison_isATableWithRatios() {
    Map<String, String> page = Viz.mime(Comparison.of(RUN.record(), RUN.record()));
    isAPage(page, 0);
    assertThat(page.get("text/html")).contains("<td>kernel</td>", "<td>1.000</td>");
  }

  @Test
  void advice_namesCauseLineAndNextStep() {
    Advice.Finding finding =
        new Advice.Finding(
            Advice.Kind.SMALL_COPIES,
            new Origin("gemm", 12, ""),
            0.41,
            "rows of 32 B",
            "wider rows");
    Map<String, String> page = Viz.mime(new Advice("gemm", List.of(finding)));
    isAPage(page, 0);
    assertThat(page.get("text/html"))
        .contains(
            "<td>41.0</td><td>small copies</td><td>gemm:12</td><td>rows of 32 B</td><td>wider rows</td>");
  }

  @Test
  void programAndFunction_keepTheirLines() {
    isAPage(Viz.mime(RUN.compiled().program()), 0);
    assertThat(Viz.mime(RUN.call().func()).get("text/html")).startsWith("<pre>func matmul(");
  }

  @Test
  void roofline_text_saysWhatLimits() {
    assertThat(Roofline.of(RUN.record()).toString()).contains("flop/byte", "HBM");
    assertThat(Roofline.of(Chip.MAIA_200, List.of()).points()).isEmpty();
  }

  @Test
  void power_text_namesTheLimit() {
    assertThat(PowerChart.of(RUN.record()).toString()).endsWith("limit 750 W");
  }

  @Test
  void bench_keepsSimulatedAndHostTimeApart() {
    Bench bench = Bench.of("matmul", () -> LAUNCH.timing(X, X, X));
    assertThat(bench.simulatedCycles()).isEqualTo(RUN.cycles());
    assertThat(bench.simulatedPicoseconds()).isEqualTo(RUN.picoseconds());
    assertThat(bench.hostNanoseconds()).isPositive();
    assertThat(bench.toString())
        .contains("simulated cycles", "simulated us", "host ms, least of 5");
  }
}
