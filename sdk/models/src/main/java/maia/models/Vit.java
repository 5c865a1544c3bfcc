package maia.models;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import maia.tensor.Attention;
import maia.tensor.Functional;
import maia.tensor.ShapeException;
import maia.tensor.Tensor;
import maia.tensor.Window;
import maia.tensor.io.Safetensors;
import maia.tensor.nn.Bias;
import maia.tensor.nn.Conv2d;
import maia.tensor.nn.Init;
import maia.tensor.nn.LayerNorm;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;

/// A vision transformer that classifies images: patches, a class token, blocks with the norm before
/// each part. Parameters have the names of Hugging Face's checkpoints of type `vit`.
public final class Vit extends Module {
  private final VitConfig config;
  private final Embeddings embeddings;
  private final List<Layer> layers = new ArrayList<>();
  private final LayerNorm norm;
  private final Linear classifier;

  /// A transformer with random weights drawn from `seed`; inside [Init#shapesOnly] one without
  /// memory.
  public Vit(VitConfig config, long seed) {
    this.config = config;
    Decoder.Seeds seeds = new Decoder.Seeds(seed);
    Group vit = child("vit", new Group());
    this.embeddings = vit.add("embeddings", new Embeddings(config, seeds));
    Group encoder = vit.add("encoder", new Group());
    Group all = encoder.add("layer", new Group());
    for (int i = 0; i < config.layers(); i++) {
      layers.add(all.add(Integer.toString(i), new Layer(config, seeds)));
    }
    this.norm = vit.add("layernorm", norm(config));
    this.classifier =
        child("classifier", new Linear(config.hidden(), config.classes(), seeds.next()));
  }

  /// The classifier of a checkpoint's folder, on the host.
  public static Vit load(Path folder) throws IOException {
    VitConfig config = VitConfig.read(folder);
    Vit vit = Init.shapesOnly(() -> new Vit(config, 0));
    vit.adoptStateDict(Safetensors.read(folder.resolve("model.safetensors")));
    vit.eval();
    return vit;
  }

  private static LayerNorm norm(VitConfig config) {
    return new LayerNorm(config.epsilon(), Bias.LEARNED, config.hidden());
  }

  /// What it is made of.
  public VitConfig config() {
    return config;
  }

  /// Scores `[batch, classes]` of images `[batch, channels, side, side]`.
  @Override
  public Tensor forward(Tensor images) {
    Tensor stream = embeddings.forward(images);
    for (Layer layer : layers) {
      stream = layer.forward(stream);
    }
    return classifier.forward(norm.forward(stream).select(1, 0));
  }

  /// Named parts without a function of their own.
  private static final class Group extends Module {
    <M extends Module> M add(String name, M part) {
      return child(name, part);
    }

    @Override
    public Tensor forward(Tensor x) {
      throw new IllegalStateException("bug in Vit: a group of parts has no function");
    }
  }

  /// Patches as vectors, a class token before them, and a learned vector for each place.
  private static final class Embeddings extends Module {
    private static final double DEVIATION = 0.02;

    private final VitConfig config;
    private final Conv2d projection;

    Embeddings(VitConfig config, Decoder.Seeds seeds) {
      this.config = config;
      parameter("cls_token", Init.normal(DEVIATION, -1 - seeds.next(), 1, 1, config.hidden()));
      parameter(
          "position_embeddings",
          Init.normal(DEVIATION, -1 - seeds.next(), 1, config.patches() + 1, config.hidden()));
      Group patches = child("patch_embeddings", new Group());
      this.projection = patches.add("projection", projection(config, seeds.next()));
    }

    private static Conv2d projection(VitConfig config, long seed) {
      Window steps = Window.of().stride(config.patch());
      return new Conv2d(
          config.channels(), config.hidden(), config.patch(), steps, Bias.LEARNED, seed);
    }

    @Override
    public Tensor forward(Tensor images) {
      ShapeException.check(
          images.rank() == 4
              && images.size(1) == config.channels()
              && images.size(2) == config.side()
              && images.size(3) == config.side(),
          "vit: images must be [batch, %d, %d, %d], got %s",
          config.channels(),
          config.side(),
          config.side(),
          Arrays.toString(images.shape()));
      // a patch is a row of a product, which the simulated device runs
      Tensor windows = projection.windows(images).reshape(images.size(0), config.patches(), -1);
      Tensor patches = projection.product().forward(windows);
      Tensor mark = parameter("cls_token").expand(images.size(0), 1, config.hidden());
      return Tensor.cat(List.of(mark, patches), 1).add(parameter("position_embeddings"));
    }
  }

  /// A block: attention over all patches, and a network with GELU.
  private static final class Layer extends Module {
    private final VitConfig config;
    private final Linear query;
    private final Linear key;
    private final Linear value;
    private final Linear output;
    private final Linear up;
    private final Linear down;
    private final LayerNorm before;
    private final LayerNorm after;

    Layer(VitConfig config, Decoder.Seeds seeds) {
      this.config = config;
      int width = config.hidden();
      Group attention = child("attention", new Group());
      Group inner = attention.add("attention", new Group());
      this.query = inner.add("query", new Linear(width, width, seeds.next()));
      this.key = inner.add("key", new Linear(width, width, seeds.next()));
      this.value = inner.add("value", new Linear(width, width, seeds.next()));
      this.output = dense(attention.add("output", new Group()), width, width, seeds);
      this.up = dense(child("intermediate", new Group()), width, config.intermediate(), seeds);
      this.down = dense(child("output", new Group()), config.intermediate(), width, seeds);
      this.before = child("layernorm_before", norm(config));
      this.after = child("layernorm_after", norm(config));
    }

    private static Linear dense(Group group, int in, int out, Decoder.Seeds seeds) {
      return group.add("dense", new Linear(in, out, seeds.next()));
    }

    @Override
    public Tensor forward(Tensor stream) {
      Tensor x = before.forward(stream);
      Tensor seen =
          Functional.scaledDotProductAttention(
              heads(query.forward(x)),
              heads(key.forward(x)),
              heads(value.forward(x)),
              Attention.Causal.NONE);
      Tensor joined = seen.transpose(1, 2).reshape(stream.shape());
      Tensor middle = stream.add(output.forward(joined));
      return middle.add(down.forward(Functional.gelu(up.forward(after.forward(middle)))));
    }

    private Tensor heads(Tensor x) {
      return x.reshape(x.size(0), x.size(1), config.heads(), -1).transpose(1, 2);
    }
  }
}
