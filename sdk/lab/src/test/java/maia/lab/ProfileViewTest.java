package maia.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import maia.numerics.DType;
import maia.runtime.Maia;
import maia.runtime.Profile;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Table;

class ProfileViewTest {
  private static final Profile<Tensor> PROFILE =
      Maia.profile(() ->
          Maia.compile("f", x -> x.add(1).relu().softmax(-1)).call(Tensor.meta(DType.F32, 8, 32)));

  @Test
  void page_hasTableAndPictures_withoutScripts() {
    Map<String, String> page = Viz.mime(PROFILE);
    String html = String.valueOf(page.get("text/html"));
    assertThat(html)
        .startsWith("<table>")
        .contains("<td>add+relu+softmax</td>")
        .doesNotContain("<script", "style=", "<svg");
    assertThat(html.split("<img alt=", -1)).hasSizeGreaterThan(2);
    assertThat(page.get("text/plain")).isEqualTo(PROFILE.toString());
  }

  @Test
  void data_isATableOfNumbersForTablesaw() {
    Table table = Tables.table(ProfileView.data(PROFILE.table()));
    assertThat(table.rowCount()).isEqualTo(1);
    assertThat(table.doubleColumn("device time us").get(0))
        .isCloseTo(PROFILE.table().microseconds(), org.assertj.core.data.Offset.offset(1e-5));
  }

  @Test
  void emptyProfile_isATableAlone() {
    assertThat(Viz.mime(Maia.profile(() -> {})).get("text/html")).doesNotContain("<img");
  }
}
