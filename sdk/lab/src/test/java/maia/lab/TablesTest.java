package maia.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class TablesTest {
  private static final TableData RUNS =
      TableData.of("runs", "precision", "time").row("BF16", "12.5").row("<FP8>", "6.25");

  @Test
  void table_asText_alignsNumbersRight() {
    assertThat(RUNS)
        .hasToString(
            """
            runs
            precision  time
            ---------  ----
            BF16       12.5
            <FP8>      6.25\
            """);
  }

  @Test
  void table_asHtml_escapesAndHasNoStyle() {
    assertThat(RUNS.html())
        .isEqualTo(
            """
            <table><caption>runs</caption><thead><tr><th>precision</th><th>time</th></tr></thead><tbody>
            <tr><td>BF16</td><td>12.5</td></tr>
            <tr><td>&lt;FP8&gt;</td><td>6.25</td></tr>
            </tbody></table>\
            """);
  }

  @Test
  void table_unevenRow_isRefused() {
    assertThatThrownBy(() -> RUNS.row("x"))
        .hasMessage("table 'runs': a row has 1 cells for 2 columns: [x]");
  }

  @Test
  void tablesaw_getsNumbersAsNumbers() {
    Table table = Tables.table(RUNS);
    assertThat(table.doubleColumn("time").sum()).isEqualTo(18.75);
    assertThat(table.stringColumn("precision").asList()).isEqualTo(List.of("BF16", "<FP8>"));
  }

  @Test
  void tablesaw_shown_isATableOfOurs() {
    Table table =
        Tables.table(RUNS).where(Tables.table(RUNS).doubleColumn("time").isGreaterThan(10));
    assertThat(Viz.mime(table).get("text/plain"))
        .isEqualTo(
            """
            runs
            precision   time
            ---------  -----
            BF16       12.50\
            """);
  }
}
