package maia.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class FilesTest {
  private static final int LINES_OF_NINE_IN_TEN = 350;
  private static final int LINES_AT_MOST = 600;

  /// Split so that this file does not contain what it looks for.
  private static final Pattern MACHINE =
      Pattern.compile(
          "/ro" + "ot/|/wo" + "rk/|/tmp/w" + "t/|/tmp/ma" + "ia/|/ho" + "me/\\w|C:\\\\Use" + "rs");

  private static final Pattern REGISTRY =
      Pattern.compile(
          "repo1?\\.mav"
              + "en\\.|registry\\.np"
              + "mjs|py"
              + "pi\\.org|pythonhos"
              + "ted|artifact"
              + "ory|nex"
              + "us\\.");
  private static final Pattern UNFINISHED =
      Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");

  /// The wrapper must say where Maven itself comes from.
  private static final Set<String> NAMES_A_REGISTRY =
      Set.of(".mvn/wrapper/maven-wrapper.properties", "mvnw", "mvnw.cmd");

  @Test
  void mainSources_staySmall() throws IOException {
    List<Integer> lengths = new ArrayList<>();
    List<String> tooLong = new ArrayList<>();
    for (Path file : Checkout.mainSources()) {
      int lines = Files.readAllLines(file).size();
      lengths.add(lines);
      if (lines > LINES_AT_MOST && !isExcused(file)) {
        tooLong.add(Checkout.ROOT.relativize(file) + " has " + lines + " lines");
      }
    }
    lengths.sort(null);
    assertThat(tooLong)
        .as("files above %d lines that no page in sdk/decisions names", LINES_AT_MOST)
        .isEmpty();
    assertThat(lengths.get(lengths.size() * 9 / 10))
        .as("nine files in ten")
        .isLessThanOrEqualTo(LINES_OF_NINE_IN_TEN);
  }

  @Test
  void textFiles_nameNoMachineAndNoRegistry() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : Checkout.files()) {
      String name = Checkout.ROOT.relativize(file).toString().replace('\\', '/');
      List<String> lines = lines(file);
      for (int i = 0; i < lines.size(); i++) {
        boolean registry =
            REGISTRY.matcher(lines.get(i)).find() && !NAMES_A_REGISTRY.contains(name);
        if (registry
            || MACHINE.matcher(lines.get(i)).find()
            || UNFINISHED.matcher(lines.get(i)).find()) {
          found.add("%s:%d %s".formatted(name, i + 1, lines.get(i).strip()));
        }
      }
    }
    assertThat(found).isEmpty();
  }

  /// Lines of a text file; none of a file that is no UTF-8 text.
  private static List<String> lines(Path file) throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (MalformedInputException binary) {
      return List.of();
    }
  }

  private static boolean isExcused(Path file) throws IOException {
    for (Path page : Checkout.files("sdk/decisions", ".md")) {
      if (Files.readString(page).contains(file.getFileName().toString())) {
        return true;
      }
    }
    return false;
  }
}
