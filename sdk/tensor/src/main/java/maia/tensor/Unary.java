package maia.tensor;

import java.util.List;
import java.util.Optional;
import maia.numerics.DType;
import maia.numerics.Dmath;
import maia.numerics.Fmath;
import maia.numerics.Function;

/// Operations on each element alone, computed in fp32 (fp64 for F64, integers for integers) and
/// rounded to the input's type; functions whose values are no integers take integers as F32.
public sealed interface Unary extends Op {
  /// 0 where x is below 0, else x; NaN stays NaN, as in PyTorch.
  record Relu() implements Unary {}

  /// e to the x.
  record Exp() implements Unary {}

  /// The natural logarithm.
  record Log() implements Unary {}

  /// The hyperbolic tangent.
  record Tanh() implements Unary {}

  /// 1 / (1 + e to the -x).
  record Sigmoid() implements Unary {}

  /// The error function.
  record Erf() implements Unary {}

  /// The square root.
  record Sqrt() implements Unary {}

  /// -x.
  record Neg() implements Unary {}

  /// The magnitude.
  record Abs() implements Unary {}

  /// -1, 0 or 1; zero and NaN unchanged.
  record Sign() implements Unary {}

  /// x multiplied with itself `exponent` - 1 times, from the left; the reciprocal of that for
  /// negative exponents.
  record Pow(int exponent) implements Unary {}

  /// Limited to `low` and `high`, NaN kept.
  record Clamp(double low, double high) implements Unary {}

  @Override
  default Tensor meta(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    DType type = x.dtype(name());
    return switch (this) {
      case Exp _, Log _, Tanh _, Sigmoid _, Erf _, Sqrt _ ->
          Tensor.meta(type.isFloat() ? type : DType.F32, x.shape());
      case Relu _, Neg _, Abs _, Sign _, Pow _, Clamp _ -> {
        if (type == DType.BOOL) {
          throw TensorException.of(
              "%s: not defined for %s; convert the tensor with to(F32)", name(), type.label());
        }
        yield Tensor.meta(type, x.shape());
      }
    };
  }

  @Override
  default Tensor host(List<Tensor> inputs) {
    DType type = meta(inputs).dtype();
    Tensor given = inputs.getFirst();
    Tensor x = given.dtype().isFloat() == type.isFloat() ? given : given.to(type);
    return switch (Host.Kind.of(type)) {
      case FLOAT -> ofFloats(x, type);
      case DOUBLE -> Host.tensor(apply(Host.doubles(x)), type, x.shape());
      case LONG -> Host.wrapped(apply(Host.longs(x)), type, x.shape());
    };
  }

  private Tensor ofFloats(Tensor x, DType type) {
    return switch (this) {
      case Exp _ -> HostKernels.map(Function.EXP, x, type);
      case Tanh _ -> HostKernels.map(Function.TANH, x, type);
      case Sigmoid _ -> HostKernels.map(Function.SIGMOID, x, type);
      case Relu _, Log _, Erf _, Sqrt _, Neg _, Abs _, Sign _, Pow _, Clamp _ ->
          HostKernels.map(this, x, type, (v, spare, count) -> apply(v, count));
    };
  }

  private void apply(float[] x, int n) {
    switch (this) {
      case Relu _ -> {
        for (int i = 0; i < n; i++) {
          x[i] = x[i] < 0 ? 0 : x[i];
        }
      }
      case Exp _ -> Fmath.exp(x, 0, x, 0, n);
      case Log _ -> Fmath.log(x, 0, x, 0, n);
      case Tanh _ -> Fmath.tanh(x, 0, x, 0, n);
      case Sigmoid _ -> Fmath.sigmoid(x, 0, x, 0, n);
      case Erf _ -> Fmath.erf(x, 0, x, 0, n);
      case Sqrt _ -> {
        for (int i = 0; i < n; i++) {
          x[i] = (float) Math.sqrt(x[i]);
        }
      }
      case Neg _ -> {
        for (int i = 0; i < n; i++) {
          x[i] = -x[i];
        }
      }
      case Abs _ -> {
        for (int i = 0; i < n; i++) {
          x[i] = Math.abs(x[i]);
        }
      }
      case Sign _ -> {
        for (int i = 0; i < n; i++) {
          x[i] = Math.signum(x[i]);
        }
      }
      case Pow(var exponent) -> {
        for (int i = 0; i < n; i++) {
          x[i] = power(x[i], exponent);
        }
      }
      case Clamp(var low, var high) -> {
        for (int i = 0; i < n; i++) {
          x[i] = x[i] < low ? (float) low : x[i] > high ? (float) high : x[i];
        }
      }
    }
  }

