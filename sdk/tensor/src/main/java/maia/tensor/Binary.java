package maia.tensor;

import java.util.List;
import java.util.Optional;
import java.util.function.LongBinaryOperator;
import java.util.function.Supplier;
import maia.numerics.DType;
import maia.numerics.Elementwise;
import maia.numerics.Reduce;

/// Arithmetic on pairs of elements of two tensors that broadcast, computed in fp32 (fp64, integers)
/// and rounded to the type in which both meet. Integers wrap; the sum of truth values is *or*,
/// their product *and*.
public sealed interface Binary extends Op {
  /// a + b.
  record Add() implements Binary {}

  /// a - b.
  record Sub() implements Binary {}

  /// a * b.
  record Mul() implements Binary {}

  /// a / b; integers are divided as F32.
  record Div() implements Binary {}

  /// The larger one; the other operand wins over NaN.
  record Maximum() implements Binary {}

  /// The smaller one; the other operand wins over NaN.
  record Minimum() implements Binary {}

  @Override
  default Tensor meta(List<Tensor> inputs) {
    Tensor a = inputs.get(0);
    Tensor b = inputs.get(1);
    DType type = Shapes.promote(name(), a, b);
    if (type == DType.BOOL && this instanceof Sub) {
      throw TensorException.of(
          "sub: not defined for two bool tensors; compare them with ne, or convert one with to(I64)");
    }
    boolean quotient = this instanceof Div && !type.isFloat();
    return Tensor.meta(quotient ? DType.F32 : type, Shapes.broadcast(name(), a, b));
  }

  @Override
  default Tensor host(List<Tensor> inputs) {
    Tensor like = meta(inputs);
    Tensor a = inputs.get(0).expand(like.shape());
    Tensor b = inputs.get(1).expand(like.shape());
    DType type = like.dtype();
    return switch (Host.Kind.of(type)) {
      case FLOAT -> floats(a, b, type);
      case DOUBLE -> Host.tensor(apply(Host.doubles(a), Host.doubles(b)), type, like.shape());
      case LONG -> Host.wrapped(apply(Host.longs(a), Host.longs(b)), type, like.shape());
    };
  }

  private Tensor floats(Tensor a, Tensor b, DType type) {
    return switch (this) {
      case Add _ -> HostKernels.combine(Elementwise.Pair.ADD, a, b, type);
      case Sub _ -> HostKernels.combine(Elementwise.Pair.SUB, a, b, type);
      case Mul _ -> HostKernels.combine(Elementwise.Pair.MUL, a, b, type);
      case Div _ -> HostKernels.combine(Elementwise.Pair.DIV, a, b, type);
      case Maximum _ -> HostKernels.combine(this, a, b, type, Binary::larger);
      case Minimum _ -> HostKernels.combine(this, a, b, type, Binary::smaller);
    };
  }

  private static void larger(float[] a, float[] b, int count) {
    for (int i = 0; i < count; i++) {
      a[i] = Reduce.larger(a[i], b[i]);
    }
  }

  private static void smaller(float[] a, float[] b, int count) {
    for (int i = 0; i < count; i++) {
      a[i] = Reduce.smaller(a[i], b[i]);
    }
  }

  private double[] apply(double[] a, double[] b) {
    for (int i = 0; i < a.length; i++) {
      double x = a[i];
      double y = b[i];
      a[i] =
          switch (this) {
            case Add _ -> x + y;
            case Sub _ -> x - y;
            case Mul _ -> x * y;
            case Div _ -> x / y;
            case Maximum _ -> x != x ? y : y != y ? x : Math.max(x, y);
            case Minimum _ -> x != x ? y : y != y ? x : Math.min(x, y);
          };
    }
    return a;
  }

  /// One loop per operation: which it is is asked once, not for every element.
  private long[] apply(long[] a, long[] b) {
    return switch (this) {
      case Add _ -> each(a, b, Long::sum);
      case Sub _ -> each(a, b, (x, y) -> x - y);
      case Mul _ -> each(a, b, (x, y) -> x * y);
      case Div _ -> throw new IllegalStateException("bug in Binary: div of integers");
      case Maximum _ -> each(a, b, Math::max);
      case Minimum _ -> each(a, b, Math::min);
    };
  }

  private static long[] each(long[] a, long[] b, LongBinaryOperator function) {
    for (int i = 0; i < a.length; i++) {
      a[i] = function.applyAsLong(a[i], b[i]);
    }
    return a;
  }

  @Override
  default Reads reads() {
    return switch (this) {
      case Add _, Sub _ -> Reads.NOTHING;
      case Mul _, Maximum _, Minimum _ -> Reads.INPUTS;
      case Div _ -> Reads.ALL;
    };
  }

  @Override
  default List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor g) {
    Tensor a = inputs.get(0);
    Tensor b = inputs.get(1);
    return switch (this) {
      case Add _ -> pair(a, () -> g, b, () -> g);
      case Sub _ -> pair(a, () -> g, b, g::neg);
      case Mul _ -> pair(a, () -> g.mul(b), b, () -> g.mul(a));
      case Div _ -> pair(a, () -> g.div(b), b, () -> g.mul(output).div(b).neg());
      case Maximum _ ->
          pair(a, () -> share(g, a.gt(b), a.eq(b)), b, () -> share(g, b.gt(a), a.eq(b)));
      case Minimum _ ->
          pair(a, () -> share(g, a.lt(b), a.eq(b)), b, () -> share(g, b.lt(a), a.eq(b)));
    };
  }

  /// All of `g` where an operand won, half of it where both are equal.
  private static Tensor share(Tensor g, Tensor won, Tensor tie) {
    return won.where(g, tie.where(g.mul(0.5), Create.zeroLike(g)));
  }

  private static List<Optional<Tensor>> pair(
      Tensor a, Supplier<Tensor> ofA, Tensor b, Supplier<Tensor> ofB) {
    return List.of(
        Autograd.wanted(a, () -> fit(ofA.get(), a)), Autograd.wanted(b, () -> fit(ofB.get(), b)));
  }

  private static Tensor fit(Tensor gradient, Tensor like) {
    return Shapes.sumTo(gradient, like).to(like.dtype());
  }
}
