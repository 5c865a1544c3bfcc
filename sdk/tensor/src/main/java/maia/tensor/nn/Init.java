package maia.tensor.nn;

import java.util.Arrays;
import java.util.function.Supplier;
import maia.base.Check;
import maia.numerics.DType;
import maia.numerics.Philox;
import maia.tensor.Tensor;

/// First values of parameters, F32, each a function of a seed and its index. Names and formulas as
/// in `torch.nn.init`; a shape `[out, in, ..]` has `in` times its further sizes as fan-in, `out`
/// times them as fan-out.
public final class Init {
  private static final ScopedValue<Boolean> SHAPES_ONLY = ScopedValue.newInstance();

  /// How far apart the tries of one element of [#truncatedNormal] lie in the stream.
  private static final long NEXT_TRY = 1L << 40;

  private Init() {}

  /// Which size keeps its variance.
  public enum Fan {
    /// That of the input: activations keep their size on the way forward.
    IN,
    /// That of the output: gradients keep their size on the way back.
    OUT,
  }

  /// Values uniform from -bound to (exclusive) bound.
  public static Tensor uniform(double bound, long seed, long... shape) {
    return made(() -> Tensor.rand(DType.F32, seed, shape).mul(2 * bound).sub(bound), shape);
  }

  /// Normal values around 0.
  public static Tensor normal(double deviation, long seed, long... shape) {
    return made(() -> Tensor.randn(DType.F32, seed, shape).mul(deviation), shape);
  }

  /// Values that are all `value`.
  public static Tensor full(double value, long... shape) {
    return made(() -> Tensor.full(value, DType.F32, shape), shape);
  }

  /// Normal values around 0 with the given deviation, drawn again until they lie within `bound` of
  /// 0.
  public static Tensor truncatedNormal(double deviation, double bound, long seed, long... shape) {
    Check.argument(
        deviation > 0 && bound > deviation / 16,
        "truncatedNormal: deviation must be positive and the bound not much smaller, were %s and %s",
        deviation,
        bound);
    return made(
        () -> {
          float[] values = new float[count(shape)];
          for (int i = 0; i < values.length; i++) {
            double value = bound + 1;
            for (long at = i; Math.abs(value) > bound; at += NEXT_TRY) {
              value = Philox.normal(seed, at) * deviation;
            }
            values[i] = (float) value;
          }
          return Tensor.of(values, shape);
        },
        shape);
  }

  /// Glorot's uniform values: bound gain * sqrt(6 / (fan-in + fan-out)).
  public static Tensor xavierUniform(double gain, long seed, long... shape) {
    return uniform(gain * Math.sqrt(6.0 / (fan(Fan.IN, shape) + fan(Fan.OUT, shape))), seed, shape);
  }

  /// Glorot's normal values: deviation gain * sqrt(2 / (fan-in + fan-out)).
  public static Tensor xavierNormal(double gain, long seed, long... shape) {
    return normal(gain * Math.sqrt(2.0 / (fan(Fan.IN, shape) + fan(Fan.OUT, shape))), seed, shape);
  }

  /// He's uniform values: bound gain * sqrt(3 / fan); the gain for ReLU is sqrt(2).
  public static Tensor kaimingUniform(double gain, Fan fan, long seed, long... shape) {
    return uniform(gain * Math.sqrt(3.0 / fan(fan, shape)), seed, shape);
  }

  /// He's normal values: deviation gain / sqrt(fan); the gain for ReLU is sqrt(2).
  public static Tensor kaimingNormal(double gain, Fan fan, long seed, long... shape) {
    return normal(gain / Math.sqrt(fan(fan, shape)), seed, shape);
  }

  /// A matrix with orthonormal rows (or columns, if there are fewer of them), times `gain`; further
  /// dimensions count as columns.
  public static Tensor orthogonal(double gain, long seed, long... shape) {
    checkRank("orthogonal", shape);
    return made(
        () -> {
          int rows = Math.toIntExact(shape[0]);
          int columns = rows == 0 ? 0 : count(shape) / rows;
          return Tensor.of(Orthogonal.matrix(gain, seed, rows, columns), shape);
        },
        shape);
  }

  /// The identity matrix, padded with zeros.
  public static Tensor eye(long rows, long columns) {
    return made(
        () -> {
          float[] values = new float[count(rows, columns)];
          for (int i = 0; i < Math.min(rows, columns); i++) {
            values[Math.toIntExact(i * columns + i)] = 1;
          }
          return Tensor.of(values, rows, columns);
        },
        rows,
        columns);
  }

  /// Writes `values` over a parameter, outside any graph.
  public static void set(Tensor parameter, Tensor values) {
    Tensor.noGrad(() -> parameter.assign(values.to(parameter.device())));
  }

  /// What `body` builds, with parameters that have a shape and no memory: a model of any size can
  /// be built and counted. Holds for the calling thread and ends with `body`.
  public static <T> T shapesOnly(Supplier<T> body) {
    return ScopedValue.where(SHAPES_ONLY, true).call(body::get);
  }

  private static Tensor made(Supplier<Tensor> values, long... shape) {
    return SHAPES_ONLY.isBound() ? Tensor.meta(DType.F32, shape) : values.get();
  }

  private static int count(long... shape) {
    return Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
  }

  private static long fan(Fan fan, long... shape) {
    checkRank("fan", shape);
    long field = Arrays.stream(shape).skip(2).reduce(1, Math::multiplyExact);
    return Math.max(1, shape[fan == Fan.IN ? 1 : 0] * field);
  }

  private static void checkRank(String what, long... shape) {
    Check.argument(
        shape.length >= 2,
        "%s: needs a shape [out, in, ..] of at least two dimensions, got %s",
        what,
        Arrays.toString(shape));
  }
}
