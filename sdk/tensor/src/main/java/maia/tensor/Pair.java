package maia.tensor;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import maia.numerics.DType;
import maia.numerics.Dmath;
import org.jspecify.annotations.Nullable;

/// A function of pairs of elements of two tensors that broadcast, computed in fp64 (integers in 64
/// bits) and rounded once to the type in which both meet.
///
/// @param function which one
public record Pair(Function function) implements Op {
  /// The gradients with respect to both operands.
  @FunctionalInterface
  interface Rule {
    Tensor of(Tensor a, Tensor b, Tensor y, Tensor g);
  }

  /// The functions by name.
  public enum Function {
    POW("pow", Dmath::pow, Pair::power, Pair::powerOfBase, Pair::powerOfExponent),
    ATAN2(
        "atan2",
        Dmath::atan2,
        null,
        (a, b, y, g) -> g.mul(b).div(a.square().add(b.square())),
        (a, b, y, g) -> g.mul(a).neg().div(a.square().add(b.square()))),
    HYPOT(
        "hypot",
        Dmath::hypot,
        null,
        (a, b, y, g) -> g.mul(a).div(y),
        (a, b, y, g) -> g.mul(b).div(y)),
    FMOD(
        "fmod",
        (a, b) -> a % b,
        (a, b) -> a % nonzero("fmod", b),
        (a, b, y, g) -> g,
        (a, b, y, g) -> g.mul(a.detach().div(b.detach()).trunc()).neg()),
    REMAINDER(
        "remainder",
        Pair::remainder,
        (a, b) -> Math.floorMod(a, nonzero("remainder", b)),
        (a, b, y, g) -> g,
        (a, b, y, g) -> g.mul(a.detach().div(b.detach()).floor()).neg()),
    FLOOR_DIVIDE(
        "floorDivide", Pair::floorDivide, (a, b) -> Math.floorDiv(a, nonzero("floorDivide", b))),
    COPYSIGN(
        "copysign",
        Math::copySign,
        null,
        (a, b, y, g) -> g.mul(y.sign()).mul(a.sign()),
        (a, b, y, g) -> Create.fullLike(y, 0)),
    BIT_AND("bitwiseAnd", null, (a, b) -> a & b),
    BIT_OR("bitwiseOr", null, (a, b) -> a | b),
    BIT_XOR("bitwiseXor", null, (a, b) -> a ^ b),
    SHIFT_LEFT("bitwiseLeftShift", null, (a, b) -> b < 0 || b > 63 ? 0 : a << b),
    SHIFT_RIGHT("bitwiseRightShift", null, (a, b) -> a >> (b < 0 || b > 63 ? 63 : b));

    private final String label;
    private final @Nullable DoubleBinaryOperator wide;
    private final @Nullable LongBinaryOperator whole;
    private final @Nullable Rule ofA;
    private final @Nullable Rule ofB;

    Function(
        String label, @Nullable DoubleBinaryOperator wide, @Nullable LongBinaryOperator whole) {
      this(label, wide, whole, null, null);
    }

    Function(
        String label,
        @Nullable DoubleBinaryOperator wide,
        @Nullable LongBinaryOperator whole,
        @Nullable Rule ofA,
        @Nullable Rule ofB) {
      this.label = label;
      this.wide = wide;
      this.whole = whole;
      this.ofA = ofA;
      this.ofB = ofB;
    }
  }

  private static long nonzero(String name, long b) {
    if (b == 0) {
      throw TensorException.of(
          "%s: an integer cannot be divided by 0; convert with to(F32), or replace the zeros",
          name);
    }
    return b;
  }

  private static double remainder(double a, double b) {
    double r = a % b;
    return r != 0 && r < 0 != b < 0 ? r + b : r;
  }

  /// As Python: from the remainder, so that a quotient that rounds up to a whole number does not
  /// count it.
  private static double floorDivide(double a, double b) {
    if (b == 0) {
      return a / b;
    }
    double r = a % b;
    double quotient = Math.rint((a - r) / b) - (r != 0 && r < 0 != b < 0 ? 1 : 0);
    return quotient == 0 ? Math.copySign(0, a / b) : quotient;
  }

  private static long power(long a, long b) {
    if (b < 0) {
      throw TensorException.of(
          "pow: an integer to the power %d is no integer; convert with to(F32)", b);
    }
    long y = 1;
    long square = a;
    for (long left = b; left > 0; left >>= 1) {
      y *= (left & 1) == 1 ? square : 1;
      square *= square;
    }
    return y;
  }

  /// 0 for the exponent 0, even where the base is 0.
  private static Tensor powerOfBase(Tensor a, Tensor b, Tensor y, Tensor g) {
    Tensor slope = b.mul(a.pow(b.sub(1)));
    return b.eq(0).where(Create.zeroLike(slope), slope).mul(g);
  }

  /// 0 for the base 0 and an exponent that is not negative.
  private static Tensor powerOfExponent(Tensor a, Tensor b, Tensor y, Tensor g) {
    Tensor none = a.eq(0).mul(b.ge(0));
    Tensor safe = none.where(Create.scalarLike(a, 1).to(a.dtype()), a);
    Tensor slope = y.mul(safe.log());
    return none.where(Create.zeroLike(slope), slope).mul(g);
  }

  @Override
  public String name() {
    return function.label;
  }

  @Override
  public Tensor meta(List<Tensor> inputs) {
    Tensor a = inputs.get(0);
    Tensor b = inputs.get(1);
    DType type = Shapes.promote(name(), a, b);
    if (type.isFloat() ? function.wide == null : type == DType.BOOL && function.wide != null) {
      throw TensorException.of(
          "%s: not defined for %s; convert with to(%s)",
          name(), type.label(), type.isFloat() ? "I64" : "F32");
    }
    boolean real = !type.isFloat() && function.whole == null;
    return Tensor.meta(real ? DType.F32 : type, Shapes.broadcast(name(), a, b));
  }

  @Override
  public Tensor host(List<Tensor> inputs) {
    Tensor like = meta(inputs);
    Tensor a = inputs.get(0).expand(like.shape());
    Tensor b = inputs.get(1).expand(like.shape());
    if (like.dtype().isFloat()) {
      DoubleBinaryOperator wide = Objects.requireNonNull(function.wide);
      double[] left = Host.doubles(a);
      double[] right = Host.doubles(b);
      for (int i = 0; i < left.length; i++) {
        left[i] = wide.applyAsDouble(left[i], right[i]);
      }
      return Narrowed.tensor(left, like.dtype(), like.shape());
    }
    LongBinaryOperator whole = Objects.requireNonNull(function.whole);
    long[] left = Host.longs(a);
    long[] right = Host.longs(b);
    for (int i = 0; i < left.length; i++) {
      left[i] = whole.applyAsLong(left[i], right[i]);
    }
    return Host.wrapped(left, like.dtype(), like.shape());
  }

  @Override
  public List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor g) {
    Rule ofA = function.ofA;
    Rule ofB = function.ofB;
    if (ofA == null || ofB == null) {
      Tensor zero = Create.fullLike(output, 0);
      return List.of(
          Optional.of(Shapes.sumTo(zero, inputs.get(0))),
          Optional.of(Shapes.sumTo(zero, inputs.get(1))));
    }
    Tensor a = inputs.get(0);
    Tensor b = inputs.get(1);
    return List.of(
        Autograd.wanted(a, () -> Shapes.sumTo(ofA.of(a, b, output, g), a)),
        Autograd.wanted(b, () -> Shapes.sumTo(ofB.of(a, b, output, g), b)));
  }
}
