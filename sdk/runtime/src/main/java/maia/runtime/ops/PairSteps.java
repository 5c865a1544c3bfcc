package maia.runtime.ops;

import java.util.List;
import java.util.function.BinaryOperator;
import maia.kernel.Mask;
import maia.kernel.Tile;
import maia.numerics.DType;
import maia.tensor.Binary;
import maia.tensor.Comparison;
import maia.tensor.Op;
import maia.tensor.Pair;
import maia.tensor.Pair.Function;
import maia.tensor.Tensor;

/// Functions of pairs of elements that broadcast: fp32 where a float takes part, else 64 bits.
final class PairSteps {
  private static final String IN_DOUBLE =
      "the host computes it in fp64, which the chip does not have";

  private PairSteps() {}

  /// A comparison of two tiles.
  private interface Comparing {
    Mask of(Tile a, Tile b);
  }

  static void enter(Table table) {
    arithmetic(table.family("pairs"));
    comparisons(table.family("comparisons"));
    functions(table.family("functions of pairs"));
  }

  private static void arithmetic(Table.Family family) {
    family
        .add(Binary.Add.class, Types.SCALARS, Rule.bits(), binary(Tile::add))
        .add(Binary.Sub.class, Types.SCALARS, Rule.bits(), binary(Tile::sub))
        .add(Binary.Mul.class, Types.SCALARS, Rule.bits(), binary(Tile::mul))
        .add(Binary.Div.class, Types.SCALARS, Rule.bits(), binary(Tile::div))
        .add(Binary.Maximum.class, Types.SCALARS, Rule.bits(), binary(Tile::max))
        .add(Binary.Minimum.class, Types.SCALARS, Rule.bits(), binary(Tile::min));
  }

  private static <O extends Op> Step<O> binary(BinaryOperator<Tile> function) {
    return (on, op, inputs, like) -> {
      DType wide = like.dtype().isFloat() ? DType.F32 : DType.I64;
      return on.pointwise(
          op.name(),
          inputs,
          like,
          x ->
              Values.narrow(
                  function.apply(Values.wide(x.get(0), wide), Values.wide(x.get(1), wide)),
                  like.dtype()));
    };
  }

  private static void comparisons(Table.Family family) {
    family
        .add(Comparison.Eq.class, Types.SCALARS, Rule.bits(), comparison(Tile::eq))
        .add(Comparison.Ne.class, Types.SCALARS, Rule.bits(), comparison(Tile::ne))
        .add(Comparison.Lt.class, Types.SCALARS, Rule.bits(), comparison(Tile::lt))
        .add(Comparison.Le.class, Types.SCALARS, Rule.bits(), comparison(Tile::le))
        .add(Comparison.Gt.class, Types.SCALARS, Rule.bits(), comparison(Tile::gt))
        .add(Comparison.Ge.class, Types.SCALARS, Rule.bits(), comparison(Tile::ge));
  }

  private static <O extends Op> Step<O> comparison(Comparing comparing) {
    return (on, op, inputs, like) -> {
      DType meet = Tensor.resultType(inputs.get(0), inputs.get(1));
      DType wide = meet.isFloat() ? DType.F32 : DType.I64;
      return on.pointwise(
          op.name(),
          inputs,
          like,
          x -> comparing.of(Values.wide(x.get(0), wide), Values.wide(x.get(1), wide)).asTile());
    };
  }

  private static void functions(Table.Family family) {
    integers(family, Function.BIT_AND, Types.WHOLE, Tile::and);
    integers(family, Function.BIT_OR, Types.WHOLE, Tile::or);
    integers(family, Function.BIT_XOR, Types.WHOLE, Tile::xor);
    integers(family, Function.SHIFT_LEFT, Types.WHOLE, PairSteps::shiftLeft);
    integers(family, Function.SHIFT_RIGHT, Types.WHOLE, PairSteps::shiftRight);
    integers(family, Function.FMOD, Types.INTEGERS, Tile::rem);
    integers(family, Function.REMAINDER, Types.INTEGERS, PairSteps::remainder);
    integers(family, Function.FLOOR_DIVIDE, Types.INTEGERS, PairSteps::floorDivide);
    family.add(
        Function.COPYSIGN,
        Pair.class,
        new Pair(Function.COPYSIGN).name(),
        Types.SCALARS,
        Rule.bits(),
        binary(Values::copySign));
    for (Function none : List.of(Function.POW, Function.ATAN2, Function.HYPOT)) {
      family.refuse(new Pair(none).name(), "Pair", IN_DOUBLE);
    }
  }

  private static void integers(
      Table.Family family, Function key, Types types, BinaryOperator<Tile> function) {
    family.add(key, Pair.class, new Pair(key).name(), types, Rule.bits(), binary(function));
  }

  private static Tile shiftLeft(Tile a, Tile by) {
    Mask fits = by.ge(0).and(by.lt(Long.SIZE));
    return fits.where(a.shl(fits.where(by, 0)), 0);
  }

  private static Tile shiftRight(Tile a, Tile by) {
    Mask fits = by.ge(0).and(by.lt(Long.SIZE));
    return a.shr(fits.where(by, Long.SIZE - 1L));
  }

  private static Tile remainder(Tile a, Tile b) {
    Tile rest = a.rem(b);
    return rest.ne(0).and(rest.xor(b).lt(0)).where(rest.add(b), rest);
  }

  private static Tile floorDivide(Tile a, Tile b) {
    Tile rest = a.rem(b);
    Tile quotient = a.div(b);
    return rest.ne(0).and(rest.xor(b).lt(0)).where(quotient.sub(1), quotient);
  }
}
