package maia.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.quant.Quantizer.Sharing;
import maia.tensor.Tensor;
import maia.tensor.Window;
import maia.tensor.nn.Bias;
import maia.tensor.nn.Conv2d;
import maia.tensor.nn.Flatten;
import maia.tensor.nn.Linear;
import maia.tensor.nn.LinearRule;
import maia.tensor.nn.Module;
import maia.tensor.nn.ReLU;
import maia.tensor.nn.Sequential;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Convolutions are quantised as products of their windows.
class ConvolutionTest {
  private static final Quantizer INT4 = Quantizer.of(new Grid.Ints(4), Sharing.ROWS);
  private static final Quantizer INT8 = Quantizer.of(new Grid.Ints(8), Sharing.ROWS);

  private final Conv2d strided =
      new Conv2d(3, 4, 3, Window.of().stride(2, 1).padding(1, 0), Bias.LEARNED, 3);
  private final Sequential chain =
      Sequential.of(
          strided,
          new ReLU(),
          new Conv2d(4, 8, 2, Window.of(), Bias.NONE, 4),
          new Flatten(),
          new Linear(8 * 3 * 5, 6, 5));
  private final Tensor images = Tensor.randn(DType.F32, 7, 2, 3, 7, 8);

  /// A convolution with these weights in binary64, loop by loop.
  private static double[] slow(float[] x, long[] shape, float[] w, float[] b, int k, Window at) {
    int c = (int) shape[1];
    int height = (int) shape[2];
    int width = (int) shape[3];
    int rows = (height + 2 * at.paddingY() - k) / at.strideY() + 1;
    int columns = (width + 2 * at.paddingX() - k) / at.strideX() + 1;
    int out = b.length;
    double[] y = new double[(int) shape[0] * out * rows * columns];
    for (int i = 0; i < y.length; i++) {
      int column = i % columns * at.strideX() - at.paddingX();
      int row = i / columns % rows * at.strideY() - at.paddingY();
      int o = i / (columns * rows) % out;
      int n = i / (columns * rows * out);
      double sum = b[o];
      for (int j = 0; j < c * k * k; j++) {
        int r = row + j / k % k;
        int q = column + j % k;
        boolean inside = r >= 0 && r < height && q >= 0 && q < width;
        int from = ((n * c + j / (k * k)) * height + r) * width + q;
        sum += inside ? (double) w[o * c * k * k + j] * x[from] : 0;
      }
      y[i] = sum;
    }
    return y;
  }

