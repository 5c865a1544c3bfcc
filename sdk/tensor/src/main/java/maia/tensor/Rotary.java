package maia.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maia.numerics.DType;

/// Rotary position embedding: pairs of channels of x `[.., positions, channels]` turn by angles
/// whose cosines and sines `[.., positions, pairs]` broadcast: (a cos - b sin, b cos + a sin). Each
/// product rounds to fp32, then the sum or difference, then once to the type of x. Channels beyond
/// the pairs stay. Gradients flow to x; the angles are constants.
///
/// @param pairs which channels turn together
public record Rotary(Pairs pairs) implements Op {
  /// Which channels turn together.
  public enum Pairs {
    /// Channel i and channel i + pairs, as in GPT-NeoX and the Llama checkpoints of Hugging Face.
    HALVES,
    /// Channels 2i and 2i + 1, as in GPT-J and the original Llama.
    NEIGHBOURS,
  }

  @Override
  public Tensor meta(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    Tensor cos = inputs.get(1);
    Tensor sin = inputs.get(2);
    DType type = x.dtype(name());
    if (!type.isFloat()) {
      throw TensorException.of(
          "rotary: not defined for %s; convert the tensor with to(F32)", type.label());
    }
    ShapeException.check(
        x.rank() >= 2
            && cos.rank() >= 2
            && cos.rank() <= x.rank()
            && Arrays.equals(cos.shape(), sin.shape())
            && cos.size(-2) == x.size(-2)
            && 2 * cos.size(-1) <= x.size(-1),
        "rotary: cos and sin must be [.., positions, pairs] for x [.., positions, channels] with at"
            + " most half as many pairs as channels; x is %s, cos is %s, sin is %s",
        Layout.text(x.shape()),
        Layout.text(cos.shape()),
        Layout.text(sin.shape()));
    Shapes.broadcast(name(), Tensor.meta(type, angles(x, cos)), cos);
    return Tensor.meta(type, x.shape());
  }

  private static long[] angles(Tensor x, Tensor cos) {
    long[] shape = x.shape();
    shape[shape.length - 1] = cos.size(-1);
    return shape;
  }

  @Override
  public Tensor host(List<Tensor> inputs) {
    Tensor like = meta(inputs);
    Tensor x = inputs.get(0);
    if (like.dtype() == DType.F64) {
      return ofDoubles(Host.here(x), Host.here(inputs.get(1)), Host.here(inputs.get(2)));
    }
    float[] values = Host.floats(x);
    long[] shape = angles(x, inputs.get(1));
    float[] cos = Host.floats(inputs.get(1).expand(shape));
    float[] sin = Host.floats(inputs.get(2).expand(shape));
    int channels = Math.toIntExact(x.size(-1));
    int turned = Math.toIntExact(inputs.get(1).size(-1));
    int first = pairs == Pairs.HALVES ? 1 : 2;
    int second = pairs == Pairs.HALVES ? turned : 1;
    int rows = channels == 0 ? 0 : values.length / channels;
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < turned; i++) {
        int at = r * channels + i * first;
        float a = values[at];
        float b = values[at + second];
        float c = cos[r * turned + i];
        float s = sin[r * turned + i];
        values[at] = a * c - b * s;
        values[at + second] = b * c + a * s;
      }
    }
    return Host.tensor(values, like.dtype(), like.shape());
  }

  private Tensor ofDoubles(Tensor x, Tensor cos, Tensor sin) {
    long turned = cos.size(-1);
    Tensor all = x.narrow(-1, 0, 2 * turned);
    boolean halves = pairs == Pairs.HALVES;
    Tensor a = halves ? all.narrow(-1, 0, turned) : all.slice(-1, 0, 2 * turned, 2);
    Tensor b = halves ? all.narrow(-1, turned, turned) : all.slice(-1, 1, 2 * turned, 2);
    Tensor c = cos.to(DType.F64);
    Tensor s = sin.to(DType.F64);
    Tensor first = a.mul(c).sub(b.mul(s));
    Tensor second = b.mul(c).add(a.mul(s));
    Tensor joined =
        halves
            ? Tensor.cat(List.of(first, second), -1)
            : Tensor.stack(List.of(first, second), x.rank()).reshape(all.shape());
    return Tensor.cat(List.of(joined, x.narrow(-1, 2 * turned, x.size(-1) - 2 * turned)), -1);
  }

  @Override
  public List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor gradient) {
    Tensor back = Dispatch.run(this, gradient, inputs.get(1), inputs.get(2).neg());
    return List.of(Optional.of(back), Optional.empty(), Optional.empty());
  }
}
