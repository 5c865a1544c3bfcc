package maia.tensor;

import static maia.tensor.GradientCases.one;
import static maia.tensor.GradientCases.two;

import java.util.List;
import maia.tensor.GradientCases.Case;

/// Gradients of functions of elements, of reductions and of running reductions.
final class FunctionCases {
  private FunctionCases() {}

  private static Tensor positive(Tensor x) {
    return x.abs().add(0.5);
  }

  private static Tensor inside(Tensor x) {
    return x.tanh().mul(0.9);
  }

  static List<Case> all() {
    return List.of(
        one("sin", Tensor::sin),
        one("cos", Tensor::cos),
        one("tan", x -> inside(x).tan()),
        one("asin", x -> inside(x).asin()),
        one("acos", x -> inside(x).acos()),
        one("atan", Tensor::atan),
        one("sinh", Tensor::sinh),
        one("cosh", Tensor::cosh),
        one("asinh", Tensor::asinh),
        one("acosh", x -> positive(x).add(1).acosh()),
        one("atanh", x -> inside(x).atanh()),
        one("exp2", Tensor::exp2),
        one("expm1", Tensor::expm1),
        one("log1p", x -> positive(x).log1p()),
        one("log2", x -> positive(x).log2()),
        one("log10", x -> positive(x).log10()),
        one("rsqrt", x -> positive(x).rsqrt()),
        one("reciprocal", x -> positive(x).reciprocal()),
        one("square", Tensor::square),
        one("erfc", Tensor::erfc),
        one("erfinv", x -> inside(x).erfinv()),
        one("lgamma", x -> positive(x).lgamma()),
        one("digamma", x -> positive(x).digamma()).first(),
        one("floor", x -> x.floor().mul(x)),
        one("frac", Tensor::frac),
        one("logit", x -> x.sigmoid().logit()),
        two("pow", (a, b) -> positive(a).pow(b)),
        one("pow of fractions", x -> positive(x).pow(1.5)),
        two("atan2", Tensor::atan2),
        two("hypot", Tensor::hypot),
        two("fmod", (a, b) -> a.mul(3).fmod(positive(b))).first(),
        two("remainder", (a, b) -> a.mul(3).remainder(positive(b))).first(),
        two("floorDivide", (a, b) -> a.floorDivide(b).mul(a)),
        two("copysign", Tensor::copysign),
        two("logaddexp", Tensor::logaddexp),
        two("xlogy", (a, b) -> a.xlogy(positive(b))),
        two("lerp", (a, b) -> a.lerp(b, 0.3)),
        two("addcmul", (a, b) -> a.addcmul(a, b, 0.5)),
        two("addcdiv", (a, b) -> a.addcdiv(a, positive(b), 0.5)),
        one("var", x -> x.var(1)),
        one("std", x -> x.std(0, Dims.KEEP, 0)),
        one("prod", Tensor::prod),
        one("prod with zeros", x -> x.mul(x.gt(0.5)).prod(Dims.KEEP, 1)),
        one("logsumexp", x -> x.logsumexp(0)),
        one("norm 2", x -> x.norm(2, 1)),
        one("norm 1", x -> x.norm(1)),
        one("norm 3", x -> x.norm(3, 0)),
        one("norm infinity", x -> x.norm(Double.POSITIVE_INFINITY, 0)).first(),
        one("max", x -> x.max(1).values()),
        one("min", x -> x.min(0).values()),
        one("median", Tensor::median),
        one("quantile", x -> x.quantile(0.4, 1)),
        one("sort", x -> x.sort(1).values().mul(Tensor.arange(4))),
        one("topk", x -> x.topk(2, -1).values()),
        one("cumsum", x -> x.cumsum(1)),
        one("cumprod", x -> x.cumprod(1)),
        one("logcumsumexp", x -> x.logcumsumexp(0)),
        one("cummax", x -> x.cummax(1).values()),
        one("diff", x -> x.diff(1)));
  }
}
