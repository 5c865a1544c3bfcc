package maia.runtime.ops;

import java.util.List;
import maia.kernel.library.Conv2d;
import maia.tensor.Convolution;
import maia.tensor.Tensor;
import maia.tensor.View;
import maia.tensor.Window;

/// Convolutions of images, channels last on the chip.
final class ConvolutionSteps {
  private static final Rule TAPS =
      new Rule.Within(
          0x1p-16,
          Rule.Per.TERMS,
          "the kernel adds over rows, columns and then channels of the window, the host over channels"
              + " first; both are one chain of fused multiply-adds");
  private static final List<Integer> CHANNELS_LAST = List.of(0, 2, 3, 1);

  private ConvolutionSteps() {}

  static void enter(Table table) {
    table
        .family("convolution")
        .add(
            Convolution.Forward.class,
            Convolution.Forward.class,
            "conv2d, conv1d",
            Types.FLOATS,
            TAPS,
            ConvolutionSteps::forward)
        .add(
            Convolution.Transposed.class,
            Convolution.Transposed.class,
            "convTranspose2d",
            Types.FLOATS,
            TAPS,
            ConvolutionGradients::image)
        .add(
            Convolution.Weight.class,
            Convolution.Weight.class,
            "conv2dWeight",
            Types.FLOATS,
            Rule.bits(),
            ConvolutionGradients::weight);
  }

  private static Tensor forward(
      Runner on, Convolution.Forward op, List<Tensor> inputs, Tensor like) {
    boolean isPlain = ProductSteps.multiplies(on, like.type(), like.type());
    Tensor x = isPlain ? inputs.get(0) : ProductSteps.wide(on, inputs.get(0));
    Tensor weight = isPlain ? inputs.get(1) : ProductSteps.wide(on, inputs.get(1));
    int groups = op.window().groups();
    boolean isMeta = Runner.isTimingOnly(inputs);
    Tensor out = on.result(isMeta, like.type(), like.shape());
    if (weight.elements() == 0) {
      return out;
    }
    long c = x.size(1) / groups;
    long o = weight.size(0) / groups;
    for (int g = 0; g < groups; g++) {
      Tensor image = on.dense(lastly(part(x, 1, g * c, c)));
      Tensor filter =
          on.dense(new View.Permute(List.of(2, 3, 1, 0)).apply(part(weight, 0, g * o, o)));
      Tensor y = lastly(part(out, 1, g * o, o));
      on.launch(
          Conv2d.over(
              walk(op.window(), weight),
              (int) (y.size(0) * y.size(1)),
              (int) y.size(2),
              (int) c,
              (int) o,
              x.dtype(),
              like.dtype(),
              on.machine()),
          isMeta,
          image,
          filter,
          y);
    }
    return out;
  }

  private static Conv2d.Walk walk(Window w, Tensor weight) {
    return new Conv2d.Walk(
        (int) weight.size(2),
        (int) weight.size(3),
        w.strideY(),
        w.strideX(),
        w.paddingY(),
        w.paddingX(),
        w.dilationY(),
        w.dilationX());
  }

  private static Tensor part(Tensor x, int dim, long from, long size) {
    return size == x.size(dim) ? x : new View.Slice(dim, from, from + size, 1).apply(x);
  }

  private static Tensor lastly(Tensor x) {
    return new View.Permute(CHANNELS_LAST).apply(x);
  }
}
