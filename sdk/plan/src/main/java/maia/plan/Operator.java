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

  /// Attention of new tokens over a cache that includes them. With more than one new token it is
  /// causal: a token sees those before it and itself.
  ///
  /// @param batch sequences
  /// @param queries new tokens of a sequence
  /// @param context tokens of a sequence in the cache, the new ones included
  /// @param heads query heads
  /// @param kvHeads key and value heads
  /// @param headDim width of a head
  record Attention(long batch, long queries, long context, int heads, int kvHeads, int headDim)
      implements Operator {
    public Attention {
      Check.argument(
          batch > 0 && queries > 0 && context >= queries && heads > 0 && kvHeads > 0 && headDim > 0,
          "attention: needs positive sizes and context >= queries, was batch %d, queries %d, context %d",
          batch,
          queries,
          context);
    }

    /// Pairs of a query and a key that count.
    public double scores() {
      double seen = context - (queries - 1) / 2.0;
      return (double) batch * heads * queries * seen;
    }

    /// Key and value elements that are read.
    double cacheElements() {
      return 2.0 * batch * context * kvHeads * headDim;
    }

    @Override
    public double flops() {
      return 4.0 * scores() * headDim;
    }
  }

  /// Arithmetic on single elements, or on rows, whose time is that of its memory traffic: norms,
  /// rotary embedding, activations, residual sums.
  ///
  /// @param elements elements read and written
  /// @param flopsPerElement operations for each
  record Pointwise(double elements, double flopsPerElement) implements Operator {
    public Pointwise {
      Check.argument(
          elements > 0 && flopsPerElement >= 0,
          "pointwise: needs elements above 0 and operations of at least 0, was %s and %s",
          elements,
          flopsPerElement);
    }

    @Override
    public double flops() {
      return elements * flopsPerElement;
    }
  }
}
