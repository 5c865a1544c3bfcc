package maia.runtime.ops;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import maia.kernel.Tile;
import maia.kernel.library.Activation;
import maia.numerics.DType;
import maia.tensor.Elementary;
import maia.tensor.Elementary.Function;
import maia.tensor.Op;
import maia.tensor.Tensor;
import maia.tensor.Unary;

/// Functions of each element alone: fp32 on the vector processor, integers in 64 bits.
final class UnarySteps {
  private static final double LOG10_OF_2 = 0.30102999566398119521;
  private static final Rule ONE_ROUNDING =
      new Rule.Within(
          0x1p-22, Rule.Per.VALUE, "two roundings in fp32, the host rounds once from fp64");
  private static final int MOST_FACTORS = 64;

  private UnarySteps() {}

  static void enter(Table table) {
    arithmetic(table.family("elements"));
    functions(table.family("functions"));
    activations(table.family("activations"));
  }

  private static void arithmetic(Table.Family family) {
    family
        .add(Unary.Relu.class, Types.NUMBERS, Rule.bits(), number(x -> x.lt(0).not().where(x, 0)))
        .add(Unary.Neg.class, Types.NUMBERS, Rule.bits(), number(Tile::neg))
        .add(Unary.Abs.class, Types.NUMBERS, Rule.bits(), number(Tile::abs))
        .add(Unary.Sign.class, Types.NUMBERS, Rule.bits(), number(UnarySteps::sign))
        .add(Unary.Pow.class, Types.NUMBERS, Rule.bits(), UnarySteps::pow)
        .add(Unary.Clamp.class, Types.NUMBERS, Rule.bits(), UnarySteps::clamp)
        .add(Unary.Exp.class, Types.FLOATS, Rule.bits(), number(Tile::exp))
        .add(Unary.Log.class, Types.FLOATS, Rule.bits(), number(Tile::log))
        .add(Unary.Tanh.class, Types.FLOATS, Rule.bits(), number(Tile::tanh))
        .add(Unary.Sigmoid.class, Types.FLOATS, Rule.bits(), number(Tile::sigmoid))
        .add(Unary.Erf.class, Types.FLOATS, Rule.bits(), number(Tile::erf))
        .add(Unary.Sqrt.class, Types.FLOATS, Rule.bits(), number(Tile::sqrt));
  }

  /// A function in the type that the arithmetic has: fp32 or I64.
  private static <O extends Op> Step<O> number(UnaryOperator<Tile> function) {
    return (on, op, inputs, like) -> map(on, op, inputs, like, function);
  }

  private static Tensor map(
      Runner on, Op op, List<Tensor> inputs, Tensor like, UnaryOperator<Tile> function) {
    DType wide = like.dtype().isFloat() ? DType.F32 : DType.I64;
    return on.pointwise(
        op.name(),
        inputs,
        like,
        x -> Values.narrow(function.apply(Values.wide(x.getFirst(), wide)), like.dtype()));
  }

  private static Tile sign(Tile x) {
    return x.gt(0).where(1, x.lt(0).where(-1, x));
  }

  private static Tensor pow(Runner on, Unary.Pow pow, List<Tensor> inputs, Tensor like) {
    int count = Math.abs(pow.exponent());
    if (count > MOST_FACTORS || pow.exponent() < 0 && !like.dtype().isFloat()) {
      throw on.refusal(
          pow,
          "the kernel multiplies up to %d factors, and divides floats only, asked for %s to the power %d"
              .formatted(MOST_FACTORS, like.type().label(), pow.exponent()));
    }
    return map(
        on,
        pow,
        inputs,
        like,
        x -> {
          Tile product = x;
          for (int i = 1; i < count; i++) {
            product = product.mul(x);
          }
          Tile power = count == 0 ? x.zerosLike().add(1) : product;
          return pow.exponent() < 0 ? power.reciprocal() : power;
        });
  }

  private static Tensor clamp(Runner on, Unary.Clamp clamp, List<Tensor> inputs, Tensor like) {
    BiFunction<Tile, Double, Tile> low = (x, bound) -> x.lt(bound).where(bound, x);
    BiFunction<Tile, Double, Tile> high = (x, bound) -> x.gt(bound).where(bound, x);
    return map(
        on,
        clamp,
        inputs,
        like,
        x -> {
          boolean isFloat = x.dtype().isFloat();
          if (isFloat) {
            Tile above = low.apply(x, clamp.low());
            return x.lt(clamp.low()).where(above, high.apply(above, clamp.high()));
          }
          Tile above = x;
          if (!Double.isInfinite(clamp.high())) {
            above = x.gt((long) Math.floor(clamp.high())).where((long) clamp.high(), x);
          }
          return Double.isInfinite(clamp.low())
              ? above
              : x.lt((long) Math.ceil(clamp.low())).where((long) clamp.low(), above);
        });
  }

