package maia.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import maia.numerics.DType;

/// The one table of differentiable operations: [GradientTest] checks each case, and refuses an
/// operation of the room that no case runs.
final class GradientCases {
  private static final int SEED = 100;

  private GradientCases() {}

  /// A function and where its gradient is checked.
  ///
  /// @param second whether the gradient is differentiated again
  record Case(
      String name, Function<List<Tensor>, Tensor> function, List<Tensor> inputs, boolean second) {
    @Override
    public String toString() {
      return name;
    }

    /// Without the check of second derivatives, which do not exist.
    Case first() {
      return new Case(name, function, inputs, false);
    }
  }

  static List<Case> all() {
    List<Case> all = new ArrayList<>(basic());
    all.addAll(writes());
    all.addAll(choices());
    all.addAll(SpatialCases.all());
    all.addAll(FunctionCases.all());
    all.addAll(LinalgCases.all());
    all.addAll(NetworkCases.all());
    return all;
  }

  private static List<Case> writes() {
    return List.of(
        one(
            "write over a result",
            x -> {
              Tensor y = x.mul(x);
              Tensor used = y.sum();
              y.assign(x.exp());
              return y.mul(y).add(used);
            }),
        one(
            "write to a view",
            x -> {
              Tensor y = x.mul(x);
              Tensor before = y.slice(1, 1, 3);
              y.get(1).assign(x.get(0).exp());
              return y.mul(x).add(before.mul(before).sum());
            }),
        one(
            "multiply in place",
            x -> {
              Tensor y = x.exp().mul(2);
              Tensor column = y.select(1, 2);
              column.mul_(x.select(1, 0));
              return column.unsqueeze(1).mul(y);
            }));
  }

  private static List<Case> choices() {
    Tensor rows = Tensor.ofLongs(1, 0, 1);
    Tensor grid = Tensor.ofLongs(0, 1, 1, 0, 2, 1).reshape(3, 2);
    return List.of(
        one("get by tensors", x -> x.get(Index.of(rows), Index.of(3, -1, 3))),
        two(
            "put by tensors",
            (a, b) -> a.mul(1).put_(b.get("0, :3"), Index.of(2, 0, 1), Index.at(1))),
        two("add by tensors", (a, b) -> a.mul(1).putAdd_(b, Index.of(rows))),
        one("gather", x -> x.gather(0, grid)),
        two("scatter", (a, b) -> a.scatter(1, grid, b)),
        two("scatterAdd", (a, b) -> a.scatterAdd(0, grid, b)));
  }

