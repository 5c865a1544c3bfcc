package maia.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import maia.base.Check;
import maia.models.json.Fields;
import maia.tensor.data.Shapes;

/// What a vision transformer is made of.
///
/// @param layers blocks
/// @param hidden width of the stream
/// @param heads of attention
/// @param intermediate width of the feed-forward network
/// @param side pixels per side of an image
/// @param patch pixels per side of a patch, which divides `side`
/// @param channels of an image
/// @param classes it tells apart
/// @param epsilon of the norms
public record VitConfig(
    int layers,
    int hidden,
    int heads,
    int intermediate,
    int side,
    int patch,
    int channels,
    int classes,
    double epsilon) {
  private static final int LARGEST = 1 << 20;

  public VitConfig {
    positive("layers", layers);
    positive("hidden size", hidden);
    positive("heads", heads);
    positive("feed-forward size", intermediate);
    positive("image size", side);
    positive("patch size", patch);
    positive("channels", channels);
    positive("classes", classes);
    Check.argument(
        hidden % heads == 0 && side % patch == 0,
        "vit: the width %d must be a multiple of the %d heads, the image size %d of the patch size %d",
        hidden,
        heads,
        side,
        patch);
    Check.argument(
        epsilon > 0 && epsilon < 1,
        "vit: the norm's epsilon must be above 0 and below 1, was %s",
        epsilon);
  }

  private static void positive(String what, int value) {
    Check.argument(
        value > 0 && value <= LARGEST, "vit: %s must be 1 to %,d, was %,d", what, LARGEST, value);
  }

  /// The transformer of the shapes data set: three layers of width 64 over 16 patches of 8 x 8
  /// pixels.
  public static VitConfig shapes() {
    return new VitConfig(3, 64, 4, 128, Shapes.SIDE, 8, 1, Shapes.CLASSES.size(), 1e-6);
  }

  /// Patches of an image.
  public int patches() {
    return (side / patch) * (side / patch);
  }

  /// The transformer that a Hugging Face `config.json` of type `vit` describes; `path` is the file
  /// or its folder.
  public static VitConfig read(Path path) throws IOException {
    Path file = Files.isDirectory(path) ? path.resolve("config.json") : path;
    return of(Fields.read(file, DecoderConfig.LARGEST_FILE));
  }

  /// As [#read], from the text of a `config.json`; `name` stands in messages.
  public static VitConfig parse(String name, String json) {
    return of(Fields.parse(name, json));
  }

  private static VitConfig of(Fields file) {
    String type = file.text("model_type");
    Check.argument(
        type.equals("vit"),
        "%s: the architecture '%s' is no vision transformer that is built; 'vit' is",
        file.place(),
        type);
    String activation = file.textIfAny("hidden_act").orElse("gelu");
    Check.argument(
        activation.equals("gelu") && file.truth("qkv_bias", true),
        "%s: 'hidden_act' must be gelu and 'qkv_bias' true, the activation was '%s'",
        file.place(),
        activation);
    int classes =
        file.has("id2label") ? file.object("id2label").json().size() : file.number("num_labels", 2);
    try {
      return new VitConfig(
          file.number("num_hidden_layers"),
          file.number("hidden_size"),
          file.number("num_attention_heads"),
          file.number("intermediate_size"),
          file.number("image_size"),
          file.number("patch_size"),
          file.number("num_channels", 3),
          classes,
          file.decimal("layer_norm_eps", 1e-12));
    } catch (IllegalArgumentException refused) {
      String message = String.valueOf(refused.getMessage());
      throw message.startsWith("vit: ")
          ? new IllegalArgumentException(file.place() + message.substring("vit".length()), refused)
          : refused;
    }
  }
}
