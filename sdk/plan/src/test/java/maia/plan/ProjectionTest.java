package maia.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.SplittableRandom;
import maia.machine.Accelerator;
import maia.machine.Chip;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProjectionTest {
  /// A published measurement: one chip, BF16, 16,384 tokens; its batch is not published.
  private static final double PUBLISHED_TOKENS_PER_SECOND = 2_434;

  @Test
  void qwenDecode_publishedRate_liesBetweenBatch13And16() {
    Projection qwen =
        Projection.of(ModelConfig.named("qwen2.5-7b")).on(Chip.MAIA_200.atClock(2.0e9));
    assertThat(qwen.decode(13, 16_384).tokensPerSecond()).isLessThan(PUBLISHED_TOKENS_PER_SECOND);
    assertThat(qwen.decode(16, 16_384).tokensPerSecond())
        .isGreaterThan(PUBLISHED_TOKENS_PER_SECOND);
  }

  @Test
  void decode_ofOneSequence_isSaidInTheSingular() {
    Projection gpt2 = Projection.of(ModelConfig.named("gpt2"));
    assertThat(gpt2.decode(1, 1_024).toString()).contains("decode of 1 sequence at 1,024 tokens");
    assertThat(gpt2.decode(2, 1_024).toString()).contains("decode of 2 sequences at 1,024 tokens");
  }

  @Test
  void qwenDecode_bytes_areWeightsWithoutEmbeddingAndTheCache() {
    PhaseEstimate decode = Projection.of(ModelConfig.named("qwen2.5-7b")).decode(14, 16_384);
    double weights = decode.lines().stream().mapToDouble(PhaseEstimate.Line::weightBytes).sum();
    assertThat(weights).isCloseTo(15.23e9 - 152_064.0 * 3_584 * 2, within(0.01e9));
    double cache =
        decode.lines().stream()
            .filter(l -> l.operator().equals("attention"))
            .mapToDouble(PhaseEstimate.Line::hbmBytes)
            .sum();
    assertThat(cache).isCloseTo(14 * 939.5e6, within(10e6));
    assertThat(decode.productSeconds() + decode.attentionSeconds() + decode.otherSeconds())
        .isCloseTo(decode.seconds(), within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2,0.124",
    "llama-3.2-1b,1.24",
    "llama-3.1-8b,8.03",
    "llama-3.1-70b,70.6",
    "llama-3.1-405b,405.9",
    "qwen2.5-7b,7.62",
    "mixtral-8x7b,46.7",
  })
  void parameters_areThoseOfTheModel(String name, double billions) {
    assertThat(ModelConfig.named(name).parameters() / 1e9)
        .isCloseTo(billions, within(0.01 * billions));
  }

  @Test
  void tooLarge_isRefusedWithTheSmallestLayout() {
    Projection one = Projection.of(ModelConfig.named("llama-3.1-405b"));
    assertThatThrownBy(() -> one.decode(8, 8_192))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("does not fit on maia-200 with tp=1 pp=1 ep=1")
        .hasMessageEndingWith("the smallest layout that fits is tp=4 pp=1 ep=1");
    assertThat(one.parallel(4, 1, 1).decode(8, 8_192).memory().fits()).isTrue();
  }

  @Test
  void headsThatDoNotDivide_areRefused() {
    Projection seven = Projection.of(ModelConfig.named("llama-3.1-8b")).parallel(7, 1, 1);
    assertThatThrownBy(() -> seven.decode(1, 100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("projection: 32 heads of llama-3.1-8b do not divide over tp=7");
  }

  @Test
  void narrowerWeights_makeDecodeFaster_andTensorParallelismLowersTpot() {
    Projection bf16 = Projection.of(ModelConfig.named("llama-3.1-70b"));
    Projection mxfp4 = bf16.precision(BlockFormat.MXFP4, DType.FP8_E4M3, DType.FP8_E4M3);
    double wide = bf16.decode(4, 2_048).seconds();
    double narrow = mxfp4.decode(4, 2_048).seconds();
    assertThat(narrow).isLessThan(0.4 * wide);
    PhaseEstimate four = mxfp4.parallel(4, 1, 1).decode(4, 2_048);
    assertThat(four.seconds()).isBetween(narrow / 4, narrow);
    assertThat(four.lines()).anyMatch(l -> l.operator().equals("all-reduce"));
  }

  @Test
  void mixtureOfExperts_smallBatch_streamsOnlyVisitedExperts() {
    Projection mixtral = Projection.of(ModelConfig.named("mixtral-8x7b"));
    double one = down(mixtral.decode(1, 1_024)).weightBytes();
    double many = down(mixtral.decode(64, 1_024)).weightBytes();
    assertThat(one).isEqualTo(32 * 2 * 4_096.0 * 14_336 * 2);
    assertThat(many).isEqualTo(32 * 8 * 4_096.0 * 14_336 * 2);
  }

  @ParameterizedTest
  @CsvSource({"mixtral-8x7b,2", "mixtral-8x7b,4", "mixtral-8x7b,12"})
  void mixtureOfExperts_severalTokens_visitAsManyAsChanceLets(String name, int batch) {
    ModelConfig m = ModelConfig.named(name);
    SplittableRandom random = new SplittableRandom(7);
    int rounds = 20_000;
    long visited = 0;
    for (int round = 0; round < rounds; round++) {
      BitSet seen = new BitSet();
      for (int token = 0; token < batch; token++) {
        int first = random.nextInt(m.experts());
        seen.set(first);
        seen.set((first + 1 + random.nextInt(m.experts() - 1)) % m.experts());
      }
      visited += seen.cardinality();
    }
    double bytes = down(Projection.of(m).decode(batch, 1_024)).weightBytes();
    double experts = bytes / (m.layers() * 2.0 * m.hidden() * m.intermediate());
    assertThat(experts).isCloseTo((double) visited / rounds, within(0.51));
  }

  private static PhaseEstimate.Line down(PhaseEstimate phase) {
    return phase.lines().stream()
        .filter(l -> l.operator().equals("down"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void largestBatch_fits_andOneMoreDoesNot() {
    Projection qwen = Projection.of(ModelConfig.named("qwen2.5-7b"));
    int most = qwen.largestBatch(16_384);
    assertThat(qwen.memory(most, 1, 16_384).fits()).isTrue();
    assertThat(qwen.memory(most + 2, 1, 16_384).fits()).isFalse();
  }

  @Test
  void cataloguedChip_isARooflineWithNamedEfficiencies() {
    PhaseEstimate decode =
        Projection.of(ModelConfig.named("llama-3.1-8b"))
            .on(Target.of(Accelerator.named("h100")))
            .decode(8, 2_048);
    assertThat(decode.bytesPerSecond()).isCloseTo(0.8 * 3.35e12, within(1e9));
    assertThat(decode.target().basis())
        .isEqualTo("h100, catalogue peaks; assumed 60 % of peak, 80 % of bandwidth");
  }

  @Test
  void analytic_isNeverBelowTheRoofline() {
    for (Operator op :
        new Operator[] {
          new Operator.Linear(1, 4_096, 4_096),
          new Operator.Linear(4_096, 8_192, 8_192),
          new Operator.Attention(8, 1, 4_096, 32, 8, 128),
          new Operator.Attention(1, 2_048, 2_048, 32, 8, 128),
          new Operator.Pointwise(1e6, 4),
        }) {
      Precision bf16 = Precision.of(DType.BF16);
      assertThat(new AnalyticCost().estimate(op, bf16, Chip.MAIA_200).seconds())
          .as("%s", op)
          .isGreaterThan(new Roofline().estimate(op, bf16, Chip.MAIA_200).seconds());
    }
  }

  @Test
  void clusterPath_isBytesInFlightOverLatency() {
    assertThat(AnalyticCost.clusterPath(Chip.MAIA_200))
        .isCloseTo(4 * 4 * 136 * 1_024 / 600e-9, within(1e6));
    assertThat(AnalyticCost.tilePath(Chip.MAIA_200)).isEqualTo(0.9 * 7e12);
  }

  @Test
  void allReduce_growsWithChipsAndBytes_andIsFreeAlone() {
    CollectiveModel links = CollectiveModel.MAIA_200;
    assertThat(links.allReduce(1, 1e9)).isZero();
    assertThat(links.allReduce(4, 1e6)).isCloseTo(2 * (1e-6 + 0.75e6 / 900e9), within(1e-12));
    assertThat(links.allReduce(8, 1e6)).isCloseTo(2 * (4e-6 + 0.875e6 / 400e9), within(1e-12));
    assertThatThrownBy(() -> links.allReduce(10_000, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("collective: links reach 1 to 6144 chips, asked for 10000");
  }

  // ---- config files

  private static Path config(Path folder, String json) throws IOException {
    return Files.writeString(folder.resolve("config.json"), json);
  }

  @Test
  void config_ofLlama_isRead(@TempDir Path folder) throws IOException {
    Path file =
        config(
            folder,
            """
            {"model_type": "llama", "num_hidden_layers": 32, "hidden_size": 4096,
             "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336,
             "vocab_size": 128256, "tie_word_embeddings": false, "rope_theta": 500000.0}
            """);
    assertThat(ModelConfig.read(file).parameters())
        .isEqualTo(ModelConfig.named("llama-3.1-8b").parameters());
  }

  @Test
  void config_ofMixtral_isRead(@TempDir Path folder) throws IOException {
    Path file =
        config(
            folder,
            """
            {"model_type": "mixtral", "num_hidden_layers": 32, "hidden_size": 4096,
             "num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 14336,
             "vocab_size": 32000, "num_local_experts": 8, "num_experts_per_tok": 2}
            """);
    assertThat(ModelConfig.read(file).parameters())
        .isEqualTo(ModelConfig.named("mixtral-8x7b").parameters());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[1, 2]|: must be a JSON object",
        "{\"model_type\": \"rwkv\"}|: the architecture 'rwkv' is not built; built are gpt2, llama, mistral, mixtral, qwen2, qwen3, qwen3_moe, gemma, gemma2",
        "{\"model_type\": \"llama\"}|: the field 'hidden_size' is missing",
        "{}|: the field 'model_type' is missing",
        "{\"model_type\": \"llama\", \"hidden_size\": 8, \"num_attention_heads\": 1.5}|: the field 'num_attention_heads' must be a whole number, was 1.5",
        "{\"model_type\": \"llama\", \"hidden_size\": 8, \"num_attention_heads\": \"many\"}|: the field 'num_attention_heads' must be a whole number, was \"many\"",
        "{\"model_type\": \"llama\", \"hidden_size\": 8, \"num_attention_heads\": [32]}|: the field 'num_attention_heads' must be a whole number, was an array",
      })
  void config_hostile_isRefusedByField(String json, String message, @TempDir Path folder)
      throws IOException {
    Path file = config(folder, json);
    assertThatThrownBy(() -> ModelConfig.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(file + message);
  }

  @Test
  void config_deepOrCut_isRefused(@TempDir Path folder) throws IOException {
    Path cut = config(folder, "{\"model_type\": \"lla");
    assertThatThrownBy(() -> ModelConfig.read(cut))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(cut + ": is not valid JSON");
    Path deep = config(folder, "[".repeat(500_000));
    assertThatThrownBy(() -> ModelConfig.read(deep)).isInstanceOf(IllegalArgumentException.class);
    Path huge = config(folder, " ".repeat(2_000_000));
    assertThatThrownBy(() -> ModelConfig.read(huge))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("may have at most 1,048,576 bytes");
  }

  @Test
  void unknownModel_isRefusedWithTheNames() {
    assertThatThrownBy(() -> ModelConfig.named("llama-9"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "no model 'llama-9' is known; give the path of a config.json, or one of gpt2,");
  }

  @Test
  void band_holdsTheNominalFigure_andOnlyAssumedParametersMoveIt() {
    Projection p = Projection.of(ModelConfig.named("llama-3.1-8b"));
    var band = p.band(x -> x.decode(16, 4_096).seconds());
    assertThat(band.nominal()).isEqualTo(p.decode(16, 4_096).seconds());
    assertThat(band.low()).isLessThan(band.nominal());
    assertThat(band.high()).isGreaterThan(band.nominal());
    assertThat(band.variants()).hasSize(10);
  }

  @Test
  void bandOfARoofline_isRefused() {
    Projection p =
        Projection.of(ModelConfig.named("llama-3.1-8b"))
            .on(Target.of(maia.machine.Accelerator.named("h200")));
    assertThatThrownBy(() -> p.band(x -> x.decode(1, 1_024).seconds()))
        .hasMessage(
            "projection: %s is a catalogue roofline; describe the chip unit by unit, see Chip.from(path)",
            p.target().name());
  }
}
