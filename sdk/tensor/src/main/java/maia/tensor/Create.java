package maia.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import maia.base.Stop;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.numerics.Overflow;
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
    int count = Math.toIntExact(Layout.contiguous(shape).elements());
    if (Host.Kind.of(type) == Host.Kind.LONG) {
      long[] values = new long[count];
      Arrays.fill(values, (long) value);
      return Host.tensor(values, type, shape);
    }
    if (type == DType.F64) {
      double[] doubles = new double[count];
      Arrays.fill(doubles, value);
      return Host.tensor(doubles, type, shape);
    }
    float[] all = new float[count];
    if (Double.isInfinite(value)) { // asked for, so not saturated
      double[] doubles = new double[count];
      Arrays.fill(doubles, value);
      var cast = new Conversion.Cast(type, Rounding.NEAREST_EVEN, Overflow.NON_SATURATE);
      return Tensor.on(Device.cpu(), Conversion.round(doubles, cast, shape));
    }
    Arrays.fill(all, Host.floats(Host.tensor(new double[] {value}, type))[0]);
    return Host.tensor(all, type, shape);
  }

  /// A tensor on the device of `x`, of its scalar type (F32 for a block tensor), full of `value`.
  static Tensor fullLike(Tensor x, double value) {
    DType type = x.type() instanceof BlockFormat ? DType.F32 : x.dtype();
    return x.isMeta() ? Tensor.meta(type, x.shape()) : full(value, type, x.shape()).to(x.device());
  }

  /// A scalar 0 of the type and device of `x`.
  static Tensor zeroLike(Tensor x) {
    return scalarLike(x, 0);
  }

  /// A scalar that operations combine with `x` on its device without widening its type: F32 (F64)
  /// for floats, the type of `x` for integers where `value` is whole. It keeps its value beside a
  /// shape-only `x`, so that a recorded operation knows it.
  static Tensor scalarLike(Tensor x, double value) {
    DType type = x.dtype("scalar");
    boolean whole = value == Math.rint(value) && !type.isFloat() && type != DType.BOOL;
    DType fit = type == DType.F64 ? DType.F64 : whole ? type : DType.F32;
    Tensor scalar = full(value, fit);
    return x.isMeta() ? scalar : scalar.to(x.device());
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
    int count = Math.toIntExact(Layout.contiguous(shape).elements());
    float[] values = new float[count];
    Parallel.ranges(
        count,
        Parallel.ELEMENTS,
        (from, to) -> {
          for (int i = from; i < to; i++) {
            values[i] = element.at(i);
          }
        });
    return type == DType.F64
        ? Host.tensor(widen(values), type, shape)
        : Host.tensor(values, type, shape);
  }

  private static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    return wide;
  }

  static void assign(Tensor to, Tensor values) {
    DType type = to.dtype("assign");
    checkPlace(to, values);
    Autograd.write("assign", to, values.to(type).expand(to.shape()));
  }

  private static void checkPlace(Tensor to, Tensor values) {
    if (!to.device().equals(values.device()) || to.isMeta()) {
      throw TensorException.of(
          "assign: both tensors must be on one device with memory: this is on %s, values on %s",
          to.device(), values.device());
    }
  }

  /// Writes `values`, of the type and shape of `to`, into its memory; no history changes.
  static void store(Tensor to, Tensor values) {
    DType type = to.dtype("assign");
    Tensor source = Autograd.noGrad(values::contiguous);
    Stop.poll("assign");
    switch (Host.Kind.of(type)) {
      case FLOAT -> HostArray.store(Host.floats(source), to);
      case DOUBLE -> {
        double[] from = Host.doubles(source);
        Host.visit(
            to.layout(),
            (at, i) -> to.segment().set(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8 * at, from[i]));
      }
      case LONG -> storeLongs(to, type, source);
    }
  }

  private static void storeLongs(Tensor to, DType type, Tensor source) {
    int bytes = type.bits() / 8;
    MemorySegment from = Host.copy(source).segment();
    Host.visit(
        to.layout(),
        (at, i) -> MemorySegment.copy(from, (long) i * bytes, to.segment(), at * bytes, bytes));
  }
}
