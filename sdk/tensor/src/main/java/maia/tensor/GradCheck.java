package maia.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import maia.numerics.DType;

/// Compares the gradients of a function with central differences in fp64.
///
/// ```java
/// GradCheck.Result result = GradCheck.check(x -> x.get(0).mul(x.get(1)), List.of(a, b));
/// ```
public final class GradCheck {
  /// Balances the error of the difference, which falls with its square, and that of rounding.
  private static final double STEP = 1e-5;

  private static final double TOLERANCE = 1e-5;

  private GradCheck() {}

  /// The element whose gradient differs most, in units of what is allowed.
  ///
  /// @param input which input
  /// @param element which of its elements, in row order
  /// @param analytic its gradient
  /// @param numeric the central difference
  /// @param error |analytic - numeric| / (1 + |numeric|)
  /// @param tolerance the largest error allowed
  public record Result(
      int input, int element, double analytic, double numeric, double error, double tolerance) {
    /// Whether every gradient is right to the tolerance.
    public boolean isRight() {
      return error <= tolerance;
    }

    @Override
    public String toString() {
      return "%s: element %d of input %d, gradient %.9g, difference %.9g, error %.2e of %.0e allowed"
          .formatted(
              isRight() ? "right" : "wrong", element, input, analytic, numeric, error, tolerance);
    }
  }

  /// Checks the gradients of `function` at `inputs`, which must be F64, with respect to each of
  /// them. Where the result is no scalar, a fixed random combination of its elements is checked.
  public static Result check(Function<List<Tensor>, Tensor> function, List<Tensor> inputs) {
    List<Tensor> leaves = leaves(inputs);
    return compare(function, leaves, analytic(function, leaves, Set.of()));
  }

  /// Checks the gradients of the gradients.
  public static Result checkSecond(Function<List<Tensor>, Tensor> function, List<Tensor> inputs) {
    return check(x -> flat(analytic(function, x, Set.of(GradOption.CREATE_GRAPH))), inputs);
  }

  private static List<Tensor> leaves(List<Tensor> inputs) {
    List<Tensor> leaves = new ArrayList<>();
    for (Tensor input : inputs) {
      if (input.type() != DType.F64) {
        throw TensorException.of(
            "gradCheck: input %d is %s, must be f64; convert it with to(F64)",
            leaves.size(), input.type().label());
      }
      Tensor copy = Host.tensor(Host.doubles(input), DType.F64, input.shape());
      leaves.add(copy.requireGrad());
    }
    return leaves;
  }

  private static List<Tensor> analytic(
      Function<List<Tensor>, Tensor> function, List<Tensor> inputs, Set<GradOption> options) {
    Tensor y = Autograd.enableGrad(() -> scalar(function.apply(inputs)));
    if (!y.requiresGrad()) {
      return inputs.stream().map(x -> Create.fullLike(x, 0)).toList();
    }
    List<GradOption> all = new ArrayList<>(options);
    all.add(GradOption.ALLOW_UNUSED);
    return Tensor.grad(List.of(y), inputs, all.toArray(GradOption[]::new));
  }

  private static Tensor flat(List<Tensor> tensors) {
    return Tensor.cat(tensors.stream().map(Tensor::flatten).toList(), 0);
  }

  /// The combination of the elements of `y` that is differentiated.
  private static Tensor scalar(Tensor y) {
    return y.mul(Tensor.rand(DType.F64, 20, y.shape()).add(0.5)).sum();
  }

  private static Result compare(
      Function<List<Tensor>, Tensor> function, List<Tensor> inputs, List<Tensor> gradients) {
    Result worst = new Result(0, 0, 0, 0, 0, TOLERANCE);
    for (int i = 0; i < inputs.size(); i++) {
      double[] analytic = Host.doubles(gradients.get(i));
      for (int e = 0; e < analytic.length; e++) {
        double numeric = quotient(function, inputs, i, e);
        double error = Math.abs(analytic[e] - numeric) / (1 + Math.abs(numeric));
        if (!(error <= worst.error())) {
          worst = new Result(i, e, analytic[e], numeric, error, TOLERANCE);
        }
      }
    }
    return worst;
  }

  private static double quotient(
      Function<List<Tensor>, Tensor> function, List<Tensor> inputs, int input, int element) {
    double above = at(function, inputs, input, element, STEP);
    double below = at(function, inputs, input, element, -STEP);
    return (above - below) / (2 * STEP);
  }

  private static double at(
      Function<List<Tensor>, Tensor> function,
      List<Tensor> inputs,
      int input,
      int element,
      double by) {
    List<Tensor> moved = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      double[] values = Host.doubles(inputs.get(i));
      if (i == input) {
        values[element] += by;
      }
      moved.add(Host.tensor(values, DType.F64, inputs.get(i).shape()).requireGrad());
    }
    return Host.doubles(scalar(function.apply(moved)))[0];
  }
}
