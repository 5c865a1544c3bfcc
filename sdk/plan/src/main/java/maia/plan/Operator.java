package maia.plan;

import maia.base.Check;

/// An operator by its shape.
public sealed interface Operator {
  /// Floating-point operations, a multiply-add counted as two.
  double flops();

  /// `y = x w^T + bias` with x of m rows, w of n rows.
  ///
  /// @param m rows of the activations
  /// @param n output features
  /// @param k input features
  record Linear(long m, long n, long k) implements Operator {
    public Linear {
      Check.argument(
          m > 0 && n > 0 && k > 0, "linear: sizes must be positive, was m=%d n=%d k=%d", m, n, k);
    }

    @Override
    public double flops() {
      return 2.0 * m * n * k;
    }
  }
}
