package maia.tensor;

import java.util.List;
import java.util.Optional;
import maia.numerics.DType;

/// Convolutions of images `[N, C, H, W]` with weights `[O, C / groups, kH, kW]`, and the two
/// operations that are their gradients. All three are linear in both inputs and are each other's
/// gradients, so that every order of derivative exists.
///
/// Each is a matrix product over unfolded windows: one chain of fused multiply-adds per output, in
/// fp32 (fp64 for F64), in ascending order of channel, row and column of the window (for the
/// gradients: of what is summed), rounded once to the type of the inputs.
public sealed interface Convolution extends Op {
  /// Image and weight to result `[N, O, oH, oW]`.
  record Forward(Window window) implements Convolution {
    @Override
    public String name() {
      return "conv2d";
    }
  }

  /// Result `[N, O, oH, oW]` and weight to an image of `height` x `width`: the transposed
  /// convolution.
  record Transposed(Window window, long height, long width) implements Convolution {
    @Override
    public String name() {
      return "convTranspose2d";
    }
  }

  /// Image and gradient of the result to the gradient of the weight, of `kernelY` x `kernelX`.
  record Weight(Window window, long kernelY, long kernelX) implements Convolution {
    @Override
    public String name() {
      return "conv2dWeight";
    }
  }

  /// How the window moves.
  Window window();

  @Override
  default Reads reads() {
    return Reads.INPUTS;
  }

  @Override
  default Tensor meta(List<Tensor> inputs) {
    Tensor a = inputs.get(0);
    Tensor b = inputs.get(1);
    DType type = a.dtype(name());
    if (!type.isFloat() || b.dtype(name()) != type) {
      throw TensorException.of(
          "%s: needs two floating-point tensors of one type, got %s and %s; convert with to(type)",
          name(), type.label(), b.type().label());
    }
    ShapeException.check(
        a.rank() == 4 && b.rank() == 4,
        "%s: needs tensors of four dimensions, got %s and %s",
        name(),
        Layout.text(a.shape()),
        Layout.text(b.shape()));
    ConvolutionShape shape = shape(a, b);
    shape.check(name(), a, b);
    return Tensor.meta(
        type,
        switch (this) {
          case Forward _ -> shape.result();
          case Transposed _ -> shape.image();
          case Weight _ -> shape.weight();
        });
  }

  private ConvolutionShape shape(Tensor a, Tensor b) {
    return switch (this) {
      case Forward(var window) -> ConvolutionShape.of(window, a.shape(), b.shape());
      case Transposed(var window, var height, var width) -> {
        long[] w = b.shape();
        yield ConvolutionShape.of(
            window, new long[] {a.size(0), w[1] * window.groups(), height, width}, w);
      }
      case Weight(var window, var kernelY, var kernelX) -> {
        long[] x = a.shape();
        yield ConvolutionShape.of(
            window, x, new long[] {b.size(1), x[1] / window.groups(), kernelY, kernelX});
      }
    };
  }

  @Override
  default Tensor host(List<Tensor> inputs) {
    Tensor like = meta(inputs);
    ConvolutionShape shape = shape(inputs.get(0), inputs.get(1));
    if (like.type() == DType.F64) {
      return DoubleConvolution.run(this, shape, inputs, like);
    }
    float[] a = Host.floats(inputs.get(0));
    float[] b = Host.floats(inputs.get(1));
    float[] out = new float[Math.toIntExact(like.elements())];
    ConvolutionHost host = new ConvolutionHost(shape);
    switch (this) {
      case Forward _ -> host.forward(a, b, out);
      case Transposed _ -> host.transposed(a, b, out);
      case Weight _ -> host.weight(a, b, out);
    }
    return Host.tensor(out, like.dtype(), like.shape());
  }

  @Override
  default List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor g) {
    Tensor a = inputs.get(0);
    Tensor b = inputs.get(1);
    return switch (this) {
      case Forward _ ->
          List.of(
              Autograd.wanted(a, () -> toImage(g, b, a)),
              Autograd.wanted(b, () -> toWeight(a, g, b)));
      case Transposed _ ->
          List.of(
              Autograd.wanted(a, () -> Dispatch.run(new Forward(window()), g, b)),
              Autograd.wanted(b, () -> toWeight(g, a, b)));
      case Weight _ ->
          List.of(
              Autograd.wanted(a, () -> toImage(b, g, a)),
              Autograd.wanted(b, () -> Dispatch.run(new Forward(window()), a, g)));
    };
  }

  private Tensor toImage(Tensor result, Tensor weight, Tensor image) {
    return Dispatch.run(new Transposed(window(), image.size(2), image.size(3)), result, weight);
  }

  private Tensor toWeight(Tensor image, Tensor result, Tensor weight) {
    return Dispatch.run(new Weight(window(), weight.size(2), weight.size(3)), image, result);
  }

  @Override
  default long flops(List<Tensor> inputs, Tensor output) {
    Tensor weight = this instanceof Weight ? output : inputs.get(1);
    Tensor sums =
        switch (this) {
          case Forward _ -> output;
          case Transposed _ -> inputs.get(0);
          case Weight _ -> inputs.get(1);
        };
    return weight.size(0) == 0 ? 0 : 2 * sums.elements() * (weight.elements() / weight.size(0));
  }
}
