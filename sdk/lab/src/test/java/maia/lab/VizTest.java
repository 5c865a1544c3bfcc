package maia.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import maia.base.Progress;
import maia.base.Rich;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VizTest {
  private static final class Page implements Host {
    private final List<String> shown = new ArrayList<>();

    @Override
    public String display(Map<String, String> bundle) {
      shown.add(bundle.get("text/plain"));
      return String.valueOf(shown.size() - 1);
    }

    @Override
    public void update(String id, Map<String, String> bundle) {
      shown.set(Integer.parseInt(id), bundle.get("text/plain"));
    }

    @Override
    public String name() {
      return "page";
    }
  }

  private final Page page = new Page();
  private Host before;

  @BeforeEach
  void use() {
    before = Viz.host();
    Viz.use(page);
  }

  @AfterEach
  void restore() {
    Viz.use(before);
  }

  @Test
  void noKernel_hostIsTheConsole() {
    assertThat(before.name()).isEqualTo("console");
  }

  @Test
  void live_set_replacesInPlace() {
    Live live = Viz.live("first");
    Viz.show("next");
    live.set("second");
    assertThat(page.shown).containsExactly("second", "next");
  }

  @Test
  void progress_isOneLineThatGrows() {
    Progress progress = Viz.progress();
    progress.report("train", 0, 4);
    progress.report("train", 2, 4);
    assertThat(page.shown).containsExactly("train [###############               ] 50 %");
  }

  @Test
  void adapter_showsAForeignType() {
    record Foreign(int x) {}
    Viz.adapter(Foreign.class, f -> TableData.of("", "x").row(String.valueOf(f.x())));
    assertThat(Viz.mime(new Foreign(3))).containsOnlyKeys("text/html", "text/plain");
  }

  @Test
  void mime_dollarsInHtml_areNoFormula() {
    Rich priced =
        () -> Rich.bundle("text/html", "<td title=\"1 $\">1 $; 2 $</td>", "text/plain", "1 $");
    assertThat(Viz.mime(priced))
        .isEqualTo(
            Map.of(
                "text/html",
                "<td title=\"1 $\">1 <span>$</span>; 2 <span>$</span></td>",
                "text/plain",
                "1 $"));
  }
}
