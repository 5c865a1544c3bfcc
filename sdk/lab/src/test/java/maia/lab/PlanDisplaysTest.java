package maia.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import maia.cost.Claims;
import maia.cost.CostReport;
import maia.cost.PriceBook;
import maia.graph.Graph;
import maia.graph.Plan;
import maia.kernel.library.VectorAdd;
import maia.machine.Chip;
import maia.numerics.DType;
import maia.plan.CostComparison;
import maia.plan.ModelConfig;
import maia.plan.PhaseEstimate;
import maia.plan.Projection;
import maia.runtime.KernelRun;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;

class PlanDisplaysTest {
  private static final PhaseEstimate DECODE =
      Projection.of(ModelConfig.named("llama-3.2-1b")).decode(8, 1_024);

  private static String page(Object value, int pictures) {
    Map<String, String> forms = Viz.mime(value);
    assertThat(forms).containsOnlyKeys("text/html", "text/plain");
    assertThat(forms.get("text/plain")).isEqualTo(value.toString());
    String html = String.valueOf(forms.get("text/html"));
    assertThat(html).doesNotContain("<script", "style=", "<svg");
    assertThat(html.split("<img alt=", -1)).hasSize(pictures + 1);
    return html;
  }

  @Test
  void phase_isATableWithBarsAndItsSums() {
    String html = page(DECODE, 1);
    assertThat(html).contains("<td>attention</td>", "<td>hbm</td>", "tokens/s", "basis: maia-200");
  }

  @Test
  void comparison_pairsBothEstimates() {
    assertThat(page(CostComparison.of(DECODE, DECODE), 0))
        .contains("<td>1.00</td>", "all together");
  }

  @Test
  void costReport_claim_chip_andGraph_areTables() {
    KernelRun run =
        (KernelRun)
            VectorAdd.over(64)
                .run(
                    Tensor.rand(DType.F32, 1, 64),
                    Tensor.rand(DType.F32, 2, 64),
                    Tensor.empty(DType.F32, 64));
    CostReport cost =
        CostReport.of("adding", 64, List.of(run.record()), PriceBook.MAIA_200_MODELLED);
    assertThat(page(cost, 0)).contains("<td>vector_add</td>", "<td>total</td>", "modelled cost");
    assertThat(page(Claims.all().getFirst(), 0)).contains("<td>holds</td>");
    assertThat(page(Chip.MAIA_200, 0)).contains("<td>hbm.bytesPerSecond</td>", "<td>assumed</td>");
    Graph graph = Graph.record("relu", Tensor::relu, Tensor.rand(DType.F32, 1, 4));
    assertThat(page(graph, 0)).startsWith("<pre>");
    assertThat(page(Plan.fused(graph), 0)).startsWith("<pre>");
  }

  @Test
  void shareBars_addUpToTheWhole_andRefuseWhatIsNoAmount() {
    ShareBars bars = ShareBars.of("an hour", "$").add("capital", 3, "money").add("power", 1, "kWh");
    assertThat(bars.toString())
        .isEqualTo(
            """
            an hour
            part     $  share %  kind
            -------  -  -------  -----
            capital  3     75.0  money
            power    1     25.0  kWh\
            """);
    assertThat(bars.mime().keySet()).contains("image/svg+xml", "image/png");
    assertThatThrownBy(() -> bars.add("loss", -1, "money"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("share bars: 'loss' must be a number from 0, was -1.0");
  }
}
