package maia.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import maia.base.Progress;
import maia.numerics.DType;
import maia.quant.Grid;
import maia.quant.KeyValues;
import maia.quant.Quantizer;
import maia.tensor.Device;
import maia.tensor.Tensor;
import maia.tensor.io.Safetensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Small random checkpoints of every family against the plain fp64 loops of [Reference].
class CheckpointTest {
  private static final double TOLERANCE = 1e-4;
  private static final int[] TOKENS = {3, 1, 4, 1, 5, 9, 2, 6, 5, 30, 0};

  @TempDir Path folder;

  static Set<String> families() {
    return SmallCheckpoints.CONFIGS.keySet();
  }

  private static Tensor tokens(int... tokens) {
    long[] wide = new long[tokens.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = tokens[i];
    }
    return Tensor.ofLongs(wide).reshape(1, wide.length);
  }

  private static Tensor scores(Decoder decoder, int... tokens) {
    return Tensor.noGrad(() -> decoder.forward(tokens(tokens)));
  }

  @ParameterizedTest
  @MethodSource("families")
  void load_everyFamily_scoresAgreeWithTheReference(String name) throws IOException {
    SmallCheckpoints checkpoint = SmallCheckpoints.of(name);
    checkpoint.write(folder);
    float[] actual = scores(Checkpoint.load(folder), TOKENS).toArray();
    double[][] expected = new Reference(checkpoint.config(), checkpoint.weights()).scores(TOKENS);
    int vocabulary = expected[0].length;
    double spread = 0;
    for (int t = 0; t < TOKENS.length; t++) {
      for (int i = 0; i < vocabulary; i++) {
        assertThat(actual[t * vocabulary + i])
            .isCloseTo((float) expected[t][i], within((float) TOLERANCE));
        spread = Math.max(spread, Math.abs(expected[t][i]));
      }
    }
    assertThat(spread).isGreaterThan(0.5);
  }

