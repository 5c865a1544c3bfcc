package maia.models;

import com.google.gson.JsonObject;
import java.util.Map;
import maia.tensor.Tensor;

/// The decoders of the families a second time: from the fields of `config.json` and the tensors of
/// the checkpoint under their own names, in plain loops over fp64, one token at a time.
final class Reference {
  private final JsonObject config;
  private final Map<String, Tensor> weights;
  private final String type;

  Reference(JsonObject config, Map<String, Tensor> weights) {
    this.config = config;
    this.weights = weights;
    this.type = config.get("model_type").getAsString();
  }

  private int number(String field, int byDefault) {
    return config.has(field) ? config.get(field).getAsInt() : byDefault;
  }

  private double decimal(String field, double byDefault) {
    return config.has(field) ? config.get(field).getAsDouble() : byDefault;
  }

  private double[] vector(String name) {
    float[] values = weights.get(name).toArray();
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  /// y = W x + b with W [out, in].
  private double[] linear(String name, double[] x) {
    double[] w = vector(name + ".weight");
    double[] b = weights.containsKey(name + ".bias") ? vector(name + ".bias") : null;
    int out = w.length / x.length;
    double[] y = new double[out];
    for (int o = 0; o < out; o++) {
      y[o] = b == null ? 0 : b[o];
      for (int i = 0; i < x.length; i++) {
        y[o] += w[o * x.length + i] * x[i];
      }
    }
    return y;
  }

  /// y = x W + b with W [in, out], GPT-2's layout.
  private double[] conv1d(String name, double[] x) {
    double[] w = vector(name + ".weight");
    double[] y = vector(name + ".bias");
    for (int o = 0; o < y.length; o++) {
      for (int i = 0; i < x.length; i++) {
        y[o] += x[i] * w[i * y.length + o];
      }
    }
    return y;
  }

  private double[] rms(String name, double[] x) {
    double sum = 0;
    for (double v : x) {
      sum += v * v;
    }
    double root = Math.sqrt(sum / x.length + decimal("rms_norm_eps", 1e-6));
    double[] w = vector(name + ".weight");
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] / root * (type.startsWith("gemma") ? 1 + w[i] : w[i]);
    }
    return y;
  }

  private double[] layerNorm(String name, double[] x) {
    double mean = 0;
    for (double v : x) {
      mean += v / x.length;
    }
    double variance = 0;
    for (double v : x) {
      variance += (v - mean) * (v - mean) / x.length;
    }
    double[] w = vector(name + ".weight");
    double[] b = vector(name + ".bias");
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] =
          (x[i] - mean) / Math.sqrt(variance + decimal("layer_norm_epsilon", 1e-5)) * w[i] + b[i];
    }
    return y;
  }

  private static double geluTanh(double x) {
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  /// Scores for the token after each of `tokens`.
  double[][] scores(int[] tokens) {
    return type.equals("gpt2") ? gpt2(tokens) : llamaLike(tokens);
  }

  private double[][] gpt2(int[] tokens) {
    int width = number("n_embd", 0);
    int heads = number("n_head", 0);
    double[] wte = vector("wte.weight");
    double[] wpe = vector("wpe.weight");
    double[][] x = new double[tokens.length][width];
    for (int t = 0; t < tokens.length; t++) {
      for (int i = 0; i < width; i++) {
        x[t][i] = wte[tokens[t] * width + i] + wpe[t * width + i];
      }
    }
    int dim = width / heads;
    for (int layer = 0; layer < number("n_layer", 0); layer++) {
      String h = "h." + layer;
      double[][] q = new double[tokens.length][width];
      double[][] k = new double[tokens.length][width];
      double[][] v = new double[tokens.length][width];
      for (int t = 0; t < tokens.length; t++) {
        double[] all = conv1d(h + ".attn.c_attn", layerNorm(h + ".ln_1", x[t]));
        System.arraycopy(all, 0, q[t], 0, width);
        System.arraycopy(all, width, k[t], 0, width);
        System.arraycopy(all, 2 * width, v[t], 0, width);
      }
      for (int t = 0; t < tokens.length; t++) {
        double[] seen = attend(q[t], k, v, t, heads, heads, dim, 1 / Math.sqrt(dim), 0, 0);
        add(x[t], conv1d(h + ".attn.c_proj", seen));
        double[] wide = conv1d(h + ".mlp.c_fc", layerNorm(h + ".ln_2", x[t]));
        for (int i = 0; i < wide.length; i++) {
          wide[i] = geluTanh(wide[i]);
        }
        add(x[t], conv1d(h + ".mlp.c_proj", wide));
      }
    }
    double[][] scores = new double[tokens.length][];
    for (int t = 0; t < tokens.length; t++) {
      scores[t] = linear("wte", layerNorm("ln_f", x[t]));
    }
    return scores;
  }

  private static void add(double[] to, double[] what) {
    for (int i = 0; i < to.length; i++) {
      to[i] += what[i];
    }
  }

  private static double[] attend(
      double[] q,
      double[][] k,
      double[][] v,
      int t,
      int heads,
      int kvHeads,
      int dim,
      double scale,
      int window,
      double cap) {
    double[] out = new double[heads * dim];
    for (int h = 0; h < heads; h++) {
      int kv = h / (heads / kvHeads);
      int from = window > 0 ? Math.max(0, t - window + 1) : 0;
      double[] p = new double[t + 1];
      double max = Double.NEGATIVE_INFINITY;
      for (int s = from; s <= t; s++) {
        for (int i = 0; i < dim; i++) {
          p[s] += q[h * dim + i] * k[s][kv * dim + i];
        }
        p[s] *= scale;
        p[s] = cap > 0 ? cap * Math.tanh(p[s] / cap) : p[s];
        max = Math.max(max, p[s]);
      }
      double sum = 0;
      for (int s = from; s <= t; s++) {
        p[s] = Math.exp(p[s] - max);
        sum += p[s];
      }
      for (int s = from; s <= t; s++) {
        for (int i = 0; i < dim; i++) {
          out[h * dim + i] += p[s] / sum * v[s][kv * dim + i];
        }
      }
    }
    return out;
  }

  private double[][] llamaLike(int[] tokens) {
    int width = number("hidden_size", 0);
    int heads = number("num_attention_heads", 0);
    int kvHeads = number("num_key_value_heads", heads);
    int dim = number("head_dim", width / heads);
    boolean gemma = type.startsWith("gemma");
    boolean gemma2 = type.equals("gemma2");
    double[] table = vector("model.embed_tokens.weight");
    double[][] x = new double[tokens.length][width];
    for (int t = 0; t < tokens.length; t++) {
      for (int i = 0; i < width; i++) {
        x[t][i] = table[tokens[t] * width + i] * (gemma ? Math.sqrt(width) : 1);
      }
    }
    double scale = 1 / Math.sqrt(gemma2 ? decimal("query_pre_attn_scalar", dim) : dim);
    for (int layer = 0; layer < number("num_hidden_layers", 0); layer++) {
      String l = "model.layers." + layer;
      int window =
          type.equals("mistral") || gemma2 && layer % 2 == 0 ? number("sliding_window", 0) : 0;
      double cap = gemma2 ? decimal("attn_logit_softcapping", 0) : 0;
      double[][] q = new double[tokens.length][];
      double[][] k = new double[tokens.length][];
      double[][] v = new double[tokens.length][];
      for (int t = 0; t < tokens.length; t++) {
        double[] n = rms(l + ".input_layernorm", x[t]);
        q[t] =
            turn(
                headNorm(l + ".self_attn.q_norm", linear(l + ".self_attn.q_proj", n), dim), dim, t);
        k[t] =
            turn(
                headNorm(l + ".self_attn.k_norm", linear(l + ".self_attn.k_proj", n), dim), dim, t);
        v[t] = linear(l + ".self_attn.v_proj", n);
      }
      for (int t = 0; t < tokens.length; t++) {
        double[] seen =
            linear(
                l + ".self_attn.o_proj",
                attend(q[t], k, v, t, heads, kvHeads, dim, scale, window, cap));
        add(x[t], gemma2 ? rms(l + ".post_attention_layernorm", seen) : seen);
        double[] n =
            rms(l + (gemma2 ? ".pre_feedforward_layernorm" : ".post_attention_layernorm"), x[t]);
        double[] fed =
            type.equals("mixtral")
                ? mixtral(l, n)
                : mlp(l + ".mlp", n, "gate_proj", "up_proj", "down_proj");
        add(x[t], gemma2 ? rms(l + ".post_feedforward_layernorm", fed) : fed);
      }
    }
    boolean tied =
        config.has("tie_word_embeddings")
            ? config.get("tie_word_embeddings").getAsBoolean()
            : gemma;
    double[][] scores = new double[tokens.length][];
    for (int t = 0; t < tokens.length; t++) {
      scores[t] = linear(tied ? "model.embed_tokens" : "lm_head", rms("model.norm", x[t]));
      double cap = gemma2 ? decimal("final_logit_softcapping", 0) : 0;
      for (int i = 0; cap > 0 && i < scores[t].length; i++) {
        scores[t][i] = cap * Math.tanh(scores[t][i] / cap);
      }
    }
    return scores;
  }

  private double[] headNorm(String name, double[] x, int dim) {
    if (!weights.containsKey(name + ".weight")) {
      return x;
    }
    double[] y = new double[x.length];
    for (int h = 0; h < x.length / dim; h++) {
      double[] head = rms(name, java.util.Arrays.copyOfRange(x, h * dim, (h + 1) * dim));
      System.arraycopy(head, 0, y, h * dim, dim);
    }
    return y;
  }

  /// Channels i and i + dim/2 turned by position times frequency.
  private double[] turn(double[] x, int dim, int t) {
    double[] y = x.clone();
    int half = dim / 2;
    for (int h = 0; h < x.length / dim; h++) {
      for (int i = 0; i < half; i++) {
        double angle = t * frequency(Math.pow(decimal("rope_theta", 10_000), -2.0 * i / dim));
        double a = x[h * dim + i];
        double b = x[h * dim + half + i];
        y[h * dim + i] = a * Math.cos(angle) - b * Math.sin(angle);
        y[h * dim + half + i] = b * Math.cos(angle) + a * Math.sin(angle);
      }
    }
    return y;
  }

  /// Llama 3.1's stretching, as its authors' code has it.
  private double frequency(double plain) {
    if (!config.has("rope_scaling")) {
      return plain;
    }
    JsonObject scaling = config.getAsJsonObject("rope_scaling");
    double factor = scaling.get("factor").getAsDouble();
    if (scaling.get("rope_type").getAsString().equals("linear")) {
      return plain / factor;
    }
    double low = scaling.get("low_freq_factor").getAsDouble();
    double high = scaling.get("high_freq_factor").getAsDouble();
    double original = scaling.get("original_max_position_embeddings").getAsDouble();
    double wavelength = 2 * Math.PI / plain;
    if (wavelength < original / high) {
      return plain;
    }
    if (wavelength > original / low) {
      return plain / factor;
    }
    double smooth = (original / wavelength - low) / (high - low);
    return (1 - smooth) * plain / factor + smooth * plain;
  }

  private double[] mlp(String name, double[] x, String gate, String up, String down) {
    double[] g = linear(name + "." + gate, x);
    double[] u = linear(name + "." + up, x);
    for (int i = 0; i < g.length; i++) {
      u[i] *= type.startsWith("gemma") ? geluTanh(g[i]) : g[i] / (1 + Math.exp(-g[i]));
    }
    return linear(name + "." + down, u);
  }

  private double[] mixtral(String l, double[] x) {
    double[] scores = linear(l + ".block_sparse_moe.gate", x);
    int visits = number("num_experts_per_tok", 0);
    boolean[] chosen = new boolean[scores.length];
    for (int n = 0; n < visits; n++) {
      int best = -1;
      for (int e = 0; e < scores.length; e++) {
        best = !chosen[e] && (best < 0 || scores[e] > scores[best]) ? e : best;
      }
      chosen[best] = true;
    }
    double sum = 0;
    for (int e = 0; e < scores.length; e++) {
      sum += chosen[e] ? Math.exp(scores[e]) : 0;
    }
    double[] y = new double[x.length];
    for (int e = 0; e < scores.length; e++) {
      if (chosen[e]) {
        double[] part = mlp(l + ".block_sparse_moe.experts." + e, x, "w1", "w3", "w2");
        for (int i = 0; i < y.length; i++) {
          y[i] += Math.exp(scores[e]) / sum * part[i];
        }
      }
    }
    return y;
  }
}
