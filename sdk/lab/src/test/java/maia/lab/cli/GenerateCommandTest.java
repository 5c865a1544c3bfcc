package maia.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GenerateCommandTest {
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final ByteArrayOutputStream complaints = new ByteArrayOutputStream();

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

  private String complaint() {
    return complaints.toString(StandardCharsets.UTF_8).strip();
  }

  @Test
  void generate_start_tellsAStoryAndItsBill() {
    assertThat(
            Main.run(
                List.of(
                    "generate", "once there were brave tom", "--temperature", "0", "--on", "host")))
        .isZero();
    List<String> lines = printed.toString(StandardCharsets.UTF_8).lines().toList();
    assertThat(lines.getFirst()).startsWith("once there were brave tom and ").endsWith("the end .");
    assertThat(lines).anyMatch(line -> line.startsWith("tokens/s "));
    assertThat(lines).anyMatch(line -> line.startsWith("J/token "));
    assertThat(lines).anyMatch(line -> line.startsWith("$/Mtoken, modelled "));
    assertThat(lines).anyMatch(line -> line.startsWith("The text was computed on the host; "));
  }

  @Test
  void generate_sameSeed_tellsTheSame() {
    String[] texts = new String[2];
    for (int i = 0; i < texts.length; i++) {
      printed.reset();
      assertThat(
              Main.run(
                  List.of("generate", "once", "--seed", "5", "--tokens", "12", "--on", "host")))
          .isZero();
      texts[i] = printed.toString(StandardCharsets.UTF_8);
    }
    assertThat(texts[0]).isEqualTo(texts[1]).startsWith("once there were ");
  }

  @Test
  void generate_onTheChip_tellsWhatTheHostTells_andWhatItsKernelsTook() {
    List<String> told = new ArrayList<>();
    for (String place : List.of("maia", "host")) {
      printed.reset();
      List<String> arguments = List.of("generate", "once there", "--tokens", "4", "--on", place);
      assertThat(Main.run(arguments)).isZero();
      told.add(printed.toString(StandardCharsets.UTF_8));
    }
    assertThat(told.get(0).lines().findFirst()).isEqualTo(told.get(1).lines().findFirst());
    assertThat(told.get(0))
        .contains("stories decoder on a simulated maia-200, f32, one sequence")
        .contains("a new token, mean of 3 ")
        .contains("The text was computed by kernels on the simulated chip");
  }

  @Test
  void generate_unknownOption_namesTheNearest() {
    assertThat(Main.run(List.of("generate", "once", "--temprature", "1"))).isEqualTo(2);
    assertThat(complaint())
        .isEqualTo(
            "maia: generate does not take '--temprature'; it takes one text and --model, --on,"
                + " --tokens, --temperature, --top-k, --top-p, --min-p, --seed; did you mean '--temperature'?");
  }

  @Test
  void generate_wrongValues_areOneLine() {
    assertThat(Main.run(List.of("generate", "once", "--tokens"))).isEqualTo(2);
    assertThat(complaint()).isEqualTo("maia: --tokens needs a value: new tokens at most (128)");
    complaints.reset();
    assertThat(Main.run(List.of("generate", "once", "--on", "moon"))).isEqualTo(2);
    assertThat(complaint()).isEqualTo("maia: --on must be maia or host, was 'moon'");
    complaints.reset();
    assertThat(Main.run(List.of("generate", "once", "--top-p", "2"))).isEqualTo(2);
    assertThat(complaint()).isEqualTo("maia: sampling: top-p must be above 0 up to 1, was 2.0");
    complaints.reset();
    assertThat(Main.run(List.of("generate", "a dragon"))).isEqualTo(2);
    assertThat(complaint())
        .isEqualTo(
            "maia: tokenizer: the word 'a' is not in the vocabulary of 82 words, which has no token for"
                + " unknown words");
  }

  @Test
  void generate_folderThatIsNone_isOneLine() {
    assertThat(Main.run(List.of("generate", "once", "--model", "nowhere"))).isEqualTo(2);
    assertThat(complaint())
        .isEqualTo(
            "maia: checkpoint: 'nowhere' is not a folder; give the one that holds config.json");
  }
}
