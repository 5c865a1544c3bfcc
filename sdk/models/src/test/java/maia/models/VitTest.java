package maia.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import maia.numerics.DType;
import maia.tensor.Functional;
import maia.tensor.Tensor;
import maia.tensor.io.Safetensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VitTest {
  private static final String CONFIG =
      """
      {"model_type": "vit", "num_hidden_layers": 2, "hidden_size": 12, "num_attention_heads": 3,
       "intermediate_size": 20, "image_size": 8, "patch_size": 4, "num_channels": 2,
       "num_labels": 5, "layer_norm_eps": 1e-6}
      """;

  @TempDir Path folder;

  private static double[] vector(Map<String, Tensor> weights, String name) {
    float[] values = weights.get(name).toArray();
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  private static double[] dense(Map<String, Tensor> weights, String name, double[] x) {
    double[] w = vector(weights, name + ".weight");
    double[] y = vector(weights, name + ".bias");
    for (int o = 0; o < y.length; o++) {
      for (int i = 0; i < x.length; i++) {
        y[o] += w[o * x.length + i] * x[i];
      }
    }
    return y;
  }

  private static double[] norm(Map<String, Tensor> weights, String name, double[] x) {
    double mean = 0;
    for (double v : x) {
      mean += v / x.length;
    }
    double variance = 0;
    for (double v : x) {
      variance += (v - mean) * (v - mean) / x.length;
    }
    double[] w = vector(weights, name + ".weight");
    double[] y = vector(weights, name + ".bias");
    for (int i = 0; i < x.length; i++) {
      y[i] += (x[i] - mean) / Math.sqrt(variance + 1e-6) * w[i];
    }
    return y;
  }

  /// x/2 (1 + erf(x / sqrt 2)) with the series of erf.
  private static double gelu(double x) {
    double z = x / Math.sqrt(2);
    if (Math.abs(z) > 4) {
      return z > 0 ? x : 0; // erf is 1 to eight digits, and the series loses as many
    }
    double term = z;
    double sum = z;
    for (int n = 1; n < 60; n++) {
      term *= -z * z / n;
      sum += term / (2 * n + 1);
    }
    return 0.5 * x * (1 + 2 / Math.sqrt(Math.PI) * sum);
  }

  private static double[] reference(Map<String, Tensor> w, double[] image) {
    double[][] x = new double[5][];
    double[] places = vector(w, "vit.embeddings.position_embeddings");
    x[0] = vector(w, "vit.embeddings.cls_token");
    double[] kernel = vector(w, "vit.embeddings.patch_embeddings.projection.weight");
    for (int p = 0; p < 4; p++) {
      x[p + 1] = vector(w, "vit.embeddings.patch_embeddings.projection.bias");
      for (int o = 0; o < 12; o++) {
        for (int c = 0; c < 2; c++) {
          for (int i = 0; i < 4; i++) {
            for (int j = 0; j < 4; j++) {
              double pixel = image[c * 64 + (p / 2 * 4 + i) * 8 + p % 2 * 4 + j];
              x[p + 1][o] += kernel[((o * 2 + c) * 4 + i) * 4 + j] * pixel;
            }
          }
        }
      }
    }
    for (int t = 0; t < 5; t++) {
      for (int i = 0; i < 12; i++) {
        x[t][i] += places[t * 12 + i];
      }
    }
    for (int layer = 0; layer < 2; layer++) {
      String l = "vit.encoder.layer." + layer;
      double[][] q = new double[5][];
      double[][] k = new double[5][];
      double[][] v = new double[5][];
      for (int t = 0; t < 5; t++) {
        double[] n = norm(w, l + ".layernorm_before", x[t]);
        q[t] = dense(w, l + ".attention.attention.query", n);
        k[t] = dense(w, l + ".attention.attention.key", n);
        v[t] = dense(w, l + ".attention.attention.value", n);
      }
      for (int t = 0; t < 5; t++) {
        double[] seen = new double[12];
        for (int h = 0; h < 3; h++) {
          double sum = 0;
          double[] e = new double[5];
          for (int s = 0; s < 5; s++) {
            for (int i = 0; i < 4; i++) {
              e[s] += q[t][h * 4 + i] * k[s][h * 4 + i] / 2;
            }
            e[s] = Math.exp(e[s]);
            sum += e[s];
          }
          for (int s = 0; s < 5; s++) {
            for (int i = 0; i < 4; i++) {
              seen[h * 4 + i] += e[s] / sum * v[s][h * 4 + i];
            }
          }
        }
        double[] out = dense(w, l + ".attention.output.dense", seen);
        for (int i = 0; i < 12; i++) {
          x[t][i] += out[i];
        }
      }
      for (int t = 0; t < 5; t++) {
        double[] wide = dense(w, l + ".intermediate.dense", norm(w, l + ".layernorm_after", x[t]));
        for (int i = 0; i < wide.length; i++) {
          wide[i] = gelu(wide[i]);
        }
        double[] out = dense(w, l + ".output.dense", wide);
        for (int i = 0; i < 12; i++) {
          x[t][i] += out[i];
        }
      }
    }
    return dense(w, "classifier", norm(w, "vit.layernorm", x[0]));
  }

  @Test
  void load_randomCheckpoint_scoresAgreeWithTheReference() throws IOException {
    VitConfig config = VitConfig.parse("c", CONFIG);
    Vit random = new Vit(config, 6);
    Tensor.noGrad(() -> random.parameters().forEach(p -> p.assign(p.mul(2).add(0.05))));
    Files.writeString(folder.resolve("config.json"), CONFIG);
    Safetensors.write(folder.resolve("model.safetensors"), random.stateDict());
    Vit vit = Vit.load(folder);
    Tensor images = Tensor.randn(DType.F32, 8, 2, 2, 8, 8);
    float[] scores = Tensor.noGrad(() -> vit.forward(images)).toArray();
    for (int b = 0; b < 2; b++) {
      float[] pixels = images.get(b).toArray();
      double[] image = new double[pixels.length];
      for (int i = 0; i < image.length; i++) {
        image[i] = pixels[i];
      }
      double[] expected = reference(random.stateDict(), image);
      for (int i = 0; i < 5; i++) {
        assertThat((double) scores[b * 5 + i]).isCloseTo(expected[i], within(1e-4));
      }
    }
  }

  @Test
  void backward_everyParameter_getsAGradient() {
    Vit vit = new Vit(VitConfig.parse("c", CONFIG), 1);
    Tensor images = Tensor.randn(DType.F32, 8, 3, 2, 8, 8);
    Functional.crossEntropy(vit.forward(images), Tensor.ofLongs(0, 4, 2)).backward();
    assertThat(vit.parameters()).allMatch(Tensor::hasGrad);
  }

  @Test
  void parse_contradictions_areNamed() {
    assertThatThrownBy(() ->
            VitConfig.parse("c.json", CONFIG.replace("\"patch_size\": 4", "\"patch_size\": 3")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "c.json: the width 12 must be a multiple of the 3 heads, the image size 8 of the patch"
                + " size 3");
    assertThatThrownBy(() -> VitConfig.parse("c.json", "{\"model_type\": \"swin\"}"))
        .hasMessage(
            "c.json: the architecture 'swin' is no vision transformer that is built; 'vit' is");
  }
}
