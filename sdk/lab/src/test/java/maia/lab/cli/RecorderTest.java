package maia.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import maia.lab.manifest.Digest;
import maia.lab.manifest.Manifest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecorderTest {
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final ByteArrayOutputStream complaints = new ByteArrayOutputStream();

  @TempDir private Path folder;

  @BeforeEach
  void capture() {
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(complaints, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void restore() {
    System.setOut(out);
    System.setErr(err);
  }

  @Test
  void cost_withAManifest_runsAgainWithTheSameFiles() {
    Path results = folder.resolve("results");
    Path file = folder.resolve("cost.manifest.json");
    List<String> words =
        List.of("cost", "--model", "llama-3.2-1b", "--out", results.toString(), "--manifest");
    assertThat(Main.run(with(words, file.toString()))).isZero();
    Manifest made = Manifest.read(file);
    assertThat(made.arguments()).isEqualTo(words.subList(1, words.size() - 1));
    assertThat(made.outputs().keySet())
        .containsExactly(Manifest.PRINTED, "cost.csv", "cost.json", "cost.png");
    assertThat(made.outputs()).containsEntry("cost.csv", Digest.of(results.resolve("cost.csv")));
    printed.reset();
    assertThat(Main.run(List.of("rerun", file.toString()))).isZero();
    assertThat(printed()).endsWith("the outputs are identical\n").doesNotContain("no\n");
  }

  @Test
  void rerun_whenAnInputChanged_saysWhatDiffers() throws IOException {
    Path script = Files.writeString(folder.resolve("s.jsh"), "20 + 1\n");
    Path file = folder.resolve("m.json");
    assertThat(Main.run(List.of("run", script.toString(), "--manifest", file.toString()))).isZero();
    assertThat(printed()).isEqualTo("21\n");
    Files.writeString(script, "20 + 2\n");
    printed.reset();
    assertThat(Main.run(List.of("rerun", file.toString()))).isEqualTo(1);
    assertThat(printed())
        .contains("standard output", script.toString())
        .endsWith("the outputs differ\n");
    Files.delete(script);
    complaints.reset();
    assertThat(Main.run(List.of("rerun", file.toString()))).isEqualTo(2);
    assertThat(complaints.toString(StandardCharsets.UTF_8))
        .isEqualTo(
            "maia: rerun: the input '%s' is not there; run it from the folder where the manifest was made\n"
                .formatted(script));
  }

  @Test
  void failedRun_leavesNoManifest() throws IOException {
    Path script = Files.writeString(folder.resolve("s.jsh"), "1 / 0\n");
    Path file = folder.resolve("m.json");
    assertThat(Main.run(List.of("run", script.toString(), "--manifest", file.toString())))
        .isEqualTo(1);
    assertThat(file).doesNotExist();
  }

  @Test
  void wrongUse_isOneLine() {
    assertThat(Main.run(List.of("doctor", "--manifest", "m.json"))).isEqualTo(2);
    assertThat(complaints.toString(StandardCharsets.UTF_8))
        .isEqualTo("maia: doctor takes no --manifest; cost, generate, quickstart, run do\n");
    complaints.reset();
    assertThat(Main.run(List.of("run", "a.ipynb", "--manifest"))).isEqualTo(2);
    assertThat(complaints.toString(StandardCharsets.UTF_8))
        .isEqualTo("maia: --manifest needs the file to write\n");
    assertThat(Main.run(List.of("run", "a.ipynb", "--manifest", "no/such/m.json"))).isEqualTo(2);
    assertThat(Main.run(List.of("rerun", folder.resolve("none").toString()))).isEqualTo(2);
    assertThat(Main.run(List.of("rerun"))).isEqualTo(2);
  }

  private static List<String> with(List<String> words, String last) {
    List<String> more = new ArrayList<>(words);
    more.add(last);
    return more;
  }

  private String printed() {
    return printed.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
  }
}
