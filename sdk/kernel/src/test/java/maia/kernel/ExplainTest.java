package maia.kernel;

import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import maia.kernel.library.VectorAdd;
import maia.machine.Chip;
import maia.numerics.HostArray;
import org.junit.jupiter.api.Test;

class ExplainTest {
  private static final Explanation PLAIN = VectorAdd.KERNEL.explain();

  private static Explanation.Section section(Explanation explanation, String title) {
    return explanation.sections().stream()
        .filter(s -> s.title().startsWith(title))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void source_isBesideEachOperation() {
    List<List<String>> rows = section(PLAIN, "each line").rows();
    assertThat(rows)
        .anySatisfy(row -> {
          assertThat(row.getFirst()).startsWith("vector_add:").contains("(VectorAdd.java:");
          assertThat(row.getLast()).contains(" = load x[");
        });
    assertThat(rows).noneSatisfy(row -> assertThat(row.getLast()).contains(" @ "));
  }

  @Test
  void queues_areColumns_inOrder() {
    Explanation.Section queues = section(PLAIN, "the queues");
    assertThat(queues.columns()).containsExactlyInAnyOrder("dma0", "dma1", "tvp");
    int vector = queues.columns().indexOf("tvp");
    List<String> instructions =
        queues.rows().stream()
            .map(row -> row.get(vector).strip())
            .filter(c -> !c.isEmpty())
            .toList();
    assertThat(instructions).anyMatch(i -> i.matches("\\d+ +map out_out.* = .*x_tile.*y_tile.*"));
  }

  @Test
  void memory_hasEveryBufferWithItsShareAndLine() {
    assertThat(section(PLAIN, "memory").rows())
        .anySatisfy(row ->
            assertThat(row.toString())
                .matches(
                    "\\[x_tile, f32\\[1, 1024], x\\d, \\d+, 0\\.\\d % of tile, vector_add:.*]"))
        .last()
        .satisfies(row -> assertThat(row.getFirst()).isEqualTo("tile total"));
  }

  @Test
  void dma_countsCopiesGathersAndBytes() {
    List<List<String>> rows = section(PLAIN, "accesses").rows();
    assertThat(rows).hasSize(4);
    assertThat(rows.stream().map(row -> row.get(2)))
        .containsExactlyInAnyOrder(
            "load 1D", "load 1D", "store 1D", "3 DMAs, 0 gathers, scatters and atomics");
    assertThat(rows.getLast().get(3)).isEqualTo(String.valueOf(3 * 4096));
  }

  @Test
  void sizes_addTimeRooflineAndTimeline() {
    HostArray x = HostArray.zeros(F32, 100_000);
    Explanation sized = VectorAdd.over(100_000).on(new OnSim(Chip.MAIA_200)).explain(x, x, x);
    assertThat(sized.sized()).isPresent();
    assertThat(section(sized, "time at").rows().toString())
        .contains("cycles], [bound by, ", "[HBM bytes of the plan, 80", "under the slope of HBM");
    assertThat(sized.text())
        .contains("-- timeline of tile 0", "\n-- tile program\nprogram vector_add");
    assertThat(PLAIN.text()).doesNotContain("-- timeline");
  }

  @Test
  void forms_areTextAndHtmlWithoutStylesOrScripts() {
    assertThat(PLAIN.mime()).containsOnlyKeys("text/html", "text/plain");
    assertThat(PLAIN.html())
        .startsWith("<h3>kernel vector_add on maia-200")
        .doesNotContain("<script", "style=");
    assertThat(PLAIN.toString()).isEqualTo(PLAIN.text());
  }
}
