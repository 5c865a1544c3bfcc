package maia.verify.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import maia.verify.Checkout;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Opens every notebook in a headless browser as a user would: looks at the stored outputs, runs
/// all cells, and looks again. Pictures of the pages go to `target/browser`. Part of the profile
/// `browser`, since it needs Chromium and a notebook server.
@EnabledIfSystemProperty(named = "maia.browser", matches = "true")
class BrowserTest {
  private static final int WIDTH = 1280;
  private static final int PAGE = 1600;
  private static final int SECONDS = 300;
  private static final Path PICTURES = Path.of("target", "browser");

  @TempDir private static Path folder;

  @TestFactory
  Stream<DynamicTest> notebooks_runInABrowser_showTheirPictures() throws Exception {
    assertThat(Chromium.executable()).as("chromium on the search path").isPresent();
    assertThat(NotebookServer.executable()).as("jupyter-notebook on the search path").isPresent();
    Path notebooks = Files.createDirectories(folder.resolve("notebooks"));
    List<String> names = new ArrayList<>();
    String asked = System.getProperty("maia.browser.only", "");
    for (Path file : Checkout.files("notebooks", ".ipynb")) {
      String name = file.getFileName().toString();
      if (name.startsWith(asked)) {
        Files.copy(file, notebooks.resolve(name));
        names.add(name);
      }
    }
    assertThat(names).as("notebooks whose name starts with '%s'", asked).isNotEmpty();
    Files.createDirectories(PICTURES);
    Path data = Files.createDirectories(folder.resolve("data"));
    NotebookServer server = new NotebookServer(notebooks, data);
    Chromium browser = new Chromium(folder.resolve("profile"));
    return names.stream()
        .map(name -> DynamicTest.dynamicTest(name, () -> check(server, browser, name)))
        .onClose(() -> {
          browser.close();
          server.close();
        });
  }

  private static void check(NotebookServer server, Chromium browser, String name)
      throws IOException, InterruptedException {
    browser.size(WIDTH, PAGE);
    browser.open(server.page(name));
    await(browser, "window.Jupyter?.notebook?.kernel?.is_connected?.()", name + " to connect");
    TimeUnit.SECONDS.sleep(2); // the kernel's first idle message
    String stem = name.replace(".ipynb", "");
    assertThat(strings(browser, Page.FAULTS)).as("%s as stored, before it runs", name).isEmpty();
    browser.evaluate(Page.RUN_ALL);
    await(browser, Page.IS_DONE, name + " to end");
    TimeUnit.SECONDS.sleep(1);
    photograph(browser, stem);
    assertThat(strings(browser, Page.FAULTS)).as("%s after running", name).isEmpty();
    browser.evaluate("Jupyter.notebook.session.delete()");
  }

  private static void await(Chromium browser, String condition, String what)
      throws InterruptedException {
    for (int i = 0; i < 2 * SECONDS; i++) {
      if (browser.isTrue(condition)) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(500);
    }
    throw new AssertionError(
        "waited %d s for %s; faults so far: %s"
            .formatted(SECONDS, what, strings(browser, Page.FAULTS)));
  }

  private static List<String> strings(Chromium browser, String expression) {
    List<String> strings = new ArrayList<>();
    for (JsonElement element : browser.evaluate(expression).getAsJsonArray()) {
      strings.add(element.getAsString());
    }
    return strings;
  }

  /// The whole notebook, cut into sheets that a person can look at.
  private static void photograph(Chromium browser, String stem)
      throws IOException, InterruptedException {
    int height = browser.evaluate(Page.UNROLL).getAsInt();
    browser.size(WIDTH, height);
    TimeUnit.SECONDS.sleep(1);
    for (int top = 0, sheet = 1; top < height; top += PAGE, sheet++) {
      byte[] picture = browser.picture(top, WIDTH, Math.min(PAGE, height - top));
      Files.write(PICTURES.resolve("%s-%02d.png".formatted(stem, sheet)), picture);
    }
  }
}
