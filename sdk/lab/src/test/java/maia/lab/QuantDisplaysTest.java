package maia.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import maia.numerics.DType;
import maia.numerics.Philox;
import maia.quant.Explain;
import maia.quant.Grid;
import maia.quant.Observer;
import org.junit.jupiter.api.Test;

class QuantDisplaysTest {
  private static void isAFigure(Map<String, String> bundle) {
    assertThat(bundle).containsOnlyKeys("image/svg+xml", "image/png", "text/plain");
    assertThat(bundle.get("image/svg+xml"))
        .startsWith("<svg ")
        .doesNotContain("\"NaN", "NaN,", ",NaN")
        .endsWith("</svg>\n");
  }

  @Test
  void explain_isANumberLine() {
    for (float x : new float[] {4.25f, -5f, 0, 1e9f, Float.NaN, -0.1f}) {
      isAFigure(Viz.mime(Explain.value(x, DType.FP4_E2M1)));
    }
    assertThat(NumberLine.of(Explain.value(4.25f, DType.FP4_E2M1)).figure().svg())
        .contains(">4.25<", ">4<", ">6<", ">4, code 0x6<");
  }

  @Test
  void numberLine_wordsThatWouldTouch_standInTwoRows() {
    String svg = NumberLine.of(Explain.value(0.3f, DType.FP8_E4M3)).figure().svg();
    assertThat(svg).contains(">0.3 in fp8_e4m3<", ">0.3125, code 0x2a<");
    assertThat(svg)
        .containsPattern("y=\"136\"[^>]*>0.21875<")
        .containsPattern("y=\"152\"[^>]*>0.234375<")
        .containsPattern("y=\"136\"[^>]*>0.25<");
  }

  @Test
  void observation_axisEndsWhereTheValuesEnd() {
    Observer observer = Observer.of(Observer.MIN_MAX, new Grid.Ints(8));
    observer.see(new float[] {1, -2, 146, 3});
    assertThat(observer.observation().histogram().limit()).isEqualTo(256);
    assertThat(RangeChart.of(observer.observation()).figure().svg())
        .contains(">100<", ">140<", ">magnitudes of 4 values;")
        .doesNotContain(">200<", ">256<");
  }

  @Test
  void observation_isAHistogramWithItsThreshold() {
    float[] x = new float[4000];
    for (int i = 0; i < x.length; i++) {
      x[i] = Philox.normal(1, i);
    }
    for (Observer.Rule rule : Observer.rules()) {
      Observer observer = Observer.of(rule, new Grid.Ints(4));
      observer.see(x);
      isAFigure(Viz.mime(observer.observation()));
      assertThat(RangeChart.of(observer.observation()).figure().svg()).contains("threshold ");
    }
    isAFigure(Viz.mime(Observer.of(Observer.MSE, new Grid.Ints(4)).observation()));
  }

  @Test
  void pareto_keepsThoseThatNoOtherBeats() {
    ParetoChart chart =
        ParetoChart.of("bits", "bits per weight", "nats over fp32")
            .add("mxfp4", 4.25, 0.02, 0.001)
            .add("int4", 4.5, 0.03, 0.001)
            .add("mxfp8", 8.25, 0.001, 0.0005);
    assertThat(chart.frontier())
        .extracting(ParetoChart.Point::name)
        .containsExactly("mxfp4", "mxfp8");
    isAFigure(chart.mime());
    assertThatThrownBy(() -> ParetoChart.of("empty", "a", "b").figure())
        .hasMessage("pareto 'empty' is empty; call add(...)");
  }
}