  /// Prompt in two pieces, then token by token, in one piece of memory and in pages.
  @ParameterizedTest
  @MethodSource("families")
  void cache_everyFamily_givesTheBitsOfTheFullForward(String name) throws IOException {
    SmallCheckpoints.of(name).write(folder);
    Decoder decoder = Checkpoint.load(folder);
    int[] full = bits(scores(decoder, TOKENS).toArray());
    KvPool pool = new KvPool(decoder.config(), 8, 3);
    try (KvPool.Sequence paged = pool.sequence("a")) {
      for (KvCache cache : List.of(KvCache.dense(decoder.config(), TOKENS.length), paged)) {
        int at = 0;
        for (int count : new int[] {4, 2, 1, 1, 1, 1, 1}) {
          int[] some = Arrays.copyOfRange(TOKENS, at, at + count);
          int[] piece =
              bits(Tensor.noGrad(() -> decoder.forward(tokens(some), List.of(cache))).toArray());
          int vocabulary = piece.length / count;
          assertThat(piece)
              .isEqualTo(Arrays.copyOfRange(full, at * vocabulary, (at + count) * vocabulary));
          at += count;
        }
      }
    }
    assertThat(pool.freePages()).isEqualTo(8);
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToIntBits(values[i]);
    }
    return bits;
  }

  @Test
  void load_ontoMeta_hasShapesAndNoMemory() throws IOException {
    SmallCheckpoints.of("llama").write(folder);
    Decoder decoder = Checkpoint.load(folder, Device.meta(), Progress.SILENT);
    assertThat(decoder.parameters()).allMatch(Tensor::isMeta);
    assertThat(decoder.forward(Tensor.meta(DType.I64, 2, 5)).shape()).containsExactly(2, 5, 31);
  }

  @Test
  void quantisedCache_rowsAreWhatTheQuantizerKeeps() throws IOException {
    SmallCheckpoints.of("llama").write(folder);
    Decoder decoder = Checkpoint.load(folder);
    float[] exact = scores(decoder, TOKENS).toArray();
    for (Grid grid : List.of(new Grid.Ints(8), new Grid.Floats(DType.FP8_E4M3))) {
      KeyValues stored = KeyValues.of(Quantizer.of(grid, Quantizer.Sharing.ROWS));
      KvCache cache = KvCache.dense(decoder.config(), TOKENS.length, stored);
      float[] rounded =
          Tensor.noGrad(() -> decoder.forward(tokens(TOKENS), List.of(cache))).toArray();
      double worst = 0;
      for (int i = 0; i < exact.length; i++) {
        worst = Math.max(worst, Math.abs(exact[i] - rounded[i]));
      }
      assertThat(worst).isBetween(1e-5, 0.3);
      // two layers, two heads of 6 numbers, keys and values: 8 bits and a scale of 32 per 6
      assertThat(cache.bytes()).isEqualTo(TOKENS.length * 2 * 2 * 2 * (6 * 8 + 32) / 8);
      float[] reference = stored.within(() -> decoder.forward(tokens(TOKENS))).toArray();
      assertThat(bits(rounded)).isEqualTo(bits(reference));
    }
  }

  @Test
  void cache_beyondItsCapacity_isRefused() {
    DecoderConfig config = DecoderConfig.parse("c", SmallCheckpoints.CONFIGS.get("llama"));
    Decoder decoder = new Decoder(config, 1);
    KvCache cache = KvCache.dense(config, 2);
    assertThatThrownBy(() -> decoder.forward(tokens(1, 2, 3), List.of(cache)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cache: 3 tokens after 0 are beyond its capacity of 2; make a larger one");
  }

  @Test
  void pool_withoutFreePages_isRefused() {
    DecoderConfig config = DecoderConfig.parse("c", SmallCheckpoints.CONFIGS.get("llama"));
    Decoder decoder = new Decoder(config, 1);
    KvPool pool = new KvPool(config, 1, 2);
    KvPool.Sequence cache = pool.sequence("a");
    decoder.forward(tokens(1, 2), List.of(cache));
    assertThat(pool.pages()).containsExactly(new KvPool.Page(0, "a", 2 * 2 * 2 * 2 * 6 * 4));
    assertThatThrownBy(() -> decoder.forward(tokens(3), List.of(cache)))
        .hasMessage("pool: all 1 pages are taken; release a sequence or make a larger pool");
  }

  // ---------------------------------------------------------------- refusals

  private void assertConfigRefused(String family, String field, String value, String message) {
    JsonObject config = SmallCheckpoints.of(family).config();
    config.add(field, com.google.gson.JsonParser.parseString(value));
    assertThatThrownBy(() -> DecoderConfig.parse("c.json", config.toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void config_unknownArchitecture_namesTheNearest() {
    assertConfigRefused(
        "llama",
        "model_type",
        "\"lama\"",
        "c.json: the architecture 'lama' is not built; built are gpt2, llama, mistral, mixtral, qwen2,"
            + " qwen3, qwen3_moe, gemma, gemma2; did you mean 'llama'?");
  }

  @Test
  void config_contradictions_areNamed() {
    assertConfigRefused(
        "llama",
        "num_attention_heads",
        "5",
        "c.json: 'hidden_size' of 24 must be a multiple of 'num_attention_heads', which is 5");
    assertConfigRefused(
        "llama",
        "num_key_value_heads",
        "3",
        "c.json: 4 query heads cannot share 3 key and value heads evenly");
    assertConfigRefused(
        "llama", "num_hidden_layers", "-1", "c.json: layers must be 1 to 16,777,216, was -1");
    assertConfigRefused("llama", "vocab_size", "null", "c.json: the field 'vocab_size' is missing");
    assertConfigRefused(
        "llama",
        "hidden_act",
        "\"relu\"",
        "c.json: the activation 'relu' of 'hidden_act' is not built; [silu, gelu, gelu_new,"
            + " gelu_pytorch_tanh] are");
    assertConfigRefused(
        "llama",
        "rope_scaling",
        "{\"rope_type\": \"yarn\"}",
        "c.json, rope_scaling: stretching of type 'yarn' is not built; default, linear and llama3 are");
    assertConfigRefused(
        "mixtral", "num_experts_per_tok", "5", "c.json: a token visits 5 of 4 experts");
  }

  @Test
  void load_missingAndUnknownTensors_areNamed() throws IOException {
    SmallCheckpoints checkpoint = SmallCheckpoints.of("llama");
    Files.writeString(folder.resolve("config.json"), checkpoint.config().toString());
    Map<String, Tensor> weights = new LinkedHashMap<>(checkpoint.weights());
    weights.put("extra", Tensor.zeros(1));
    weights.remove("model.norm.weight");
    Safetensors.write(folder.resolve("model.safetensors"), weights);
    assertThatThrownBy(() -> Checkpoint.load(folder))
        .hasMessageContaining("missing: model.norm.weight; unexpected: extra");
  }

  @Test
  void load_indexThatLeavesTheFolder_isRefused() throws IOException {
    SmallCheckpoints.of("llama").write(folder);
    Path index = folder.resolve("model.safetensors.index.json");
    Files.writeString(index, Files.readString(index).replace("model-1-of-2", "../model-1-of-2"));
    assertThatThrownBy(() -> Checkpoint.load(folder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            index
                + ", weight_map: '../model-1-of-2.safetensors' is not a plain name of a safetensors"
                + " file");
  }

  @Test
  void load_damagedConfigs_neverFailOtherwise() {
    SplittableRandom random = new SplittableRandom(3);
    String signs = "0123456789-{}[]\",:eE.ntx";
    int refused = 0;
    for (int i = 0; i < 300; i++) {
      StringBuilder text = new StringBuilder(SmallCheckpoints.CONFIGS.get("gemma2"));
      for (int j = 0; j < 2; j++) {
        text.setCharAt(random.nextInt(text.length()), signs.charAt(random.nextInt(signs.length())));
      }
      Optional<RuntimeException> failure = Optional.empty();
      try {
        DecoderConfig.parse("c.json", text.toString());
      } catch (IllegalArgumentException named) {
        failure = Optional.of(named);
      }
      refused += failure.isPresent() ? 1 : 0;
    }
    assertThat(refused).isGreaterThan(100);
  }
}
