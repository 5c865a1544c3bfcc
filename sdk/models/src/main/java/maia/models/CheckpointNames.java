package maia.models;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import maia.base.Check;
import maia.tensor.Tensor;

/// From the names and layouts of the families' checkpoints to those of [Decoder].
final class CheckpointNames {
  private CheckpointNames() {}

  /// The tensors under our names; buffers that are no parameters are left out.
  static SequencedMap<String, Tensor> toOurs(DecoderConfig config, Map<String, Tensor> theirs) {
    SequencedMap<String, Tensor> ours = new LinkedHashMap<>();
    theirs.forEach((name, tensor) -> {
      if (isParameter(config, name)) {
        switch (config.family()) {
          case GPT2 -> gpt2(config, name, tensor, ours);
          case MIXTRAL -> ours.put(mixtral(name), tensor);
          case LLAMA, MISTRAL, QWEN2, QWEN3, QWEN3_MOE, GEMMA, GEMMA2 -> ours.put(name, tensor);
        }
      }
    });
    return ours;
  }

  private static boolean isParameter(DecoderConfig config, String name) {
    boolean buffer =
        name.endsWith(".rotary_emb.inv_freq")
            || name.endsWith(".attn.bias") && config.family() == Family.GPT2
            || name.endsWith(".attn.masked_bias");
    return !buffer && !(config.output().tied() && name.equals("lm_head.weight"));
  }

  private static String mixtral(String name) {
    return name.replace(".block_sparse_moe.", ".mlp.")
        .replaceFirst("\\.w1\\.weight$", ".gate_proj.weight")
        .replaceFirst("\\.w2\\.weight$", ".down_proj.weight")
        .replaceFirst("\\.w3\\.weight$", ".up_proj.weight");
  }

  /// GPT-2 keeps matrices as `[in, out]`, and queries, keys and values in one.
  private static void gpt2(
      DecoderConfig config, String name, Tensor tensor, Map<String, Tensor> ours) {
    String plain = name.startsWith("transformer.") ? name.substring(12) : name;
    String ourName =
        plain
            .replaceFirst("^wte\\.", "model.embed_tokens.")
            .replaceFirst("^wpe\\.", "model.embed_positions.")
            .replaceFirst("^ln_f\\.", "model.norm.")
            .replaceFirst("^h\\.", "model.layers.")
            .replace(".ln_1.", ".input_layernorm.")
            .replace(".ln_2.", ".post_attention_layernorm.")
            .replace(".attn.c_proj.", ".self_attn.o_proj.")
            .replace(".mlp.c_fc.", ".mlp.up_proj.")
            .replace(".mlp.c_proj.", ".mlp.down_proj.");
    boolean matrix = plain.matches("h\\.\\d+\\.(attn|mlp)\\.c_\\w+\\.weight");
    Check.argument(
        !matrix || tensor.rank() == 2,
        "checkpoint: '%s' must be a matrix, has %d dimensions",
        name,
        tensor.rank());
    Tensor ourTensor = matrix ? tensor.t() : tensor;
    if (!plain.contains(".attn.c_attn.")) {
      ours.put(ourName, ourTensor);
      return;
    }
    int width = config.sizes().hidden();
    Check.argument(
        ourTensor.rank() > 0 && ourTensor.size(0) == 3L * width,
        "checkpoint: '%s' must have three times %d outputs, has %d",
        name,
        width,
        ourTensor.rank() == 0 ? 0 : ourTensor.size(0));
    String[] parts = {"q_proj", "k_proj", "v_proj"};
    for (int i = 0; i < parts.length; i++) {
      ours.put(
          ourName.replace(".attn.c_attn.", ".self_attn." + parts[i] + "."),
          ourTensor.narrow(0, (long) i * width, width));
    }
  }
}
