package maia.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.function.Supplier;
import maia.models.Cnn;
import maia.models.Decoder;
import maia.models.DecoderConfig;
import maia.models.Generation;
import maia.models.KvCache;
import maia.models.Mlp;
import maia.models.Vit;
import maia.models.VitConfig;
import maia.numerics.DType;
import maia.tensor.Device;
import maia.tensor.Functional;
import maia.tensor.Tensor;
import maia.tensor.TensorException;
import maia.tensor.nn.Module;
import org.junit.jupiter.api.Test;

/// Modules moved to the chip with one word give what they give on the host.
class ModulesOnTheChipTest {
  private static final Device MAIA = Device.maia();

  /// Attention and convolution add in other orders than the host; both chains are fp32.
  private static final float CHAINS = 1e-4f;

  private static final DecoderConfig LLAMA =
      DecoderConfig.parse(
          "config.json",
          """
          {"model_type": "llama", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
           "num_key_value_heads": 2, "intermediate_size": 48, "vocab_size": 40, "hidden_act": "silu",
           "max_position_embeddings": 32, "rms_norm_eps": 1e-5, "tie_word_embeddings": false}
          """);

  private static final DecoderConfig GPT2 =
      DecoderConfig.parse(
          "config.json",
          """
          {"model_type": "gpt2", "n_embd": 32, "n_layer": 2, "n_head": 2, "vocab_size": 40,
           "n_positions": 16, "n_ctx": 16, "layer_norm_epsilon": 1e-5,
           "activation_function": "gelu_new"}
          """);

  private static Tensor quietly(Supplier<Tensor> body) {
    return Tensor.noGrad(body);
  }

  private static void assertNear(Tensor chip, Tensor host, float part) {
    assertThat(chip.device()).isEqualTo(MAIA);
    assertThat(chip.shape()).isEqualTo(host.shape());
    float[] expected = host.toArray();
    float[] actual = chip.toArray();
    float most = 0;
    for (float v : expected) {
      most = Math.max(most, Math.abs(v));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i])
          .as("element %d", i)
          .isCloseTo(expected[i], org.assertj.core.data.Offset.offset(part * most));
    }
  }

  @Test
  void mlp_givesTheHostsBits() {
    Module model = Mlp.of(3, 20, 16, 10).eval();
    Tensor x = Tensor.randn(DType.F32, 5, 7, 20);
    Tensor host = quietly(() -> model.call(x));
    Tensor chip = quietly(() -> model.to(MAIA).call(x.to(MAIA)));
    assertThat(chip.device()).isEqualTo(MAIA);
    assertThat(chip.toArray()).isEqualTo(host.toArray());
  }

  @Test
  void cnn_isNearTheHost() {
    Module model = Cnn.shapes(3).eval();
    Tensor x = Tensor.randn(DType.F32, 5, 1, 1, 32, 32);
    Tensor host = quietly(() -> model.call(x));
    assertNear(quietly(() -> model.to(MAIA).call(x.to(MAIA))), host, CHAINS);
  }

  @Test
  void vit_isNearTheHost() {
    Module model = new Vit(new VitConfig(1, 32, 2, 48, 8, 4, 1, 3, 1e-5), 4).eval();
    Tensor x = Tensor.randn(DType.F32, 5, 2, 1, 8, 8);
    Tensor host = quietly(() -> model.call(x));
    assertNear(quietly(() -> model.to(MAIA).call(x.to(MAIA))), host, CHAINS);
  }

  @Test
  void decoder_prefillAndStep_areNearTheHost() {
    Decoder model = new Decoder(LLAMA, 4);
    model.eval();
    Tensor prompt = Tensor.ofLongs(3, 1, 4, 1, 5).reshape(1, 5);
    Tensor next = Tensor.ofLongs(9).reshape(1, 1);
    List<KvCache> cache = List.of(cache(model));
    Tensor hostPrefill = quietly(() -> model.forward(prompt, cache));
    Tensor hostStep = quietly(() -> model.forward(next, cache));
    model.to(MAIA);
    List<KvCache> onChip = List.of(cache(model));
    Profile<Tensor> prefill =
        Profile.of(() -> quietly(() -> model.forward(prompt.to(MAIA), onChip)));
    assertNear(prefill.result(), hostPrefill, CHAINS);
    assertNear(quietly(() -> model.forward(next.to(MAIA), onChip)), hostStep, CHAINS);
    assertThat(prefill.report().lines().stream().map(Report.Line::kernel))
        .contains("rms_norm", "linear", "rotary", "flash_attention");
  }

  private static KvCache cache(Decoder model) {
    return KvCache.dense(model.config(), 16);
  }

  @Test
  void gpt2_isNearTheHost_andGeneratesTheSameTokens() {
    Decoder model = new Decoder(GPT2, 4);
    model.eval();
    Tensor prompt = Tensor.ofLongs(3, 1, 4, 1, 5).reshape(1, 5);
    Tensor host = quietly(() -> model.forward(prompt));
    Generation.Result expected = Generation.of(model).limit(2).run(3, 1, 4);
    model.to(MAIA);
    assertNear(quietly(() -> model.forward(prompt.to(MAIA))), host, CHAINS);
    assertThat(Generation.of(model).limit(2).run(3, 1, 4)).isEqualTo(expected);
  }

  @Test
  void gradients_ofAnMlp_areTheHosts() {
    Tensor x = Tensor.randn(DType.F32, 5, 6, 20);
    Tensor classes = Tensor.ofLongs(0, 3, 9, 1, 1, 2);
    Module host = Mlp.of(3, 20, 16, 10);
    Functional.crossEntropy(host.call(x), classes).backward();
    Module chip = Mlp.of(3, 20, 16, 10).to(MAIA);
    Functional.crossEntropy(chip.call(x.to(MAIA)), classes.to(MAIA)).backward();
    for (int i = 0; i < host.parameters().size(); i++) {
      assertThat(chip.parameters().get(i).grad().device()).isEqualTo(MAIA);
      assertThat(chip.parameters().get(i).grad().toArray())
          .isEqualTo(host.parameters().get(i).grad().toArray());
    }
  }

  @Test
  void gradientWithoutAKernel_isRefusedByName() {
    Tensor x = Tensor.randn(DType.F32, 5, 4, 3).to(MAIA).requireGrad();
    Tensor y = x.mul(Tensor.full(2).to(MAIA));
    y.narrow(0, 1, 2).mul_(Tensor.full(3).to(MAIA));
    assertThatThrownBy(() -> y.sum().backward())
        .isInstanceOf(TensorException.class)
        .hasMessageContaining("maia:0 has no kernel for '");
  }

  @Test
  void writes_onTheChip_areKernels() {
    Tensor memory = Tensor.zeros(2, 6, 4).to(MAIA);
    Tensor rows = Tensor.randn(DType.F32, 3, 2, 2, 4);
    Profile<Tensor> profile =
        Profile.of(() -> {
          memory.narrow(1, 3, 2).assign(rows.to(MAIA));
          return memory;
        });
    Tensor host = Tensor.zeros(2, 6, 4);
    host.narrow(1, 3, 2).assign(rows);
    assertThat(memory.toArray()).isEqualTo(host.toArray());
    assertThat(profile.report().lines().stream().map(Report.Line::kernel)).containsExactly("copy");
  }
}
