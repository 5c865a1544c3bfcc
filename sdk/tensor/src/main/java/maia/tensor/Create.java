package maia.tensor;

import maia.base.Stop;
import maia.numerics.BlockFormat;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Elements;
import maia.numerics.Overflow;
import maia.numerics.PackedWeights;
import maia.numerics.Rounding;

/// Tensors from rules, and the one write into a tensor.
final class Create {
  private Create() {}

  /// A value as a function of its index.
  @FunctionalInterface
  interface Element {
    float at(long index);
  }

  static Tensor full(double value, DType type, long... shape) {
    if (shape.length == 0) {
      return one(value, type);
    }
    Tensor result = Tensor.zeros(type, shape);
    if (Double.doubleToRawLongBits(value) != 0 || type == DType.E8M0) {
      Elements.fill(result, one(value, type).segment(), 0);
    }
    return result;
  }

  /// A scalar.
  private static Tensor one(double value, DType type) {
    if (Host.Kind.of(type) == Host.Kind.LONG) {
      return Host.tensor(new long[] {(long) value}, type);
    }
    double[] values = {value};
    if (Double.isInfinite(value) && type != DType.F64) { // asked for, so not saturated
      var cast = new Conversion.Cast(type, Rounding.NEAREST_EVEN, Overflow.NON_SATURATE);
      return Tensor.on(Device.cpu(), Conversion.round(values, cast));
    }
    return Host.tensor(values, type);
  }

  /// A tensor on the device of `x`, of its scalar type (F32 for a block tensor), full of `value`.
  static Tensor fullLike(Tensor x, double value) {
    DType type = x.type() instanceof BlockFormat ? DType.F32 : x.dtype();
    return x.isMeta() ? Tensor.meta(type, x.shape()) : full(value, type, x.shape()).to(x.device());
  }

  /// A scalar 0 of the type and device of `x`.
  static Tensor zeroLike(Tensor x) {
    return scalarLike(x, 0L);
  }

  /// A number that operations combine with `x` on its device without widening it: F32 (F64 beside
  /// F64). It keeps its value beside a shape-only `x`, so that a recorded operation knows it.
  static Tensor scalarLike(Tensor x, double value) {
    return number(x, full(value, x.dtype("scalar") == DType.F64 ? DType.F64 : DType.F32));
  }

  /// A number of exactly the type of `x`, on its device: what is written into `x`.
  static Tensor valueLike(Tensor x, double value) {
    return number(x, full(value, x.dtype("scalar")));
  }

  /// As [#scalarLike(Tensor, double)] for a whole number: I64 beside integers and truth values.
  static Tensor scalarLike(Tensor x, long value) {
    return x.dtype("scalar").isFloat()
        ? scalarLike(x, (double) value)
        : number(x, Host.tensor(new long[] {value}, DType.I64));
  }

  private static Tensor number(Tensor x, Tensor scalar) {
    return (x.isMeta() ? scalar : scalar.to(x.device())).asNumber();
  }

  static Tensor rows(float[][] rows) {
    int width = rows.length == 0 ? 0 : rows[0].length;
    float[] values = new float[rows.length * width];
    for (int r = 0; r < rows.length; r++) {
      ShapeException.check(
          rows[r].length == width,
          "tensor: rows differ in length: row 0 has %d values, row %d has %d",
          width,
          r,
          rows[r].length);
      System.arraycopy(rows[r], 0, values, r * width, width);
    }
    return Host.tensor(values, DType.F32, rows.length, width);
  }

  static Tensor arange(long count) {
    ShapeException.check(count >= 0, "arange: the count must not be negative, was %d", count);
    long[] values = new long[Math.toIntExact(count)];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    return Host.tensor(values, DType.I64, count);
  }

  static Tensor random(DType type, Element element, long... shape) {
    if (!type.isFloat()) {
      throw TensorException.of("rand: needs a floating-point type, got %s", type.label());
    }
    Tensor result = Tensor.zeros(type, shape);
    long count = result.elements();
    Parallel.ranges(
        Math.toIntExact(Math.ceilDiv(count, (long) Parallel.ELEMENTS)),
        1,
        (from, to) -> {
          for (long c = from; c < to; c++) {
            Stop.poll("rand");
            piece(element, result, type, c * Parallel.ELEMENTS, count);
          }
        });
    return result;
  }

  /// The elements from `first` on, as many as one thread takes at a time.
  private static void piece(Element element, Tensor to, DType type, long first, long count) {
    float[] values = new float[(int) Math.min(Parallel.ELEMENTS, count - first)];
    for (int i = 0; i < values.length; i++) {
      values[i] = element.at(first + i);
    }
    Codec.of(type).encode(values, 0, values.length, to.segment(), first, 1);
  }

  static void assign(Tensor to, Tensor values) {
    DType type = to.dtype("assign");
    checkPlace(to, values);
    Autograd.write("assign", to, values.to(type).expand(to.shape()));
  }

  private static void checkPlace(Tensor to, Tensor values) {
    if (!to.isMeta() && !to.device().equals(values.device())) {
      throw TensorException.of(
          "assign: both tensors must be on one device: this is on %s, values on %s",
          to.device(), values.device());
    }
  }

  /// Writes `values`, of the type and shape of `to`, into its memory; no history changes.
  static void store(Tensor to, Tensor values) {
    Stop.poll("assign");
    if (!to.isMeta() && to.elements() > 0) {
      try {
        to.device().backend().write(to, apart(values, to));
      } finally {
        PackedWeights.written(to.segment());
      }
    }
  }

  /// `source`, or a copy of it where writing `to` would change it.
  private static Tensor apart(Tensor source, Tensor to) {
    boolean shared = source.segment().asOverlappingSlice(to.segment()).isPresent();
    return shared ? Tensor.on(source.device(), Host.copy(source)) : source;
  }
}
