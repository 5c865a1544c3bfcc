package maia.runtime.conformance;

import static maia.runtime.conformance.Case.ALL;
import static maia.runtime.conformance.Case.FLOATS;
import static maia.runtime.conformance.Case.INTEGERS;
import static maia.runtime.conformance.Case.NUMBERS;
import static maia.runtime.conformance.Case.SCALARS;
import static maia.runtime.conformance.Case.WHOLE;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import maia.numerics.DType;
import maia.tensor.Functional;
import maia.tensor.Tensor;

/// Operations on elements and pairs of elements.
final class ElementCases {
  private static final List<DType> SIGNED_INTEGERS =
      List.of(DType.I64, DType.I32, DType.I16, DType.I8);

  private ElementCases() {}

  static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    elements(cases);
    functions(cases);
    pairs(cases);
    return cases;
  }

  private static void add(List<Case> to, String row, List<DType> types, UnaryOperator<Tensor> run) {
    to.add(Case.of(row, types, ALL, d -> List.of(d.x(3, 5, 7)), in -> run.apply(in.getFirst())));
  }

  private static void elements(List<Case> to) {
    add(to, "relu", NUMBERS, Tensor::relu);
    add(to, "neg", NUMBERS, Tensor::neg);
    add(to, "abs", NUMBERS, Tensor::abs);
    add(to, "sign", NUMBERS, Tensor::sign);
    add(to, "pow", NUMBERS, x -> x.pow(3));
    add(to, "pow", FLOATS, x -> x.pow(-2));
    add(to, "clamp", NUMBERS, x -> x.clamp(-0.5, 1.75));
    add(to, "exp", FLOATS, Tensor::exp);
    add(to, "log", FLOATS, Tensor::log);
    add(to, "tanh", FLOATS, Tensor::tanh);
    add(to, "sigmoid", FLOATS, Tensor::sigmoid);
    add(to, "erf", FLOATS, Tensor::erf);
    add(to, "sqrt", FLOATS, Tensor::sqrt);
    add(to, "gelu", FLOATS, Functional::gelu);
    add(to, "geluTanh", FLOATS, Functional::geluTanh);
    add(to, "silu", FLOATS, Functional::silu);
    add(to, "leakyRelu", FLOATS, x -> Functional.leakyRelu(x, 0.1));
    add(to, "elu", FLOATS, x -> Functional.elu(x, 1.5));
    add(to, "softplus", FLOATS, Functional::softplus);
  }

  private static void functions(List<Case> to) {
    add(to, "sin", SCALARS, Tensor::sin);
    add(to, "cos", SCALARS, Tensor::cos);
    add(to, "exp2", SCALARS, Tensor::exp2);
    add(to, "log2", SCALARS, Tensor::log2);
    add(to, "reciprocal", SCALARS, Tensor::reciprocal);
    add(to, "square", SCALARS, Tensor::square);
    add(to, "floor", NUMBERS, Tensor::floor);
    add(to, "ceil", NUMBERS, Tensor::ceil);
    add(to, "trunc", NUMBERS, Tensor::trunc);
    add(to, "round", NUMBERS, Tensor::round);
    add(to, "rsqrt", SCALARS, Tensor::rsqrt);
    add(to, "log10", SCALARS, Tensor::log10);
    add(to, "tan", SCALARS, Tensor::tan);
    add(to, "expm1", SCALARS, Tensor::expm1);
    add(to, "log1p", SCALARS, Tensor::log1p);
  }

  private static void pair(
      List<Case> to, String row, List<DType> types, BinaryOperator<Tensor> run) {
    to.add(
        Case.of(
            row,
            types,
            ALL,
            d -> List.of(d.x(3, 5, 7), d.x(3, 5, 7)),
            in -> run.apply(in.get(0), in.get(1))));
    to.add(
        Case.of(
            row,
            types,
            Case.FULL,
            d -> List.of(d.x(3, 1, 7), d.x(5, 1)),
            in -> run.apply(in.get(0), in.get(1))));
  }

  private static void pairs(List<Case> to) {
    pair(to, "add", SCALARS, Tensor::add);
    pair(to, "sub", NUMBERS, Tensor::sub);
    pair(to, "mul", SCALARS, Tensor::mul);
    pair(to, "div", SCALARS, Tensor::div);
    pair(to, "maximum", SCALARS, Tensor::maximum);
    pair(to, "minimum", SCALARS, Tensor::minimum);
    pair(to, "eq", SCALARS, Tensor::eq);
    pair(to, "ne", SCALARS, Tensor::ne);
    pair(to, "lt", SCALARS, Tensor::lt);
    pair(to, "le", SCALARS, Tensor::le);
    pair(to, "gt", SCALARS, Tensor::gt);
    pair(to, "ge", SCALARS, Tensor::ge);
    pair(to, "bitwiseAnd", WHOLE, Tensor::bitwiseAnd);
    pair(to, "bitwiseOr", WHOLE, Tensor::bitwiseOr);
    pair(to, "bitwiseXor", WHOLE, Tensor::bitwiseXor);
    pair(to, "bitwiseLeftShift", INTEGERS, Tensor::bitwiseLeftShift);
    pair(to, "bitwiseRightShift", INTEGERS, Tensor::bitwiseRightShift);
    pair(to, "copysign", FLOATS, Tensor::copysign);
    divisions(to);
    scalar(to, "add", x -> x.add(2.5));
    scalar(to, "mul", x -> x.mul(3L));
    to.add(
        Case.of(
            "where",
            SCALARS,
            List.of(Draw.Kind.RAGGED, Draw.Kind.STRIDED, Draw.Kind.SCALAR),
            d -> List.of(d.x(DType.BOOL, 3, 1, 7), d.x(3, 5, 7), d.x(5, 1)),
            in -> in.get(0).where(in.get(1), in.get(2))));
    scalar(to, "where", x -> x.maskedFill(x.gt(0), Double.POSITIVE_INFINITY));
  }

  private static void scalar(List<Case> to, String row, UnaryOperator<Tensor> run) {
    add(to, row, FLOATS, run);
  }

  private static void divisions(List<Case> to) {
    record Division(String row, BinaryOperator<Tensor> run) {}
    for (Division division :
        List.of(
            new Division("fmod", Tensor::fmod),
            new Division("remainder", Tensor::remainder),
            new Division("floorDivide", Tensor::floorDivide))) {
      to.add(
          Case.of(
              division.row(),
              SIGNED_INTEGERS,
              ALL,
              d -> List.of(d.x(3, 5, 7), d.divisor(3, 5, 7)),
              in -> division.run().apply(in.get(0), in.get(1))));
    }
  }
}