  private static void assertClose(float[] actual, double[] expected) {
    assertThat(actual).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) actual[i]).as("element %d", i).isCloseTo(expected[i], within(1e-5));
    }
  }

  @Test
  void windowsTimesWeights_areTheConvolution() {
    Tensor direct = strided.forward(images);
    Tensor byRule = LinearRule.within(Linear::forward, () -> strided.forward(images));
    assertThat(byRule.shape()).isEqualTo(direct.shape());
    float[] w = strided.weight().toArray();
    Window at = Window.of().stride(2, 1).padding(1, 0);
    double[] slow = slow(images.toArray(), images.shape(), w, strided.bias().toArray(), 3, at);
    assertClose(byRule.contiguous().toArray(), slow);
    assertClose(direct.toArray(), slow);
  }

  @Test
  void storedWeights_areConvolvedWithTheInputsAsTheyAre() {
    Sequential one = Sequential.of(strided);
    Tensor y = Tensor.noGrad(() -> Quantize.of(one).weights(INT4).apply().forward(images));
    float[] w = INT4.fake(strided.weight().toArray(), 4, 27);
    Window at = Window.of().stride(2, 1).padding(1, 0);
    assertClose(
        y.contiguous().toArray(),
        slow(images.toArray(), images.shape(), w, strided.bias().toArray(), 3, at));
  }

  @Test
  void chainAndModule_giveTheSameBits_withEveryWayToCalibrate() {
    var int8 = Quantizer.of(new Grid.Ints(8), Sharing.TENSOR);
    for (Method method : List.of(Method.NEAREST, Method.GPTQ, Method.AWQ, Method.SMOOTH)) {
      var asChain =
          Quantize.of(chain).weights(INT4).activations(int8, Observer.MIN_MAX).calibrate(images);
      var asModule =
          Quantize.of((Module) chain)
              .weights(INT4)
              .activations(int8, Observer.MIN_MAX)
              .calibrate(images);
      QuantizedModel model = asModule.with(method).apply();
      assertThat(model.layers().keySet()).containsExactly("0", "2", "4");
      Tensor y = Tensor.noGrad(() -> asChain.with(method).apply().forward(images));
      Tensor z = Tensor.noGrad(() -> model.forward(images));
      assertThat(z.toArray()).as(method.label()).isEqualTo(y.toArray());
    }
  }

  @Test
  void schemes_storeConvolutionsToo() {
    Tensor exact = Tensor.noGrad(() -> chain.forward(images));
    for (Scheme scheme :
        List.of(
            new Scheme.Half(DType.BF16),
            new Scheme.PerTensor(DType.FP8_E4M3),
            new Scheme.Block(BlockFormat.MXFP8_E4M3, ScaleRule.FLOOR))) {
      Sequential stored = Quantize.of(chain).with(scheme).calibrate(images).apply();
      assertThat(stored.parts().getFirst()).isInstanceOf(StoredConv.class);
      Tensor y = Tensor.noGrad(() -> stored.forward(images));
      double error = y.sub(exact).pow(2).mean().item() / exact.pow(2).mean().item();
      // outputs are small sums of large products here, which magnifies rounding
      assertThat(error).as(scheme.label()).isBetween(1e-9, 0.05);
    }
  }

  @Test
  void groupsAndDilation_areKept() {
    Sequential grouped =
        Sequential.of(
            new Conv2d(4, 4, 3, Window.of().groups(2), Bias.NONE, 1),
            new Conv2d(4, 2, 2, Window.of().dilation(2), Bias.NONE, 2),
            new Conv2d(2, 2, 1, 3));
    QuantizedModel q = Quantize.of((Module) grouped).weights(INT4).apply();
    assertThat(q.layers().keySet()).containsExactly("2");
    Sequential c = Quantize.of(grouped).weights(INT4).apply();
    Tensor images = Tensor.randn(DType.F32, 4, 1, 4, 6, 6);
    assertThat(c.parts().get(0)).hasToString(grouped.parts().get(0).toString());
    assertThat(c.parts().get(0).forward(images).toArray())
        .isEqualTo(grouped.parts().get(0).forward(images).toArray());
    assertThat(c.parts().get(2)).isInstanceOf(StoredConv.class);
    Conv2d first = (Conv2d) grouped.parts().getFirst();
    assertThatThrownBy(() -> first.windows(Tensor.zeros(DType.F32, 1, 4, 5, 5)))
        .hasMessageStartingWith(
            "conv2d: windows need a convolution without groups and dilation and images [N, 4, height,"
                + " width], got Conv2d(4, 4, kernel=3, groups=2, bias=none) and [1, 4, 5, 5]");
  }

  @Test
  void checkpoint_ofConvolutions_comesBackBitForBit(@TempDir Path folder) {
    QuantizedModel q =
        Quantize.of((Module) chain).weights(INT4).activations(INT8).calibrate(images).apply();
    Path file = folder.resolve("q.safetensors");
    QuantCheckpoint.write(file, q);
    Sequential other =
        Sequential.of(
            new Conv2d(3, 4, 3, Window.of().stride(2, 1).padding(1, 0), Bias.LEARNED, 13),
            new ReLU(),
            new Conv2d(4, 8, 2, Window.of(), Bias.NONE, 14),
            new Flatten(),
            new Linear(8 * 3 * 5, 6, 15));
    QuantizedModel back = QuantCheckpoint.read(file, other);
    assertThat(Tensor.noGrad(() -> back.forward(images)).toArray())
        .isEqualTo(Tensor.noGrad(() -> q.forward(images)).toArray());
  }

  @Test
  void training_passesStraightThroughConvolutions_andConvertsToTheSameBits() {
    Qat qat = Qat.of(chain, INT4, INT8);
    Tensor y = qat.forward(images);
    y.pow(2).mean().backward();
    assertThat(strided.weight().grad().abs().amax().item()).isPositive();
    assertThat(Tensor.noGrad(() -> qat.convert().forward(images)).toArray()).isEqualTo(y.toArray());
  }

  @Test
  void sensitivityAndReport_countConvolutions() {
    var loss = (Sensitivity.BatchLoss) (m, i) -> m.forward(images).pow(2).mean();
    Sensitivity s = Sensitivity.of(chain, List.of(INT4), List.of(images), loss);
    assertThat(s.layers()).containsExactly("0", "2", "4");
    assertThat(s.rows()).allMatch(r -> r.gradient() > 0 && r.noise() > 0);
    QuantizedModel q = Quantize.of((Module) chain).weights(INT4).apply();
    assertThat(QuantReport.of(q, images).layers())
        .extracting(LayerReport::name)
        .containsExactly("0", "2", "4");
  }
}
