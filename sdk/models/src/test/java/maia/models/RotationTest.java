package maia.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import maia.quant.Grid;
import maia.quant.Method;
import maia.quant.Outcome;
import maia.quant.Quantize;
import maia.quant.Quantizer;
import maia.quant.Quantizer.Sharing;
import maia.tensor.Tensor;
import maia.tensor.data.Batch;
import maia.tensor.data.DataLoader;
import maia.tensor.data.Part;
import maia.tensor.data.Stories;
import maia.tensor.io.Safetensors;
import maia.tensor.nn.Module;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotationTest {
  private static final Quantizer INT4 = Quantizer.of(new Grid.Ints(4), Sharing.ROWS);

  private final Batch test =
      DataLoader.inOrder(Stories.generate(Stories.SEED, Part.TEST, 8), 8)
          .epoch(0)
          .iterator()
          .next();

  /// The decoder that was trained with planted outliers.
  private static Decoder trained() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("datasets/stories"))) {
      at = at.getParent();
    }
    Decoder decoder = new Decoder(DecoderConfig.stories(), 0);
    decoder.loadStateDict(Safetensors.read(at.resolve("datasets/stories/outliers-1.safetensors")));
    decoder.eval();
    return decoder;
  }

  private Tensor logits(Module model) {
    Tensor scores = Tensor.noGrad(() -> model.forward(test.inputs()));
    return scores.reshape(-1, scores.size(2));
  }

  private Outcome outcome(Tensor original, Module model) {
    return Outcome.of(original, logits(model), test.targets().reshape(-1));
  }

  @Test
  void rotation_leavesLossAndScores_andTheOriginal() {
    Decoder decoder = trained();
    float[] scores = logits(decoder).toArray();
    Rotation rotation = Rotation.of(decoder, 5, test.inputs());
    assertThat(rotation.change()).isLessThan(1e-5);
    assertThat(rotation.after()).isCloseTo(rotation.before(), within(1e-5));
    assertThat(logits(decoder).toArray()).isEqualTo(scores);
    float[] turned = logits(rotation.decoder()).toArray();
    for (int i = 0; i < scores.length; i++) {
      assertThat((double) turned[i]).isCloseTo(scores[i], within(1e-3));
    }
    assertThat(
            rotation.decoder().stateDict().get("model.layers.1.input_layernorm.weight").toArray())
        .containsOnly(1f);
  }

  @Test
  void randomTokens_checkItToo_alsoWithBiasesAndFewerKeyHeads(@TempDir Path folder)
      throws IOException {
    for (String name : List.of("llama", "llama-linear", "mistral", "qwen2", "qwen3")) {
      Path own = Files.createDirectory(folder.resolve(name));
      SmallCheckpoints.of(name).write(own);
      Rotation rotation = Rotation.of(Checkpoint.load(own), 9);
      assertThat(rotation.change()).as(name).isLessThan(1e-5);
    }
  }

  @Test
  void fourBits_ofTheTrainedInOutliers_areRecovered_onlineOfOneMatrixAlone() {
    Decoder decoder = trained();
    Tensor original = logits(decoder);
    Decoder turned = Rotation.of(decoder, 5).decoder();
    double plain = outcome(original, quantised(decoder, Method.NEAREST)).difference();
    double online = outcome(original, quantised(decoder, Method.ROTATE)).difference();
    double offline =
        outcome(original, quantised(turned, Method.ROTATE.only("down_proj"))).difference();
    assertThat(plain).isGreaterThan(0.1);
    assertThat(offline).isLessThan(plain / 5);
    assertThat(offline).isLessThan(2 * online);
  }

  private static Module quantised(Decoder decoder, Method method) {
    return Quantize.of((Module) decoder)
        .weights(INT4)
        .activations(INT4)
        .keep("lm_head")
        .with(method)
        .apply();
  }

  @Test
  void streamsThatCannotTurn_areRefused() {
    DecoderConfig stories = DecoderConfig.stories();
    var tied =
        new DecoderConfig(
            stories.family(),
            stories.sizes(),
            stories.attention(),
            stories.feed(),
            stories.norm(),
            stories.positions(),
            new DecoderConfig.Output(true, 1, 0));
    assertThatThrownBy(() -> Rotation.of(new Decoder(tied, 1), 1))
        .hasMessage(
            "rotation: needs root-mean-square norms before each part only, no experts and an output matrix of its own, got "
                + tied
                + "; rotate inputs online with Method.ROTATE");
  }
}