  private static void functions(Table.Family family) {
    bits(family, Function.SIN, Tile::sin);
    bits(family, Function.COS, Tile::cos);
    bits(family, Function.EXP2, Tile::exp2);
    bits(family, Function.LOG2, Tile::log2);
    bits(family, Function.RECIPROCAL, Tile::reciprocal);
    bits(family, Function.SQUARE, x -> x.mul(x));
    whole(family, Function.FLOOR, Tile::floor);
    whole(family, Function.CEIL, Tile::ceil);
    whole(family, Function.TRUNC, x -> x.lt(0).where(x.ceil(), x.floor()));
    whole(family, Function.ROUND, Values::round);
    near(family, Function.RSQRT, ONE_ROUNDING, Tile::rsqrt);
    near(family, Function.LOG10, ONE_ROUNDING, x -> x.log2().mul(LOG10_OF_2));
    Rule tan =
        new Rule.Within(0x1p-21, Rule.Per.VALUE, "sine over cosine in fp32, the host in fp64");
    near(family, Function.TAN, tan, x -> x.sin().div(x.cos()));
    Rule kahan =
        new Rule.Within(
            0x1p-20, Rule.Per.VALUE, "corrected fp32 exponential or logarithm, the host in fp64");
    near(family, Function.EXPM1, kahan, Values::expm1);
    near(family, Function.LOG1P, kahan, Values::log1p);
    for (Function none :
        List.of(
            Function.ASIN,
            Function.ACOS,
            Function.ATAN,
            Function.SINH,
            Function.COSH,
            Function.ASINH,
            Function.ACOSH,
            Function.ATANH,
            Function.ERFC,
            Function.ERFINV,
            Function.LGAMMA,
            Function.DIGAMMA,
            Function.TRIGAMMA)) {
      family.refuse(
          new Elementary(none).name(), "Elementary", "the vector processor has no such function");
    }
  }

  private static void bits(Table.Family family, Function key, UnaryOperator<Tile> function) {
    near(family, key, Rule.bits(), function);
  }

  private static void near(
      Table.Family family, Function key, Rule rule, UnaryOperator<Tile> function) {
    family.add(
        key,
        Elementary.class,
        new Elementary(key).name(),
        Types.SCALARS,
        rule,
        (on, op, inputs, like) ->
            on.pointwise(
                op.name(),
                inputs,
                like,
                x ->
                    Values.narrow(
                        function.apply(Values.wide(x.getFirst(), DType.F32)), like.dtype())));
  }

  /// Functions that only round: integers are whole already.
  private static void whole(Table.Family family, Function key, UnaryOperator<Tile> function) {
    family.add(
        key,
        Elementary.class,
        new Elementary(key).name(),
        Types.NUMBERS,
        Rule.bits(),
        (on, op, inputs, like) ->
            map(on, op, inputs, like, x -> x.dtype() == DType.I64 ? x : function.apply(x)));
  }

  private static void activations(Table.Family family) {
    family
        .add(maia.tensor.Activation.Gelu.class, Types.FLOATS, Rule.bits(), act(Activation.GELU))
        .add(
            maia.tensor.Activation.GeluTanh.class,
            Types.FLOATS,
            Rule.bits(),
            act(Activation.GELU_TANH))
        .add(maia.tensor.Activation.Silu.class, Types.FLOATS, Rule.bits(), act(Activation.SILU))
        .add(
            maia.tensor.Activation.LeakyRelu.class,
            Types.FLOATS,
            Rule.bits(),
            (on, op, inputs, like) ->
                map(on, op, inputs, like, x -> x.ge(0).where(x, x.mul(op.slope()))))
        .add(
            maia.tensor.Activation.Elu.class,
            Types.FLOATS,
            Rule.bits(),
            (on, op, inputs, like) ->
                map(on, op, inputs, like, x -> x.gt(0).where(x, negativeElu(x).mul(op.alpha()))))
        .add(
            maia.tensor.Activation.Softplus.class,
            Types.FLOATS,
            Rule.bits(),
            number(x -> x.max(0).add(logOnePlus(x.abs().neg().exp()))));
  }

  private static <O extends Op> Step<O> act(Activation activation) {
    return number(activation::apply);
  }

  /// e^x - 1 for x up to 0, as the host computes it.
  private static Tile negativeElu(Tile x) {
    Tile t = x.mul(0.5).tanh();
    return x.lt(-20).where(-1.0, t.mul(2).div(t.neg().add(1)));
  }

  /// log(1 + e) for e from 0 to 1, as the host computes it.
  private static Tile logOnePlus(Tile e) {
    Tile u = e.add(1);
    return u.log().sub(u.sub(1).sub(e).div(u));
  }
}