  private double[] apply(double[] x) {
    for (int i = 0; i < x.length; i++) {
      double v = x[i];
      x[i] =
          switch (this) {
            case Relu _ -> v < 0 ? 0 : v;
            case Sqrt _ -> Math.sqrt(v);
            case Neg _ -> -v;
            case Abs _ -> Math.abs(v);
            case Sign _ -> Math.signum(v);
            case Pow(var exponent) -> power(v, exponent);
            case Clamp(var low, var high) -> v < low ? low : v > high ? high : v;
            case Exp _ -> Dmath.exp(v);
            case Log _ -> Dmath.log(v);
            case Tanh _ -> Dmath.tanh(v);
            case Sigmoid _ -> Dmath.sigmoid(v);
            case Erf _ -> Dmath.erf(v);
          };
    }
    return x;
  }

  private long[] apply(long[] x) {
    for (int i = 0; i < x.length; i++) {
      long v = x[i];
      x[i] =
          switch (this) {
            case Relu _ -> Math.max(v, 0);
            case Neg _ -> -v;
            case Abs _ -> Math.abs(v);
            case Sign _ -> Long.signum(v);
            case Pow(var exponent) -> power(v, exponent);
            case Clamp(var low, var high) -> v < low ? (long) low : v > high ? (long) high : v;
            case Sqrt _, Exp _, Log _, Tanh _, Sigmoid _, Erf _ ->
                throw new IllegalStateException("bug in Unary: " + name() + " of i64 passed meta");
          };
    }
    return x;
  }

  private static float power(float x, int exponent) {
    float product = 1;
    for (int i = 0; i < Math.abs(exponent); i++) {
      product *= x;
    }
    return exponent < 0 ? 1 / product : product;
  }

  private static double power(double x, int exponent) {
    double product = 1;
    for (int i = 0; i < Math.abs(exponent); i++) {
      product *= x;
    }
    return exponent < 0 ? 1 / product : product;
  }

  private static long power(long x, int exponent) {
    if (exponent < 0) {
      throw TensorException.of(
          "pow: exponent %d of an integer tensor must not be negative; use to(F32)", exponent);
    }
    long product = 1;
    for (int i = 0; i < exponent; i++) {
      product *= x;
    }
    return product;
  }

  @Override
  default Reads reads() {
    return switch (this) {
      case Relu _, Exp _, Tanh _, Sigmoid _, Sqrt _ -> Reads.OUTPUT;
      case Neg _, Sign _ -> Reads.NOTHING;
      case Log _, Erf _, Abs _, Pow _, Clamp _ -> Reads.INPUTS;
    };
  }

  @Override
  default List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor g) {
    Tensor x = inputs.getFirst();
    Tensor result =
        switch (this) {
          case Relu _ -> output.gt(0).where(g, Create.zeroLike(g));
          case Exp _ -> g.mul(output);
          case Log _ -> g.div(x);
          case Tanh _ -> g.mul(output.mul(output).neg().add(1));
          case Sigmoid _ -> g.mul(output).mul(output.neg().add(1));
          case Erf _ -> g.mul(x.mul(x).neg().exp().mul(1.1283791670955126));
          case Sqrt _ -> g.div(output.mul(2));
          case Neg _ -> g.neg();
          case Abs _ -> g.mul(x.sign());
          case Sign _ -> Create.fullLike(g, 0);
          case Pow(var exponent) when exponent == 0 -> Create.fullLike(g, 0);
          case Pow(var exponent) -> g.mul(x.pow(exponent - 1).mul(exponent));
          case Clamp(var low, var high) -> {
            Tensor zero = Create.zeroLike(g);
            yield x.ge(low).where(x.le(high).where(g, zero), zero);
          }
        };
    return List.of(Optional.of(result));
  }
}
