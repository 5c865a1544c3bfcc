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
import maia.tensor.nn.Conv1d;
import maia.tensor.nn.Conv2d;
import maia.tensor.nn.ConvTranspose2d;
import maia.tensor.nn.Flatten;
import maia.tensor.nn.Linear;
import maia.tensor.nn.LinearRule;
import maia.tensor.nn.Module;
import maia.tensor.nn.ReLU;
import maia.tensor.nn.Sequential;
import maia.tensor.nn.Windowed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Convolutions are quantised as products of their windows.
class ConvolutionTest {
  private static final Quantizer INT4 = Quantizer.of(new Grid.Ints(4), Sharing.ROWS);
  private static final Quantizer INT8 = Quantizer.of(new Grid.Ints(8), Sharing.ROWS);
  private static final Quantizer WHOLE = Quantizer.of(new Grid.Ints(8), Sharing.TENSOR);

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

  /// Convolutions of every kind, one behind the other.
  private static Sequential everyKind(long seed) {
    return Sequential.of(
        new Conv2d(4, 8, 3, Window.of().groups(4).padding(1), Bias.LEARNED, seed),
        new Conv2d(8, 6, 2, Window.of().dilation(2).groups(2), Bias.NONE, seed + 1),
        new ConvTranspose2d(6, 4, 3, Window.of().stride(2).groups(2), 1, Bias.LEARNED, seed + 2),
        new ConvTranspose2d(4, 2, 2, seed + 3),
        new Flatten(2),
        new Conv1d(2, 4, 5, Window.of().stride(3).groups(2), Bias.LEARNED, seed + 4));
  }

  private final Tensor square = Tensor.randn(DType.F32, 4, 1, 4, 6, 6);

  @Test
  void everyKindOfConvolution_storesWhatItsOwnFormWouldCompute() {
    Sequential exact = everyKind(1);
    for (Module part : List.of(exact.parts().get(0), exact.parts().get(5))) {
      Tensor x = part instanceof Conv2d ? square : Tensor.randn(DType.F32, 5, 1, 2, 20);
      QuantizedModel q = Quantize.of((Module) Sequential.of(part)).weights(INT4).apply();
      Module stored = everyKind(2).parts().get(part instanceof Conv2d ? 0 : 5);
      StoredLinear layer = (StoredLinear) q.layers().get("0");
      Tensor values = ((Windowed) part).fromMatrix(layer.values());
      stored.loadStateDict(
          part instanceof Conv2d c
              ? java.util.Map.of("weight", values, "bias", c.bias().detach())
              : java.util.Map.of(
                  "weight", values, "bias", part.namedParameters().get("bias").detach()));
      Tensor y = Tensor.noGrad(() -> q.forward(x));
      Tensor z = Tensor.noGrad(() -> stored.forward(x));
      assertThat(y.shape()).isEqualTo(z.shape());
      assertThat(y.sub(z).abs().amax().item()).isCloseTo(0, within(1e-5f));
    }
  }

  @Test
  void everyKindOfConvolution_asChainAndModule_givesTheSameBits() {
    Sequential exact = everyKind(1);
    Tensor before = Tensor.noGrad(() -> exact.forward(square));
    for (Method method : List.of(Method.NEAREST, Method.SMOOTH, Method.ROTATE)) {
      QuantizedModel model =
          Quantize.of((Module) exact)
              .weights(INT8)
              .activations(WHOLE, Observer.MIN_MAX)
              .calibrate(square)
              .with(method)
              .apply();
      assertThat(model.layers().keySet()).containsExactly("0", "1", "2", "3", "5");
      Tensor y = Tensor.noGrad(() -> model.forward(square));
      Sequential asChain =
          Quantize.of(exact)
              .weights(INT8)
              .activations(WHOLE, Observer.MIN_MAX)
              .calibrate(square)
              .with(method)
              .apply();
      assertThat(Tensor.noGrad(() -> asChain.forward(square)).toArray()).isEqualTo(y.toArray());
      double error = y.sub(before).pow(2).mean().item() / before.pow(2).mean().item();
      assertThat(error).as(method.label()).isBetween(1e-9, 0.01);
    }
    for (Scheme scheme : List.of(Scheme.BF16, Scheme.FP8_E4M3, Scheme.MXFP8)) {
      QuantizedModel model = Quantize.of((Module) exact).with(scheme).calibrate(square).apply();
      double error =
          Tensor.noGrad(() -> model.forward(square)).sub(before).pow(2).mean().item()
              / before.pow(2).mean().item();
      assertThat(error).as(scheme.label()).isBetween(1e-9, 0.02);
    }
  }