  private static List<Case> basic() {
    return List.of(
        one("relu", Tensor::relu),
        one("exp", Tensor::exp),
        one("log", x -> x.abs().add(0.5).log()),
        one("tanh", Tensor::tanh),
        one("sigmoid", Tensor::sigmoid),
        one("erf", Tensor::erf),
        one("sqrt", x -> x.abs().add(0.5).sqrt()),
        one("neg", Tensor::neg),
        one("abs", Tensor::abs),
        one("pow 3", x -> x.pow(3)),
        one("pow -1", x -> x.abs().add(0.8).pow(-1)),
        one("clamp", x -> x.clamp(-0.7, 0.7)),
        one("sum over all", x -> x.sum()),
        one("sum over one", x -> x.sum(0)),
        one("sum kept", x -> x.sum(Dims.KEEP, 1)),
        one("mean", x -> x.mean(1)),
        one("amax", x -> x.amax(1)),
        one("amin", x -> x.amin()),
        one("softmax", x -> x.softmax(1)),
        one("softmax over rows", x -> x.softmax(0)),
        one("logSoftmax", x -> x.logSoftmax(-1)),
        one("transpose", Tensor::t),
        one("reshape", x -> x.t().reshape(2, 6)),
        one("slice", x -> x.slice(1, 0, 4, 2)),
        one("select", x -> x.get(1)),
        one("unsqueeze", x -> x.unsqueeze(1)),
        one("expand", x -> x.unsqueeze(0).expand(2, 3, 4)),
        one("unfold", x -> x.unfold(1, 3, 1)),
        one("diagonal", x -> x.diagonal(1, 0, 1)),
        one("flip", x -> x.flip(0)),
        one("gather", x -> x.gather(1, Tensor.ofLongs(0, 3, 3, 1, 1, 0).reshape(3, 2))),
        two("scatter", (a, b) -> a.scatter(1, Tensor.ofLongs(0, 3, 2, 1).reshape(2, 2), b)),
        two("scatterAdd", (a, b) -> a.scatterAdd(0, Tensor.ofLongs(0, 2, 2, 1).reshape(1, 4), b)),
        one("take", x -> x.take(Tensor.ofLongs(0, 11, 0))),
        one("put", x -> x.mul(x).put_(x.get(1), Index.of(0))),
        two("put at positions", (a, b) -> a.mul(2.0).putAdd_(b, Index.of(Tensor.ofLongs(2, 2, 0)))),
        one("contiguous", x -> x.t().contiguous()),
        one("rows", x -> x.rows(Tensor.ofLongs(2, 0, 2))),
        one("cast", x -> Dispatch.run(new Conversion.Cast(DType.F64), x)),
        one("cat with itself", x -> Tensor.cat(List.of(x, x.mul(2)), 1)),
        one("stack", x -> Tensor.stack(List.of(x, x.exp()), 0)),
        one("used twice", x -> x.mul(x).add(x)),
        one("where", x -> x.gt(0).where(x.mul(3), x)),
        two("add", (a, b) -> a.add(b)),
        two("sub", (a, b) -> a.sub(b)),
        two("mul", (a, b) -> a.mul(b)),
        two("div", (a, b) -> a.div(b.abs().add(0.7))),
        two("maximum", (a, b) -> a.maximum(b)),
        two("minimum", (a, b) -> a.minimum(b)),
        two("add broadcast", (a, b) -> a.add(b.get(0))),
        two("mul broadcast", (a, b) -> a.mul(b.select(1, 1).unsqueeze(1))),
        two("matmul", (a, b) -> a.matmul(b.t())),
        two("matmul in batches", (a, b) -> a.matmul(b.t().unsqueeze(0).expand(2, 4, 3))),
        two("matmul with a vector", (a, b) -> a.matmul(b.get(1))),
        two("linear", (a, b) -> a.linear(b)),
        two("linear of a vector", (a, b) -> a.get(0).linear(b)),
        two("linear with bias", (a, b) -> a.linear(b, a.select(1, 2))),
        two("linear in batches", (a, b) -> a.unsqueeze(0).linear(b, b.select(1, 0))));
  }

  /// A function of one matrix of 3x4.
  static Case one(String name, UnaryOperator<Tensor> op) {
    return one(name, op, 3, 4);
  }

  static Case one(String name, UnaryOperator<Tensor> op, long... shape) {
    return new Case(name, x -> op.apply(x.getFirst()), List.of(values(0, shape)), true);
  }

  /// A function of two matrices of 3x4.
  static Case two(String name, BinaryOperator<Tensor> op) {
    return two(name, op, List.of(3L, 4L), List.of(3L, 4L));
  }

  static Case two(String name, BinaryOperator<Tensor> op, List<Long> a, List<Long> b) {
    return new Case(
        name,
        x -> op.apply(x.get(0), x.get(1)),
        List.of(values(0, Shapes.array(a)), values(1, Shapes.array(b))),
        true);
  }

  /// Normal values, none within a step of the places where the tested functions are not smooth.
  static Tensor values(int which, long... shape) {
    Tensor x = Tensor.randn(DType.F64, SEED + which, shape);
    Tensor moved = x.add(x.sign().mul(0.05));
    Tensor near = moved.abs().sub(0.7).abs().lt(0.02);
    return near.where(moved.mul(1.2), moved);
  }
}
