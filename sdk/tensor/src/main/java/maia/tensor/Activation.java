package maia.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maia.numerics.DType;
import maia.numerics.Dmath;
import maia.numerics.Fmath;
import maia.numerics.Function;

/// Activation functions of each element alone, computed in fp32 (fp64 for F64), one rounding per
/// step in the order written, and rounded once to the input's type.
public sealed interface Activation extends Op {
  /// x/2 (1 + erf(x / sqrt 2)).
  record Gelu() implements Activation {}

  /// x/2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), an approximation of [Gelu].
  record GeluTanh() implements Activation {}

  /// x times the logistic function of x.
  record Silu() implements Activation {}

  /// x where it is at least 0, else `slope` x.
  record LeakyRelu(float slope) implements Activation {}

  /// x above 0, else `alpha` (e^x - 1).
  record Elu(float alpha) implements Activation {}

  /// log(1 + e^x).
  record Softplus() implements Activation {}

  /// 1 / sqrt 2, as the device's library rounds it.
  float ONE_OVER_ROOT_TWO = Function.ONE_OVER_ROOT_TWO;

  /// sqrt(2 / pi), as the device's library rounds it.
  float ROOT_TWO_OVER_PI = Function.ROOT_TWO_OVER_PI;

  /// The factor of the cube in [GeluTanh].
  float CUBIC = Function.CUBIC;

  @Override
  default Tensor meta(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    DType type = x.dtype(name());
    if (!type.isFloat()) {
      throw TensorException.of(
          "%s: not defined for %s; convert the tensor with to(F32)", name(), type.label());
    }
    return Tensor.meta(type, x.shape());
  }

  @Override
  default Tensor host(List<Tensor> inputs) {
    Tensor like = meta(inputs);
    if (like.dtype() == DType.F64) {
      double[] wide = Host.doubles(inputs.getFirst());
      Arrays.setAll(wide, i -> of(wide[i]));
      return Host.tensor(wide, DType.F64, like.shape());
    }
    Tensor x = inputs.getFirst();
    return switch (this) {
      case Gelu _ -> HostKernels.map(Function.GELU, x, like.dtype());
      case GeluTanh _ -> HostKernels.map(Function.GELU_TANH, x, like.dtype());
      case Silu _ -> HostKernels.map(Function.SILU, x, like.dtype());
      case LeakyRelu _, Elu _, Softplus _ ->
          HostKernels.map(this, x, like.dtype(), (values, spare, count) -> apply(values, count));
    };
  }

  private void apply(float[] x, int count) {
    for (int i = 0; i < count; i++) {
      x[i] = of(x[i]);
    }
  }

  private float of(float x) {
    return switch (this) {
      case LeakyRelu(var slope) -> x >= 0 ? x : x * slope;
      case Elu(var alpha) -> x > 0 ? x : alpha * exponentialLessOne(x);
      case Softplus _ -> Math.max(x, 0) + logOnePlus(Fmath.exp(-Math.abs(x)));
      case Gelu _, GeluTanh _, Silu _ ->
          throw new IllegalStateException("bug in Activation: " + name() + " has loops of its own");
    };
  }

  private double of(double x) {
    return switch (this) {
      case Gelu _ -> 0.5 * x * (1 + Dmath.erf(x * Math.sqrt(0.5)));
      case GeluTanh _ ->
          0.5 * x * (1 + Dmath.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case Silu _ -> x * Dmath.sigmoid(x);
      case LeakyRelu(var slope) -> x >= 0 ? x : slope * x;
      case Elu(var alpha) -> x > 0 ? x : alpha * Dmath.expm1(x);
      case Softplus _ -> Math.max(x, 0) + Dmath.log1p(Dmath.exp(-Math.abs(x)));
    };
  }

  /// e^x - 1 for x up to 0, accurate near 0.
  private static float exponentialLessOne(float x) {
    float t = Fmath.tanh(0.5f * x);
    return x < -20 ? -1 : 2 * t / (1 - t);
  }

  /// log(1 + e) for e from 0 to 1, accurate near 0.
  private static float logOnePlus(float e) {
    float u = 1 + e;
    return Fmath.log(u) - ((u - 1) - e) / u;
  }

  @Override
  default List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor gradient) {
    DType wide = Normalize.wide(inputs.getFirst());
    Tensor x = inputs.getFirst().to(wide);
    Tensor g = gradient.to(wide);
    Tensor result =
        switch (this) {
          case Gelu _ -> {
            Tensor share = x.mul(Math.sqrt(0.5)).erf().add(1).mul(0.5);
            Tensor density = x.mul(x).mul(-0.5).exp().mul(0.3989422804014327);
            yield g.mul(share.add(x.mul(density)));
          }
          case GeluTanh _ -> {
            Tensor t = x.pow(3).mul(0.044715).add(x).mul(Math.sqrt(2 / Math.PI)).tanh();
            Tensor inner = x.mul(x).mul(3 * 0.044715).add(1).mul(Math.sqrt(2 / Math.PI));
            Tensor slope = t.mul(t).neg().add(1).mul(inner).mul(x);
            yield g.mul(t.add(1).add(slope).mul(0.5));
          }
          case Silu _ -> {
            Tensor s = x.sigmoid();
            yield g.mul(s.mul(s.neg().add(1).mul(x).add(1)));
          }
          case LeakyRelu(var slope) -> x.ge(0).where(g, g.mul(slope));
          case Elu(var alpha) ->
              x.gt(0).where(g, g.mul(x.minimum(Create.zeroLike(x)).exp().mul(alpha)));
          case Softplus _ -> g.mul(x.sigmoid());
        };
    return List.of(Optional.of(result.to(inputs.getFirst().dtype())));
  }
}