  @Test
  void methodsThatNeedTheInputsOfAGroup_areRefusedByName() {
    Sequential exact = everyKind(1);
    assertThatThrownBy(() ->
            Quantize.of((Module) exact).weights(INT4).calibrate(square).with(Method.GPTQ).apply())
        .hasMessage(
            "quantise '0': GPTQ is not built for the 4 groups of a convolution; leave the layer out with"
                + " keep(\"0\"), or name the layers of the method with only(...)");
    assertThatThrownBy(() ->
            Quantize.of((Module) exact)
                .weights(INT4.with(Quantizer.Range.IMPORTANCE))
                .calibrate(square)
                .apply())
        .hasMessageStartingWith(
            "quantise '0': ranges by importance are not built for the 4 groups");
    QuantizedModel some =
        Quantize.of((Module) exact)
            .weights(INT4)
            .calibrate(square)
            .with(Method.GPTQ.only("3"))
            .apply();
    QuantReport report = QuantReport.of(some, square);
    assertThat(report.layers())
        .extracting(LayerReport::method)
        .containsExactly(
            "round to nearest", "round to nearest", "round to nearest", "GPTQ", "round to nearest");
    assertThat(report.kept()).isEmpty();
  }

  @Test
  void checkpoint_ofEveryKindOfConvolution_comesBackBitForBit(@TempDir Path folder) {
    QuantizedModel q = Quantize.of((Module) everyKind(1)).weights(INT4).activations(INT8).apply();
    Path file = folder.resolve("q.safetensors");
    QuantCheckpoint.write(file, q);
    Sequential other = everyKind(11);
    QuantizedModel back = QuantCheckpoint.read(file, other);
    Tensor y = Tensor.noGrad(() -> q.forward(square));
    assertThat(Tensor.noGrad(() -> back.forward(square)).toArray()).isEqualTo(y.toArray());
    // the fp32 weights are what the codes stand for
    double most = Tensor.noGrad(() -> other.forward(square)).sub(y).abs().amax().item();
    assertThat(most).isLessThan(0.2 * y.abs().amax().item());
    Path again = folder.resolve("again.safetensors");
    QuantCheckpoint.write(again, back);
    assertThat(again).hasSameBinaryContentAs(file);
  }

  @Test
  void training_ofEveryKindOfConvolution_convertsToTheSameBits() {
    Sequential exact = everyKind(1);
    Qat qat = Qat.of(exact, INT4, INT8);
    Tensor y = qat.forward(square);
    y.pow(2).mean().backward();
    assertThat(exact.namedParameters().values()).allMatch(p -> p.grad().abs().amax().item() > 0);
    assertThat(Tensor.noGrad(() -> qat.convert().forward(square)).toArray()).isEqualTo(y.toArray());
  }

  @Test
  void sensitivity_ofATransposedConvolution_pairsGradientsWithTheirWeights() {
    ConvTranspose2d layer = new ConvTranspose2d(3, 4, 2, 1);
    Sequential one = Sequential.of(layer);
    Tensor x = Tensor.randn(DType.F32, 2, 1, 3, 4, 4);
    // only the first output channel counts
    var loss = (Sensitivity.BatchLoss) (m, i) -> m.forward(x).select(1, 0).pow(2).mean();
    Sensitivity s = Sensitivity.of(one, List.of(INT4), List.of(x), loss);
    one.zeroGrad();
    loss.of(one, 0).backward();
    float[] g = layer.asMatrix(layer.weight().grad()).toArray();
    float[] w = layer.product().weight().detach().toArray();
    float[] stored = INT4.fake(w, 4, 12);
    double expected = 0;
    for (int i = 0; i < w.length; i++) {
      expected += 0.5 * g[i] * g[i] * Math.pow((double) stored[i] - w[i], 2);
    }
    assertThat(s.rows().getFirst().gradient()).isCloseTo(expected, within(1e-9 * expected));
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
