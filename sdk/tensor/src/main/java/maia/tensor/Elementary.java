package maia.tensor;

import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import maia.numerics.DType;
import maia.numerics.Dmath;
import maia.numerics.Fmath;
import org.jspecify.annotations.Nullable;

/// A function of each element alone. It is computed in fp64 and rounded once, except where fp32 has
/// a function of its own ([Fmath]), whose bits are the device's. Integers and truth values are
/// computed as F32, but stay what they are where the function only rounds.
///
/// @param function which one
public record Elementary(Function function) implements Op {
  private static final double LN2 = 0.69314718055994530942;
  private static final double LN10 = 2.30258509299404568402;
  private static final double HALF_ROOT_PI = 0.88622692545275801365;

  /// The gradient of a function from its argument, its value and the gradient of the value.
  @FunctionalInterface
  interface Rule {
    Tensor of(Tensor x, Tensor y, Tensor g);
  }

  /// A function in fp32.
  @FunctionalInterface
  interface Single {
    float of(float x);
  }

  /// The functions by name.
  public enum Function {
    SIN("sin", Dmath::sin, Fmath::sin, Reads.INPUTS, (x, y, g) -> g.mul(x.cos())),
    COS("cos", Dmath::cos, Fmath::cos, Reads.INPUTS, (x, y, g) -> g.mul(x.sin()).neg()),
    TAN("tan", Dmath::tan, Reads.OUTPUT, (x, y, g) -> g.mul(y.square().add(1))),
    ASIN("asin", Dmath::asin, Reads.INPUTS, (x, y, g) -> g.mul(x.square().neg().add(1).rsqrt())),
    ACOS(
        "acos",
        Dmath::acos,
        Reads.INPUTS,
        (x, y, g) -> g.mul(x.square().neg().add(1).rsqrt()).neg()),
    ATAN("atan", Dmath::atan, Reads.INPUTS, (x, y, g) -> g.div(x.square().add(1))),
    SINH("sinh", Dmath::sinh, Reads.INPUTS, (x, y, g) -> g.mul(x.cosh())),
    COSH("cosh", Dmath::cosh, Reads.INPUTS, (x, y, g) -> g.mul(x.sinh())),
    ASINH("asinh", Dmath::asinh, Reads.INPUTS, (x, y, g) -> g.mul(x.square().add(1).rsqrt())),
    ACOSH("acosh", Dmath::acosh, Reads.INPUTS, (x, y, g) -> g.mul(x.square().sub(1).rsqrt())),
    ATANH("atanh", Dmath::atanh, Reads.INPUTS, (x, y, g) -> g.div(x.square().neg().add(1))),
    EXP2("exp2", Dmath::exp2, Fmath::exp2, Reads.OUTPUT, (x, y, g) -> g.mul(y).mul(LN2)),
    EXPM1("expm1", Dmath::expm1, Reads.OUTPUT, (x, y, g) -> g.mul(y.add(1))),
    LOG1P("log1p", Dmath::log1p, Reads.INPUTS, (x, y, g) -> g.div(x.add(1))),
    LOG2("log2", Dmath::log2, Fmath::log2, Reads.INPUTS, (x, y, g) -> g.div(x.mul(LN2))),
    LOG10("log10", Dmath::log10, Reads.INPUTS, (x, y, g) -> g.div(x.mul(LN10))),
    RSQRT("rsqrt", x -> 1 / Math.sqrt(x), Reads.OUTPUT, (x, y, g) -> g.mul(y.pow(3)).mul(-0.5)),
    RECIPROCAL("reciprocal", x -> 1 / x, Reads.OUTPUT, (x, y, g) -> g.mul(y.square()).neg()),
    SQUARE("square", x -> x * x, Reads.INPUTS, (x, y, g) -> g.mul(x).mul(2)),
    ERFC(
        "erfc",
        Dmath::erfc,
        Reads.INPUTS,
        (x, y, g) -> g.mul(x.square().neg().exp()).div(-HALF_ROOT_PI)),
    ERFINV(
        "erfinv",
        Dmath::erfinv,
        Reads.OUTPUT,
        (x, y, g) -> g.mul(y.square().exp()).mul(HALF_ROOT_PI)),
    LGAMMA("lgamma", Dmath::lgamma, Reads.INPUTS, (x, y, g) -> g.mul(x.digamma())),
    DIGAMMA(
        "digamma",
        Dmath::digamma,
        Reads.INPUTS,
        (x, y, g) -> g.mul(Dispatch.run(new Elementary(valueOf("TRIGAMMA")), x))),
    TRIGAMMA("trigamma", Dmath::trigamma),
    FLOOR("floor", Math::floor),
    CEIL("ceil", Math::ceil),
    ROUND("round", Math::rint),
    TRUNC("trunc", x -> x < 0 ? Math.ceil(x) : Math.floor(x));

    private final String label;
    private final DoubleUnaryOperator wide;
    private final @Nullable Single single;
    private final Reads reads;
    private final @Nullable Rule rule;

    /// A function that only rounds has gradient 0; trigamma has none.
    Function(String label, DoubleUnaryOperator wide) {
      this(label, wide, null, Reads.NOTHING, null);
    }

    Function(String label, DoubleUnaryOperator wide, Reads reads, Rule rule) {
      this(label, wide, null, reads, rule);
    }

    Function(
        String label,
        DoubleUnaryOperator wide,
        @Nullable Single single,
        Reads reads,
        @Nullable Rule rule) {
      this.label = label;
      this.wide = wide;
      this.single = single;
      this.reads = reads;
      this.rule = rule;
    }

    boolean isRounding() {
      return this == FLOOR || this == CEIL || this == ROUND || this == TRUNC;
    }
  }

  @Override
  public String name() {
    return function.label;
  }

  @Override
  public Reads reads() {
    return function.reads;
  }

  @Override
  public Tensor meta(List<Tensor> inputs) {
    Tensor x = inputs.getFirst();
    DType type = x.dtype(name());
    boolean same = type.isFloat() || function.isRounding() && type != DType.BOOL;
    return Tensor.meta(same ? type : DType.F32, x.shape());
  }

  @Override
  public Tensor host(List<Tensor> inputs) {
    Tensor like = meta(inputs);
    Tensor x = inputs.getFirst();
    if (!like.dtype().isFloat()) {
      return Tensor.on(Device.cpu(), Host.copy(x));
    }
    if (like.type() == DType.F64) {
      double[] values = Host.doubles(x);
      Parallel.ranges(
          values.length,
          Parallel.ELEMENTS,
          (from, to) -> {
            for (int i = from; i < to; i++) {
              values[i] = function.wide.applyAsDouble(values[i]);
            }
          });
      return Host.tensor(values, DType.F64, x.shape());
    }
    float[] values = Host.floats(x);
    Single single = function.single;
    Single apply = single == null ? v -> (float) function.wide.applyAsDouble(v) : single;
    Parallel.ranges(
        values.length,
        Parallel.ELEMENTS,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            values[i] = apply.of(values[i]);
          }
        });
    return Host.tensor(values, like.dtype(), x.shape());
  }

  @Override
  public List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor g) {
    Rule rule = function.rule;
    if (rule != null) {
      return List.of(Optional.of(rule.of(inputs.getFirst(), output, g)));
    }
    if (function.isRounding()) {
      return List.of(Optional.of(Create.fullLike(g, 0)));
    }
    throw TensorException.of(
        "backward: '%s' has no gradient; keep it out of the graph with detach() or noGrad", name());
  }
}
