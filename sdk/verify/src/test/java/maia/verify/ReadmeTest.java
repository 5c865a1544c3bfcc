package maia.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import maia.base.Progress;
import maia.lab.Quickstart;
import org.junit.jupiter.api.Test;

/// What the README shows is what the programs print.
class ReadmeTest {
  private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#]+)\\)");

  private static String readme() throws IOException {
    return Files.readString(Checkout.ROOT.resolve("README.md"));
  }

  @Test
  void quickstart_printsWhatTheReadmeShows() throws IOException {
    assertThat(readme()).contains(Quickstart.run(Progress.SILENT).toString().strip());
  }

  @Test
  void vectorAdd_showsTheLineOfTheExample() throws IOException {
    String line =
        Files.readString(Checkout.ROOT.resolve("examples/expected/VectorAdd.txt"))
            .lines()
            .findFirst()
            .orElseThrow();
    assertThat(readme()).contains("run ==> " + line);
  }

  @Test
  void links_leadToFiles() throws IOException {
    Matcher links = LINK.matcher(readme());
    while (links.find()) {
      assertThat(Checkout.ROOT.resolve(links.group(1))).as(links.group(1)).exists();
    }
  }
}
