package maia.tensor.nn;

import java.util.function.Supplier;
import maia.numerics.DType;
import maia.tensor.Tensor;

/// First values of parameters, each a function of a seed and its index.
public final class Init {
  private static final ScopedValue<Boolean> SHAPES_ONLY = ScopedValue.newInstance();

  private Init() {}

  /// F32 values uniform from -bound to (exclusive) bound.
  public static Tensor uniform(double bound, long seed, long... shape) {
    return SHAPES_ONLY.isBound()
        ? Tensor.meta(DType.F32, shape)
        : Tensor.rand(DType.F32, seed, shape).mul(2 * bound).sub(bound);
  }

  /// F32 normal values around 0.
  public static Tensor normal(double deviation, long seed, long... shape) {
    return SHAPES_ONLY.isBound()
        ? Tensor.meta(DType.F32, shape)
        : Tensor.randn(DType.F32, seed, shape).mul(deviation);
  }

  /// F32 values that are all `value`.
  public static Tensor full(double value, long... shape) {
    return SHAPES_ONLY.isBound()
        ? Tensor.meta(DType.F32, shape)
        : Tensor.full(value, DType.F32, shape);
  }

  /// What `body` builds, with parameters that have a shape and no memory: a model of any size can
  /// be built and counted. Holds for the calling thread and ends with `body`.
  public static <T> T shapesOnly(Supplier<T> body) {
    return ScopedValue.where(SHAPES_ONLY, true).call(body::get);
  }
}
