package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import maia.numerics.DType;
import maia.tensor.Spatial.Corners;
import maia.tensor.Spatial.Interpolation;
import maia.tensor.Spatial.Padding;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class SpatialTest {
  /// fp32 sums of at most 40 products of values around 1.
  private static final float TOLERANCE = 2e-5f;

  private static final double EXACT = 1e-12;

  @RepeatedTest(20)
  void conv2d_anyWindow_equalsSlowLoops(RepetitionInfo repetition) {
    int seed = repetition.getCurrentRepetition();
    SplittableRandom random = new SplittableRandom(seed);
    int groups = random.nextInt(1, 3);
    Window w =
        Window.of()
            .stride(random.nextInt(1, 4), random.nextInt(1, 3))
            .padding(random.nextInt(3), random.nextInt(3))
            .dilation(random.nextInt(1, 3), random.nextInt(1, 3))
            .groups(groups);
    int kernel = random.nextInt(1, 4);
    Tensor x = Tensor.randn(DType.F32, seed, 2, 2L * groups, 7, 8);
    Tensor weight = Tensor.randn(DType.F32, seed + 1, 3L * groups, 2, kernel, 2);
    Tensor y = Spatial.conv2d(x, weight, w);

    double[] expected = slow(x, weight, w, y.shape());
    float[] actual = y.toArray();
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).as("element %d", i).isCloseTo((float) expected[i], within(TOLERANCE));
    }
    assertThat(Host.doubles(Spatial.conv2d(x.to(DType.F64), weight.to(DType.F64), w)))
        .containsExactly(expected, within(EXACT));
    assertThat(Spatial.conv2d(x.to(Device.meta()), weight.to(Device.meta()), w).shape())
        .isEqualTo(y.shape());
  }

  private static double[] slow(Tensor x, Tensor weight, Window w, long... shape) {
    double[] out = new double[(int) Layout.contiguous(shape).elements()];
    int perGroup = (int) (shape[1] / w.groups());
    int at = 0;
    for (int n = 0; n < shape[0]; n++) {
      for (int o = 0; o < shape[1]; o++) {
        for (int r = 0; r < shape[2]; r++) {
          for (int c = 0; c < shape[3]; c++) {
            double sum = 0;
            for (int i = 0; i < weight.size(1); i++) {
              for (int ky = 0; ky < weight.size(2); ky++) {
                for (int kx = 0; kx < weight.size(3); kx++) {
                  int yy = r * w.strideY() + ky * w.dilationY() - w.paddingY();
                  int xx = c * w.strideX() + kx * w.dilationX() - w.paddingX();
                  if (yy >= 0 && yy < x.size(2) && xx >= 0 && xx < x.size(3)) {
                    long channel = o / perGroup * weight.size(1) + i;
                    sum += (double) value(x, n, channel, yy, xx) * value(weight, o, i, ky, kx);
                  }
                }
              }
            }
            out[at++] = sum;
          }
        }
      }
    }
    return out;
  }

  private static float value(Tensor x, long... index) {
    long at = 0;
    for (int d = 0; d < index.length; d++) {
      at = at * x.size(d) + index[d];
    }
    return Host.floats(x)[(int) at];
  }

  @Test
  void convTranspose2d_isTheAdjointOfConv2d() {
    Window w = Window.of().stride(2).padding(1).groups(2);
    Tensor x = Tensor.randn(DType.F64, 1, 2, 4, 7, 6);
    Tensor weight = Tensor.randn(DType.F64, 2, 6, 2, 3, 3);
    Tensor y = Spatial.conv2d(x, weight, w);
    Tensor g = Tensor.randn(DType.F64, 3, y.shape());
    Tensor back = Spatial.convTranspose2d(g, weight, w, 0, 1);

    assertThat(back.shape()).isEqualTo(x.shape());
    assertThat(Host.doubles(back.mul(x).sum())[0])
        .isCloseTo(Host.doubles(y.mul(g).sum())[0], within(1e-9));
    Tensor narrow = Spatial.convTranspose2d(g.to(DType.F32), weight.to(DType.F32), w, 0, 1);
    float[] wide = back.toArray();
    for (int i = 0; i < wide.length; i++) {
      assertThat(narrow.toArray()[i]).isCloseTo(wide[i], within(1e-4f));
    }
  }

  @Test
  void conv2d_ofAnyBatch_givesEachImageTheSameBits() {
    Tensor x = Tensor.randn(DType.F32, 1, 9, 3, 10, 10);
    Tensor weight = Tensor.randn(DType.F32, 2, 8, 3, 3, 3);
    Window w = Window.of().padding(1);
    Tensor all = Spatial.conv2d(x, weight, w);

    for (int n = 0; n < 9; n++) {
      assertThat(Spatial.conv2d(x.narrow(0, n, 1), weight, w).toArray())
          .isEqualTo(all.narrow(0, n, 1).toArray());
    }
  }

  @Test
  void conv_biasAndSignals() {
    Tensor x = Tensor.of(1, 2, 3, 4).reshape(1, 1, 4);
    Tensor w = Tensor.of(1, 0, -1).reshape(1, 1, 3);

    assertThat(Spatial.conv1d(x, w, Tensor.of(10), Window.of().padding(1)).toArray())
        .containsExactly(8, 8, 8, 13);
    Tensor image = Tensor.ones(1, 1, 2, 2);
    Tensor weight = Tensor.of(1, 2, 3, 4).reshape(1, 1, 2, 2);
    assertThat(
            Spatial.convTranspose2d(image, weight, Tensor.of(1), Window.of().stride(2)).toArray())
        .containsExactly(2, 3, 2, 3, 4, 5, 4, 5, 2, 3, 2, 3, 4, 5, 4, 5);
  }

  @Test
  void conv_mistakes_named() {
    Tensor x = Tensor.zeros(1, 3, 4, 4);

    Messages.shapeRefusal(() -> Spatial.conv2d(x, Tensor.zeros(8, 2, 3, 3), Window.of()))
        .isEqualTo(
            "conv2d: 3 channels and 8 outputs do not fit a weight of 2 channels in 1 groups: inputs"
                + " are 1x3x4x4 and 8x2x3x3");
    Messages.shapeRefusal(() -> Spatial.conv2d(x, Tensor.zeros(8, 3, 5, 3), Window.of()))
        .isEqualTo(
            "conv2d: a window of 5x3 (dilation 1, 1) does not fit an image of 4x4 with padding 0, 0");
    Messages.tensorRefusal(
            () -> Spatial.conv2d(x, Tensor.zeros(DType.F64, 8, 3, 3, 3), Window.of()))
        .isEqualTo(
            "conv2d: needs two floating-point tensors of one type, got f32 and f64; convert with"
                + " to(type)");
    Messages.shapeRefusal(
            () -> Spatial.conv2d(x, Tensor.zeros(8, 3, 3, 3), Tensor.zeros(7), Window.of()))
        .isEqualTo("conv2d: bias is 7, must be 8, one per output channel");
    Messages.shapeRefusal(() -> Spatial.maxPool2d(x, 2, 2, Window.of().padding(2)))
        .isEqualTo("maxPool2d: padding must be at most half the window of 2x2, was 2, 2");
    Messages.shapeRefusal(() -> Spatial.pad(x, Padding.REFLECT, 4, 0))
        .isEqualTo("pad: reflect of 4 before and 0 after does not fit dimension 3 of size 4");
    Messages.shapeRefusal(
            () -> Spatial.convTranspose2d(x, Tensor.zeros(3, 1, 2, 2), Window.of(), 1, 0))
        .isEqualTo(
            "convTranspose2d: output padding must be from 0 to below stride or dilation, was 1, 0");
  }

  @Test
  void pooling_knownWindows() {
    Tensor x = Tensor.of(new float[] {1, 5, 2, 0, -3, 4, 7, 7, Float.NaN}, 1, 1, 3, 3);

    assertThat(Spatial.maxPool2d(x, 2, 2, Window.of()).toArray()).containsExactly(5, 5, 7, 7);
    assertThat(Spatial.maxPool2d(x, 2, 2, Window.of().stride(2).padding(1)).toArray())
        .containsExactly(1, 5, 7, 7);
    Tensor y = Tensor.of(1, 2, 3, 4, 5, 6, 7, 8, 9).reshape(1, 1, 3, 3);
    assertThat(Spatial.avgPool2d(y, 2, 2, Window.of()).toArray()).containsExactly(3, 4, 6, 7);
    assertThat(Spatial.avgPool2d(y, 2, 2, Window.of().stride(2).padding(1)).toArray())
        .containsExactly(0.25f, 1.25f, 2.75f, 7);
    assertThat(Spatial.adaptiveAvgPool2d(y, 1, 2).toArray()).containsExactly(4.5f, 5.5f);
    assertThat(Spatial.adaptiveMaxPool2d(y, 2, 1).toArray()).containsExactly(6, 9);
    assertThat(Spatial.maxPool1d(y.reshape(1, 9), 3, Window.of().stride(3)).toArray())
        .containsExactly(3, 6, 9);
  }

  @Test
  void pad_everyMode() {
    Tensor x = Tensor.of(1, 2, 3);

    assertThat(Spatial.pad(x, Padding.ZEROS, 1, 2).toArray()).containsExactly(0, 1, 2, 3, 0, 0);
    assertThat(Spatial.pad(x, Padding.REFLECT, 2, 1).toArray()).containsExactly(3, 2, 1, 2, 3, 2);
    assertThat(Spatial.pad(x, Padding.REPLICATE, 1, 1).toArray()).containsExactly(1, 1, 2, 3, 3);
    assertThat(Spatial.pad(x, Padding.CIRCULAR, 2, 1).toArray()).containsExactly(2, 3, 1, 2, 3, 1);
    assertThat(Spatial.pad(x, 9.0, 1, -1).toArray()).containsExactly(9, 1, 2);
    assertThat(Spatial.pad(Tensor.ofLongs(4, 5), Padding.ZEROS, 1, 0).toLongs())
        .containsExactly(0, 4, 5);
  }

  /// Values that PyTorch's documentation of `Upsample` shows.
  @Test
  void interpolate_asPyTorchDocuments() {
    Tensor x = Tensor.of(1, 2, 3, 4).reshape(1, 1, 2, 2);

    assertThat(Spatial.interpolate(x, 4, 4, Interpolation.NEAREST).toArray())
        .containsExactly(1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4);
    assertThat(Spatial.interpolate(x, 4, 4, Interpolation.BILINEAR).toArray())
        .containsExactly(
            1, 1.25f, 1.75f, 2, 1.5f, 1.75f, 2.25f, 2.5f, 2.5f, 2.75f, 3.25f, 3.5f, 3, 3.25f, 3.75f,
            4);
    assertThat(
            Spatial.interpolate(x, 4, 4, Interpolation.BILINEAR, Corners.ALIGNED)
                .get(0, 0, 1)
                .toArray())
        .containsExactly(new float[] {1.6667f, 2, 2.3333f, 2.6667f}, within(1e-4f));
    Tensor line = Tensor.of(0, 1, 2, 3, 4, 5, 6, 7).reshape(1, 1, 1, 8);
    assertThat(
            Spatial.interpolate(line, 1, 15, Interpolation.BICUBIC, Corners.ALIGNED).toArray()[7])
        .as("a cubic keeps a straight line away from the edges")
        .isCloseTo(3.5f, within(1e-6f));
  }
}
