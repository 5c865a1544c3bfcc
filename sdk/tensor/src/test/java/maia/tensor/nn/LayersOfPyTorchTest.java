package maia.tensor.nn;

import static maia.numerics.DType.F32;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import maia.tensor.Tensor;
import maia.tensor.Window;
import maia.tensor.optim.AdamSettings;
import maia.tensor.optim.AdamW;
import maia.tensor.optim.ParamGroup;
import org.junit.jupiter.api.Test;

class LayersOfPyTorchTest {
  @Test
  void embeddingWithPadding_readsZeros_andGivesThatRowNoGradient() {
    Embedding embedding = new Embedding(4, 3, 1, 7);
    Tensor y = embedding.call(Tensor.ofLongs(1, 2, 1));
    assertThat(y.get(0).toArray()).containsExactly(0, 0, 0);
    assertThat(y.get(1).toArray()).isEqualTo(embedding.weight().get(2).toArray());
    y.sum().backward();
    assertThat(embedding.weight().grad().sum(1).toArray()).containsExactly(0, 0, 3, 0);
    assertThat(embedding).hasToString("Embedding(rows=4, width=3, padding=1)");
  }

  @Test
  void embeddingWithAPaddingRowThatIsNone_isRefused() {
    assertThatThrownBy(() -> new Embedding(4, 3, 4, 7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("embedding: the padding row must be one of the 4, was 4");
  }

  /// Every input element adds its weight to the places that a convolution would have read for it.
  @Test
  void convTranspose2d_addsTheWindowOfEveryElement() {
    ConvTranspose2d layer =
        new ConvTranspose2d(2, 3, 3, Window.of().stride(2).padding(1), 1, Bias.LEARNED, 5);
    Tensor x = Tensor.randn(F32, 1, 1, 2, 3, 4);
    Tensor y = layer.call(x).detach();
    assertThat(y.shape()).containsExactly(1, 3, 6, 8);
    float[] in = x.toArray();
    float[] weight = layer.weight().detach().toArray();
    float[] bias = layer.bias().detach().toArray();
    double[][][] expected = new double[3][8][10];
    for (int c = 0; c < 2; c++) {
      for (int i = 0; i < 12; i++) {
        for (int o = 0; o < 3; o++) {
          for (int k = 0; k < 9; k++) {
            expected[o][i / 4 * 2 + k / 3][i % 4 * 2 + k % 3] +=
                (double) in[c * 12 + i] * weight[(c * 3 + o) * 9 + k];
          }
        }
      }
    }
    float[] got = y.toArray();
    for (int i = 0; i < got.length; i++) {
      int o = i / 48;
      double value = expected[o][i % 48 / 8 + 1][i % 8 + 1] + bias[o];
      assertThat((double) got[i]).isCloseTo(value, within(1e-5));
    }
    assertThat(layer).hasToString("ConvTranspose2d(2, 3, kernel=3, stride=2, padding=1, extra=1)");
  }

  @Test
  void amsgrad_dividesByTheLargestSquare() {
    Tensor p = Tensor.of(1f, -2f).requireGrad();
    AdamW optimizer =
        new AdamW(List.of(new ParamGroup(List.of(p), 0.1, 0)), AdamSettings.PUBLISHED.amsgrad());
    double[] value = {1, -2};
    double[] mean = new double[2];
    double[] square = new double[2];
    double[] most = new double[2];
    float[][] slopes = {{3, -1}, {0.1f, 2}, {-0.2f, 0.5f}, {0, -0.3f}};
    for (int step = 0; step < slopes.length; step++) {
      optimizer.zeroGrad();
      p.mul(Tensor.of(slopes[step])).sum().backward();
      optimizer.step();
      for (int i = 0; i < 2; i++) {
        double g = slopes[step][i];
        mean[i] = 0.9 * mean[i] + 0.1 * g;
        square[i] = 0.999 * square[i] + 0.001 * g * g;
        most[i] = Math.max(most[i], square[i]);
        double root = Math.sqrt(most[i]) / Math.sqrt(1 - Math.pow(0.999, step + 1));
        value[i] -= 0.1 / (1 - Math.pow(0.9, step + 1)) * mean[i] / (root + 1e-8);
      }
    }
    float[] got = p.detach().toArray();
    assertThat((double) got[0]).isCloseTo(value[0], within(1e-4));
    assertThat((double) got[1]).isCloseTo(value[1], within(1e-4));
  }
}
