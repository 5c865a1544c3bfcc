package maia.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import maia.models.text.Tokenizer;
import maia.tensor.Functional;
import maia.tensor.Tensor;
import maia.tensor.data.Part;
import maia.tensor.data.Stories;
import maia.tensor.data.TensorDataset;
import maia.tensor.io.Safetensors;
import org.junit.jupiter.api.Test;

/// What lies under `datasets/stories`.
class StoriesFilesTest {
  private static final Path FOLDER = top().resolve("datasets/stories");

  /// The first folder above the working directory that holds the data sets.
  private static Path top() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("datasets/stories"))) {
      at = at.getParent();
    }
    return at;
  }

  @Test
  void config_isThatOfTheStoriesDecoder() throws IOException {
    assertThat(DecoderConfig.read(FOLDER)).isEqualTo(DecoderConfig.stories());
  }

  @Test
  void tokenizer_hasTheWordsOfTheGrammar() throws IOException {
    Tokenizer tokenizer = Tokenizer.read(FOLDER.resolve("tokenizer.json"));
    assertThat(tokenizer.size()).isEqualTo(Stories.WORDS.size());
    for (int i = 0; i < 50; i++) {
      Stories.Story story = Stories.draw(9, Part.TEST, i);
      int[] expected = story.tokens().stream().mapToInt(token -> token).toArray();
      assertThat(tokenizer.encode(story.text() + "<end>")).isEqualTo(expected);
      assertThat(tokenizer.decode(expected)).isEqualTo(story.text());
    }
    assertThat(tokenizer.encodeFramed("once")).containsExactly(Stories.END, 1);
  }

  /// 100 test stories; SOURCE.md has the loss on 500.
  @Test
  void weights_everySeed_areCloseToTheEntropy() throws IOException {
    TensorDataset data = Stories.generate(Stories.SEED, Part.TEST, 100);
    Tensor targets = data.targets().reshape(-1);
    for (String kind : new String[] {"ordinary", "outliers"}) {
      for (int seed = 1; seed <= 3; seed++) {
        Map<String, Tensor> weights =
            Safetensors.read(FOLDER.resolve(kind + "-" + seed + ".safetensors"));
        Decoder decoder = new Decoder(DecoderConfig.stories(), 0);
        decoder.loadStateDict(weights);
        Tensor scores = Tensor.noGrad(() -> decoder.forward(data.inputs()));
        float loss = Functional.crossEntropy(scores.reshape(-1, 82), targets).item();
        assertThat((double) loss).isCloseTo(Stories.FLOOR + 0.075, within(0.075));
      }
    }
  }
}
