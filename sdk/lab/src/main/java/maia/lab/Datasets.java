package maia.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import maia.base.Check;
import maia.models.Cnn;
import maia.models.Decoder;
import maia.models.DecoderConfig;
import maia.models.Mlp;
import maia.models.Vit;
import maia.models.VitConfig;
import maia.models.text.Tokenizer;
import maia.tensor.data.ModularAddition;
import maia.tensor.io.Safetensors;
import maia.tensor.nn.Module;
import maia.tensor.nn.Sequential;

/// Trained weights that ship with the SDK, so that nothing has to be downloaded.
public final class Datasets {
  private static final String DIGITS = "/maia/datasets/digits/mlp.safetensors";
  private static final String SUMS = "/maia/datasets/sums/mlp.safetensors";
  private static final String CNN = "/maia/datasets/shapes/cnn.safetensors";
  private static final String VIT = "/maia/datasets/shapes/vit.safetensors";
  private static final String STORIES = "/maia/datasets/stories/";

  private Datasets() {}

  /// The digits network (256-128-64-10, ReLU) with its trained weights.
  public static Sequential digitsNetwork() {
    return loaded(Mlp.digits(1), DIGITS);
  }

  /// The network of modular addition (sums modulo 64) with its trained weights.
  public static Sequential sumsNetwork() {
    return loaded(Mlp.modularAddition(ModularAddition.MODULUS, 1), SUMS);
  }

  /// The convolutional network of the shapes with its trained weights.
  public static Sequential shapesCnn() {
    return loaded(Cnn.shapes(1), CNN);
  }

  /// The vision transformer of the shapes with its trained weights.
  public static Vit shapesVit() {
    return loaded(new Vit(VitConfig.shapes(), 1), VIT);
  }

  /// `model` with the weights of a resource, as F32, to be used.
  private static <M extends Module> M loaded(M model, String resource) {
    Path file = extract(resource);
    try {
      model.loadStateDict(Safetensors.read(file));
    } finally {
      file.toFile().deleteOnExit();
    }
    model.eval();
    return model;
  }

  /// How the decoder of the stories was trained.
  public enum Training {
    /// From random weights.
    ORDINARY,
    /// From random weights into which large channels were planted, which the training kept.
    OUTLIERS
  }

  /// How many seeds the decoder of the stories was trained from.
  public static final int STORIES_SEEDS = 3;

  /// The decoder of the stories (three layers of width 64) with trained weights, as F32.
  ///
  /// @param training how it was trained
  /// @param seed from which first weights, 1 to [#STORIES_SEEDS]
  public static Decoder storiesDecoder(Training training, int seed) {
    Check.argument(
        seed >= 1 && seed <= STORIES_SEEDS,
        "the stories decoder was trained from seeds 1 to %d, asked for %d",
        STORIES_SEEDS,
        seed);
    String name = training.name().toLowerCase(Locale.ROOT) + "-" + seed;
    return loaded(new Decoder(DecoderConfig.stories(), seed), STORIES + name + ".safetensors");
  }

  /// The tokenizer of the stories: 82 words.
  public static Tokenizer storiesTokenizer() {
    String resource = STORIES + "tokenizer.json";
    try (InputStream in = Datasets.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw missing(resource);
      }
      return Tokenizer.parse(resource, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot read " + resource, failure);
    }
  }

  private static IllegalStateException missing(String resource) {
    return new IllegalStateException(
        "bug in Datasets: '%s' is missing from the class path".formatted(resource));
  }

  private static Path extract(String resource) {
    try (InputStream in = Datasets.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw missing(resource);
      }
      Path file = Files.createTempFile("maia4j-", ".safetensors");
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot unpack " + resource, failure);
    }
  }
}
