package maia.models;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import maia.numerics.DType;
import maia.tensor.Tensor;
import maia.tensor.io.Safetensors;

/// Random checkpoints of the families, of a few thousand parameters, in the layout of Hugging Face.
record SmallCheckpoints(JsonObject config, SequencedMap<String, Tensor> weights) {
  private static final String LLAMA =
      """
      {"model_type": "llama", "num_hidden_layers": 2, "hidden_size": 24, "num_attention_heads": 4,
       "num_key_value_heads": 2, "intermediate_size": 40, "vocab_size": 31, "rms_norm_eps": 1e-5,
       "hidden_act": "silu", "max_position_embeddings": 64, "tie_word_embeddings": false}
      """;

  static final Map<String, String> CONFIGS = new LinkedHashMap<>();

  static {
    CONFIGS.put("llama", LLAMA);
    CONFIGS.put(
        "llama-3.1",
        with(
            """
            {"rope_theta": 500000, "head_dim": 8, "tie_word_embeddings": true, "rope_scaling":
             {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
              "original_max_position_embeddings": 16}}
            """));
    CONFIGS.put(
        "llama-linear", with("{\"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 2.0}}"));
    CONFIGS.put("mistral", with("{\"model_type\": \"mistral\", \"sliding_window\": 5}"));
    CONFIGS.put("qwen2", with("{\"model_type\": \"qwen2\", \"use_sliding_window\": false}"));
    CONFIGS.put("qwen3", with("{\"model_type\": \"qwen3\", \"head_dim\": 8}"));
    CONFIGS.put(
        "mixtral",
        with(
            "{\"model_type\": \"mixtral\", \"num_local_experts\": 4, \"num_experts_per_tok\": 2}"));
    CONFIGS.put(
        "gemma",
        with(
            """
            {"model_type": "gemma", "head_dim": 8, "hidden_activation": "gelu_pytorch_tanh",
             "tie_word_embeddings": true}
            """));
    CONFIGS.put(
        "gemma2",
        with(
            """
            {"model_type": "gemma2", "head_dim": 8, "hidden_activation": "gelu_pytorch_tanh",
             "tie_word_embeddings": true, "sliding_window": 4, "attn_logit_softcapping": 2.0,
             "final_logit_softcapping": 3.0, "query_pre_attn_scalar": 12}
            """));
    CONFIGS.put(
        "gpt2",
        """
        {"model_type": "gpt2", "n_layer": 2, "n_embd": 24, "n_head": 3, "n_positions": 32,
         "vocab_size": 31, "layer_norm_epsilon": 1e-5, "activation_function": "gelu_new"}
        """);
  }

  private static String with(String more) {
    JsonObject config = JsonParser.parseString(LLAMA).getAsJsonObject();
    JsonParser.parseString(more)
        .getAsJsonObject()
        .entrySet()
        .forEach(e -> config.add(e.getKey(), e.getValue()));
    return config.toString();
  }

  static SmallCheckpoints of(String name) {
    JsonObject config = JsonParser.parseString(CONFIGS.get(name)).getAsJsonObject();
    Random random = new Random(config, new LinkedHashMap<>());
    random.fill();
    return new SmallCheckpoints(config, random.weights);
  }

  /// Draws the tensors that the config calls for, under the names of the checkpoints.
  private record Random(JsonObject config, SequencedMap<String, Tensor> weights) {
    private int n(String field) {
      return config.get(field).getAsInt();
    }

    private void draw(String name, double deviation, long... shape) {
      weights.put(name, Tensor.randn(DType.F32, weights.size() + 1, shape).mul(deviation));
    }

    private void near(String name, double mean, long width) {
      weights.put(name, Tensor.randn(DType.F32, weights.size() + 1, width).mul(0.2).add(mean));
    }

    void fill() {
      if (config.get("model_type").getAsString().equals("gpt2")) {
        gpt2();
      } else {
        llama();
      }
    }

