package maia.plan;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import maia.base.Check;
import maia.base.Nearest;
import maia.models.DecoderConfig;

/// The sizes of a decoder-only transformer: all that time, memory and cost depend on.
///
/// @param name the name shown in reports
/// @param layers decoder blocks
/// @param hidden width of the residual stream
/// @param heads query heads
/// @param kvHeads key and value heads
/// @param headDim width of a head
/// @param intermediate width of the feed-forward network, of one expert where there are several
/// @param gated whether the feed-forward network has a gate (three matrices), else two
/// @param experts experts of a layer, 1 without routing
/// @param expertsPerToken experts a token visits
/// @param vocabulary tokens
/// @param tied whether the output projection is the embedding table
public record ModelConfig(
    String name,
    int layers,
    int hidden,
    int heads,
    int kvHeads,
    int headDim,
    int intermediate,
    boolean gated,
    int experts,
    int expertsPerToken,
    int vocabulary,
    boolean tied) {
  /// Larger sizes are not a model but a mistake.
  private static final int LARGEST = 1 << 24;

  private static final Map<String, ModelConfig> KNOWN = new LinkedHashMap<>();

  static {
    // sizes as published in the models' own config.json files
    known("gpt2", 12, 768, 12, 12, 64, 3_072, false, 1, 1, 50_257, true);
    known("llama-3.2-1b", 16, 2_048, 32, 8, 64, 8_192, true, 1, 1, 128_256, true);
    known("llama-3.1-8b", 32, 4_096, 32, 8, 128, 14_336, true, 1, 1, 128_256, false);
    known("llama-3.1-70b", 80, 8_192, 64, 8, 128, 28_672, true, 1, 1, 128_256, false);
    known("llama-3.1-405b", 126, 16_384, 128, 8, 128, 53_248, true, 1, 1, 128_256, false);
    known("llama-2-70b", 80, 8_192, 64, 8, 128, 28_672, true, 1, 1, 32_000, false);
    known("qwen2.5-7b", 28, 3_584, 28, 4, 128, 18_944, true, 1, 1, 152_064, false);
    known("qwen2.5-72b", 80, 8_192, 64, 8, 128, 29_568, true, 1, 1, 152_064, false);
    known("mistral-7b", 32, 4_096, 32, 8, 128, 14_336, true, 1, 1, 32_000, false);
    known("mixtral-8x7b", 32, 4_096, 32, 8, 128, 14_336, true, 8, 2, 32_000, false);
  }

  public ModelConfig {
    positive(name, "layers", layers);
    positive(name, "hidden size", hidden);
    positive(name, "heads", heads);
    positive(name, "key and value heads", kvHeads);
    positive(name, "head size", headDim);
    positive(name, "feed-forward size", intermediate);
    positive(name, "experts", experts);
    positive(name, "experts per token", expertsPerToken);
    positive(name, "vocabulary", vocabulary);
    Check.argument(
        heads % kvHeads == 0,
        "model '%s': %d query heads cannot share %d key and value heads evenly",
        name,
        heads,
        kvHeads);
    Check.argument(
        expertsPerToken <= experts,
        "model '%s': a token visits %d of %d experts",
        name,
        expertsPerToken,
        experts);
  }

  private static void positive(String name, String what, int value) {
    Check.argument(
        value > 0 && value <= LARGEST,
        "model '%s': %s must be 1 to %,d, was %,d",
        name,
        what,
        LARGEST,
        value);
  }

  private static void known(
      String name,
      int layers,
      int hidden,
      int heads,
      int kvHeads,
      int headDim,
      int intermediate,
      boolean gated,
      int experts,
      int perToken,
      int vocabulary,
      boolean tied) {
    KNOWN.put(
        name,
        new ModelConfig(
            name,
            layers,
            hidden,
            heads,
            kvHeads,
            headDim,
            intermediate,
            gated,
            experts,
            perToken,
            vocabulary,
            tied));
  }

  /// The models known by name.
  public static Map<String, ModelConfig> known() {
    return java.util.Collections.unmodifiableMap(KNOWN);
  }

  /// The model called `name`; an unknown name is refused with those there are.
  public static ModelConfig named(String name) {
    ModelConfig found = KNOWN.get(name.toLowerCase(Locale.ROOT));
    if (found == null) {
      throw new IllegalArgumentException(
          "no model '%s' is known; give the path of a config.json, or one of %s%s"
              .formatted(
                  name, String.join(", ", KNOWN.keySet()), Nearest.hint(name, KNOWN.keySet())));
    }
    return found;
  }

  /// The sizes that a Hugging Face `config.json` describes, as [DecoderConfig] reads it. Unknown
  /// architectures, missing fields and sizes out of range are refused by name.
  public static ModelConfig read(Path file) throws IOException {
    DecoderConfig config = DecoderConfig.read(file);
    Path folder = Check.present(file.toAbsolutePath().getParent(), "ModelConfig", file);
    return of(folder.getFileName() + " (" + config.family().label() + ")", config);
  }

  /// The sizes of a decoder.
  public static ModelConfig of(String name, DecoderConfig config) {
    DecoderConfig.Sizes sizes = config.sizes();
    return new ModelConfig(
        name,
        sizes.layers(),
        sizes.hidden(),
        sizes.heads(),
        sizes.kvHeads(),
        sizes.headDim(),
        sizes.intermediate(),
        config.feed().gated(),
        config.feed().experts(),
        config.feed().perToken(),
        sizes.vocabulary(),
        config.output().tied());
  }

  /// Parameters of one decoder block, norms excluded.
  public long layerParameters() {
    return attentionParameters() + (long) experts * expertParameters() + routerParameters();
  }

  /// Parameters of the attention matrices of a block.
  long attentionParameters() {
    return (long) hidden * headDim * (heads + 2L * kvHeads) + (long) heads * headDim * hidden;
  }

  /// Parameters of one expert, or of the feed-forward network.
  long expertParameters() {
    return (gated ? 3L : 2L) * hidden * intermediate;
  }

  private long routerParameters() {
    return experts > 1 ? (long) hidden * experts : 0;
  }

  /// Parameters of the embedding table.
  long embeddingParameters() {
    return (long) vocabulary * hidden;
  }

  /// All parameters of matrices, embedding and output projection included.
  public long parameters() {
    return layers * layerParameters() + embeddingParameters() * (tied ? 1 : 2);
  }

  /// Key and value elements of one token in all layers.
  public long kvElementsPerToken() {
    return 2L * layers * kvHeads * headDim;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: %.2f billion parameters, %d layers of width %d, %d/%d heads of %d%s",
        name,
        parameters() / 1e9,
        layers,
        hidden,
        heads,
        kvHeads,
        headDim,
        experts > 1 ? ", " + expertsPerToken + " of " + experts + " experts" : "");
  }
}
