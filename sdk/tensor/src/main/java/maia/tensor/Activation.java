package maia.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maia.numerics.DType;
import maia.numerics.Dmath;
import maia.numerics.Fmath;

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
  float ONE_OVER_ROOT_TWO = 0.70710677f;

  /// sqrt(2 / pi), as the device's library rounds it.
  float ROOT_TWO_OVER_PI = 0.7978846f;

  /// The factor of the cube in [GeluTanh].
  float CUBIC = 0.044715f;

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
    return HostKernels.map(
        this, inputs.getFirst(), like.dtype(), (x, spare, count) -> apply(x, 0, count, spare));
  }

  private void apply(float[] x, int at, int count, float[] t) {
    switch (this) {
      case Gelu _ -> {
        for (int i = 0; i < count; i++) {
          t[i] = x[at + i] * ONE_OVER_ROOT_TWO;
        }
        Fmath.erf(t, 0, t, 0, count);
        halfTimesOnePlus(x, at, count, t);
      }
      case GeluTanh _ -> {
        for (int i = 0; i < count; i++) {
          float v = x[at + i];
          t[i] = (v * v * v * CUBIC + v) * ROOT_TWO_OVER_PI;
        }
        Fmath.tanh(t, 0, t, 0, count);
        halfTimesOnePlus(x, at, count, t);
      }
      case Silu _ -> {
        Fmath.sigmoid(x, at, t, 0, count);
        for (int i = 0; i < count; i++) {
          x[at + i] *= t[i];
        }
      }
      case LeakyRelu(var slope) -> {
        for (int i = at; i < at + count; i++) {
          x[i] = x[i] >= 0 ? x[i] : x[i] * slope;
        }
      }
      case Elu(var alpha) -> {
        for (int i = at; i < at + count; i++) {
          x[i] = x[i] > 0 ? x[i] : alpha * exponentialLessOne(x[i]);
        }
      }
      case Softplus _ -> {
        for (int i = at; i < at + count; i++) {
          x[i] = Math.max(x[i], 0) + logOnePlus(Fmath.exp(-Math.abs(x[i])));
        }
      }
    }
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

  private static void halfTimesOnePlus(float[] x, int at, int count, float[] t) {
    for (int i = 0; i < count; i++) {
      x[at + i] = x[at + i] * 0.5f * (t[i] + 1);
    }
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
