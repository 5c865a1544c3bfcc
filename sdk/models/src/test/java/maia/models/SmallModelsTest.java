package maia.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import maia.numerics.BlockFormat;
import maia.quant.Outcome;
import maia.quant.Quantize;
import maia.quant.QuantizedModel;
import maia.tensor.Tensor;
import maia.tensor.data.Batch;
import maia.tensor.data.DataLoader;
import maia.tensor.data.Dataset;
import maia.tensor.data.ModularAddition;
import maia.tensor.data.Part;
import maia.tensor.data.Shapes;
import maia.tensor.io.Safetensors;
import maia.tensor.nn.Module;
import org.junit.jupiter.api.Test;

/// The shipped small networks: what they get right, and what is left of it in four bits.
class SmallModelsTest {
  private static Path file(String name) {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("datasets/" + name))) {
      at = at.getParent();
    }
    return at.resolve("datasets/" + name);
  }

  private static <M extends Module> M loaded(M model, String name) {
    model.loadStateDict(Safetensors.read(file(name)));
    model.eval();
    return model;
  }

  private static Batch whole(Dataset data) {
    return DataLoader.inOrder(data, data.size()).epoch(0).iterator().next();
  }

  private static Outcome inFourBits(Module model, Batch test, Tensor calibration) {
    QuantizedModel stored =
        Quantize.of(model)
            .weights(BlockFormat.MXFP4)
            .activations(BlockFormat.MXFP8_E4M3)
            .calibrate(calibration)
            .apply();
    Tensor exact = Tensor.noGrad(() -> model.forward(test.inputs()));
    Tensor y = Tensor.noGrad(() -> stored.forward(test.inputs()));
    return Outcome.of(exact, y, test.targets());
  }

  @Test
  void sums_areAllRight_andMostStayRightInFourBits() {
    Batch all = whole(ModularAddition.of(ModularAddition.MODULUS));
    Module model = loaded(Mlp.modularAddition(ModularAddition.MODULUS, 0), "sums/mlp.safetensors");
    Outcome outcome = inFourBits(model, all, all.inputs());
    assertThat(outcome.originalAccuracy()).isEqualTo(1);
    assertThat(outcome.accuracy()).isBetween(0.9, 1.0);
  }

  @Test
  void convolutions_knowTheShapes_alsoInFourBits() {
    Module model = loaded(Cnn.shapes(0), "shapes/cnn.safetensors");
    Batch calibration = whole(Shapes.generate(Shapes.SEED, Part.TRAIN, 16));
    Batch test = whole(Shapes.generate(Shapes.SEED, Part.TEST, 200));
    Outcome outcome = inFourBits(model, test, calibration.inputs());
    assertThat(outcome.originalAccuracy()).isGreaterThan(0.97);
    assertThat(outcome.accuracy()).isGreaterThan(0.9);
    assertThat(outcome.agreement()).isBetween(0.9, 1.0);
  }

  @Test
  void transformer_knowsMostShapes_alsoInFourBits() {
    Module model = loaded(new Vit(VitConfig.shapes(), 0), "shapes/vit.safetensors");
    Batch calibration = whole(Shapes.generate(Shapes.SEED, Part.TRAIN, 16));
    Batch test = whole(Shapes.generate(Shapes.SEED, Part.TEST, 200));
    QuantizedModel stored = Quantize.of(model).weights(BlockFormat.MXFP4).apply();
    assertThat(stored.layers().keySet())
        .contains("vit.embeddings.patch_embeddings.projection", "classifier")
        .hasSize(2 + 6 * VitConfig.shapes().layers());
    Outcome outcome = inFourBits(model, test, calibration.inputs());
    assertThat(outcome.originalAccuracy()).isGreaterThan(0.7);
    assertThat(outcome.agreement()).isBetween(0.8, 1.0);
  }
}