    private void gpt2() {
      int w = n("n_embd");
      draw("wte.weight", 0.5, n("vocab_size"), w);
      draw("wpe.weight", 0.5, n("n_positions"), w);
      for (int i = 0; i < n("n_layer"); i++) {
        String h = "h." + i + ".";
        for (String norm : List.of("ln_1", "ln_2")) {
          near(h + norm + ".weight", 1, w);
          near(h + norm + ".bias", 0, w);
        }
        weights.put(h + "attn.bias", Tensor.ones(1, 1, 4, 4));
        conv(h + "attn.c_attn", w, 3L * w);
        conv(h + "attn.c_proj", w, w);
        conv(h + "mlp.c_fc", w, 4L * w);
        conv(h + "mlp.c_proj", 4L * w, w);
      }
      near("ln_f.weight", 1, w);
      near("ln_f.bias", 0, w);
    }

    private void conv(String name, long in, long out) {
      draw(name + ".weight", 1 / Math.sqrt(in), in, out);
      draw(name + ".bias", 0.1, out);
    }

    private void llama() {
      String type = config.get("model_type").getAsString();
      boolean gemma2 = type.equals("gemma2");
      int w = n("hidden_size");
      int dim = config.has("head_dim") ? n("head_dim") : w / n("num_attention_heads");
      double norm = type.startsWith("gemma") ? 0 : 1;
      draw("model.embed_tokens.weight", 0.5, n("vocab_size"), w);
      for (int i = 0; i < n("num_hidden_layers"); i++) {
        String l = "model.layers." + i + ".";
        List<String> norms =
            new ArrayList<>(List.of("input_layernorm", "post_attention_layernorm"));
        if (gemma2) {
          norms.addAll(List.of("pre_feedforward_layernorm", "post_feedforward_layernorm"));
        }
        norms.forEach(name -> near(l + name + ".weight", norm, w));
        boolean bias = type.equals("qwen2");
        linear(l + "self_attn.q_proj", (long) n("num_attention_heads") * dim, w, bias);
        linear(l + "self_attn.k_proj", (long) n("num_key_value_heads") * dim, w, bias);
        linear(l + "self_attn.v_proj", (long) n("num_key_value_heads") * dim, w, bias);
        linear(l + "self_attn.o_proj", w, (long) n("num_attention_heads") * dim, false);
        if (type.equals("qwen3")) {
          near(l + "self_attn.q_norm.weight", 1, dim);
          near(l + "self_attn.k_norm.weight", 1, dim);
        }
        if (type.equals("mixtral")) {
          linear(l + "block_sparse_moe.gate", n("num_local_experts"), w, false);
          for (int e = 0; e < n("num_local_experts"); e++) {
            feed(l + "block_sparse_moe.experts." + e + ".", "w1", "w3", "w2", w);
          }
        } else {
          feed(l + "mlp.", "gate_proj", "up_proj", "down_proj", w);
        }
      }
      near("model.norm.weight", norm, w);
      if (!config.get("tie_word_embeddings").getAsBoolean()) {
        linear("lm_head", n("vocab_size"), w, false);
      }
    }

    private void feed(String at, String gate, String up, String down, int w) {
      linear(at + gate, n("intermediate_size"), w, false);
      linear(at + up, n("intermediate_size"), w, false);
      linear(at + down, w, n("intermediate_size"), false);
    }

    private void linear(String name, long out, long in, boolean bias) {
      draw(name + ".weight", 1 / Math.sqrt(in), out, in);
      if (bias) {
        draw(name + ".bias", 0.3, out);
      }
    }
  }

  /// Writes the checkpoint in two files with an index.
  void write(Path folder) throws IOException {
    Files.writeString(folder.resolve("config.json"), config.toString());
    SequencedMap<String, Tensor> first = new LinkedHashMap<>();
    SequencedMap<String, Tensor> second = new LinkedHashMap<>();
    JsonObject map = new JsonObject();
    weights.forEach((name, tensor) -> {
      boolean isFirst = first.size() < weights.size() / 2;
      (isFirst ? first : second).put(name, tensor);
      map.addProperty(name, isFirst ? "model-1-of-2.safetensors" : "model-2-of-2.safetensors");
    });
    Safetensors.write(folder.resolve("model-1-of-2.safetensors"), first);
    Safetensors.write(folder.resolve("model-2-of-2.safetensors"), second);
    JsonObject index = new JsonObject();
    index.add("weight_map", map);
    Files.writeString(folder.resolve("model.safetensors.index.json"), index.toString());
  }
}
