package maia.tensor.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import maia.numerics.DType;
import maia.tensor.LossReduction;
import maia.tensor.Spatial;
import maia.tensor.Tensor;
import maia.tensor.Window;
import org.junit.jupiter.api.Test;

/// Layers and losses against values that PyTorch 1.13 gives.
class MoreLayersTest {
  private static final Tensor A = Tensor.of(new float[] {1, 2, -1, 0.5f, 0, 3}, 2, 3);
  private static final Tensor B = Tensor.of(new float[] {2, 1, 1, -1, 2, 0.25f}, 2, 3);
  private static final Tensor C = Tensor.of(new float[] {1.5f, 2.5f, -1, 0, 1, 1}, 2, 3);
  private static final Tensor Y = Tensor.of(new float[] {0, 3, -1, 0.7f, -2, 2.9f}, 2, 3);
  private static final Tensor SIGNS = Tensor.of(new float[] {1, -1, 1, -1, -1, 1}, 2, 3);

  private static void is(Tensor loss, double... expected) {
    float[] values = loss.toArray();
    assertThat(values).hasSize(expected.length);
    for (int i = 0; i < values.length; i++) {
      assertThat((double) values[i]).isCloseTo(expected[i], within(2e-6));
    }
  }

  @Test
  void losses_followPyTorch() {
    LossReduction mean = LossReduction.MEAN;
    is(new SmoothL1Loss(0.5, mean).forward(A, Y), 0.55);
    is(new PoissonNLLLoss().forward(A, Y.abs()), 3.193246);
    is(new PoissonNLLLoss(PoissonNLLLoss.Form.RATES, mean).forward(A.abs(), Y.abs()), 6.593525);
    is(new GaussianNLLLoss().forward(A, Y, B.abs()), 0.2983333);
    is(new HingeEmbeddingLoss(1, LossReduction.NONE).forward(A, SIGNS), 1, 0, -1, 0.5, 1, 3);
    is(new SoftMarginLoss().forward(A, SIGNS), 0.9115438);
    is(new MarginRankingLoss(0.3, LossReduction.SUM).forward(A, B, SIGNS), 6.7);
    is(new CosineEmbeddingLoss(0.1, mean).forward(A, B, Tensor.of(1, -1)), 0.25);
    is(new TripletMarginLoss(1.2, 2, mean).forward(A, C, B), 0);
    is(new TripletMarginLoss(3, 2, LossReduction.NONE).forward(A, C, B), 1.257617, 1.57477);
  }

  @Test
  void dropout2d_dropsWholeChannels_inTrainingOnly() {
    Dropout2d layer = new Dropout2d(0.5, 3);
    Tensor y = layer.call(Tensor.ones(4, 16, 3, 2));
    Tensor sums = y.sum(2, 3);

    assertThat(sums.eq(0).logicalOr(sums.eq(12)).all().item()).isEqualTo(1);
    assertThat(sums.eq(0).countNonzero().item()).isBetween(16f, 48f);
    layer.eval();
    assertThat(layer.call(A.reshape(1, 2, 3)).toArray()).isEqualTo(A.toArray());
    assertThatThrownBy(() -> new Dropout2d(0.5, 3).call(A))
        .hasMessageStartingWith(
            "channelDropout: needs [N, channels, ..] of at least three dimensions, got 2x3");
  }

  @Test
  void limitedEmbedding_shortensTheRowsItUses() {
    Embedding embedding = Embedding.limited(5, 4, 0.5, 7);
    float[] before = embedding.weight().norm(2, 1).toArray();
    embedding.call(Tensor.ofLongs(1, 3, 1)).sum().backward();
    float[] after = embedding.weight().norm(2, 1).toArray();

    assertThat(before[1]).isGreaterThan(0.5f);
    assertThat(after[1]).isCloseTo(0.5f, within(1e-5f));
    assertThat(after[2]).isEqualTo(before[2]);
    assertThat(embedding.weight().grad().sum(1).toArray()).containsExactly(0, 8, 0, 4, 0);
  }

  @Test
  void embeddingOfVectors_givesThem() {
    assertThat(Embedding.of(A).call(Tensor.ofLongs(1)).toArray()).containsExactly(0.5f, 0, 3);
  }

  @Test
  void layers_callTheirFunctions_andNameThemselves() {
    Tensor image = Tensor.randn(DType.F32, 1, 1, 4, 2, 2);
    assertThat(new PixelShuffle(2).call(image).shape()).containsExactly(1, 1, 4, 4);
    assertThat(new PixelUnshuffle(2).call(image).shape()).containsExactly(1, 16, 1, 1);
    assertThat(new Upsample(3).call(image).get(0, 2, 5, 0).item())
        .isEqualTo(image.get(0, 2, 1, 0).item());
    Window window = Window.of().padding(1);
    Tensor columns = new Unfold(3, window).call(image);
    assertThat(columns.shape()).containsExactly(1, 36, 4);
    assertThat(new Fold(2, 2, 3, window).call(columns).toArray()).isEqualTo(image.mul(4).toArray());
    Module circular =
        new Sequential(new Pad(Spatial.Padding.CIRCULAR, 1, 1, 1, 1), new Conv2d(4, 2, 3, 1));
    assertThat(circular.call(image).shape()).containsExactly(1, 2, 2, 2);
    assertThat(new AdaptiveMaxPool2d(1, 1).call(image).flatten().toArray())
        .isEqualTo(image.amax(2, 3).flatten().toArray());
    var norm = new InstanceNorm(4, 1e-5, InstanceNorm.Affine.LEARNED);
    assertThat(norm.call(image).mean(2, 3).abs().max().item()).isLessThan(1e-6f);
    assertThat(new PReLU().call(Tensor.of(-2, 3)).toArray()).containsExactly(-0.5f, 3);
    assertThat(new GLU().call(Tensor.of(2, 0)).item()).isEqualTo(1);
    assertThat(new Hardtanh().call(Tensor.of(-2, 0.5f)).toArray()).containsExactly(-1, 0.5f);
    assertThat(circular.toString()).contains("Pad(CIRCULAR, [1, 1, 1, 1])");
    assertThat(new Unfold(3, window)).hasToString("Unfold(3, padding=1)");
  }
}
