package maia.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.UnaryOperator;
import maia.numerics.DType;

/// Compares gradients in fp64 with central differences, which are exact for linear operations but
/// for rounding.
final class Differences {
  private static final double STEP = 1e-4;

  /// Rounding of fp64 divided by the step.
  private static final double TOLERANCE = 1e-8;

  private Differences() {}

  static void check(UnaryOperator<Tensor> op, long... shape) {
    Tensor x = Tensor.randn(DType.F64, 7, shape).requireGrad();
    Tensor y = op.apply(x);
    Tensor weights = Tensor.randn(DType.F64, 8, y.shape());
    y.mul(weights).sum().backward();
    double[] gradient = Host.doubles(x.grad());
    double[] values = Host.doubles(x);
    for (int i = 0; i < values.length; i++) {
      double up = loss(op, weights, values, i, STEP, shape);
      double down = loss(op, weights, values, i, -STEP, shape);
      assertThat(gradient[i])
          .as("element %d", i)
          .isCloseTo((up - down) / (2 * STEP), within(TOLERANCE));
    }
  }

  private static double loss(
      UnaryOperator<Tensor> op, Tensor weights, double[] values, int at, double by, long... shape) {
    double[] shifted = values.clone();
    shifted[at] += by;
    Tensor x = Host.tensor(shifted, DType.F64, shape);
    return Host.doubles(Tensor.noGrad(() -> op.apply(x).mul(weights).sum()))[0];
  }
}
