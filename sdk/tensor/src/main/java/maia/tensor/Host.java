package maia.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Elements;
import maia.numerics.HostArray;
import maia.numerics.Memory;
import maia.numerics.Overflow;
import maia.numerics.Rounding;

/// Values of tensors as Java arrays in row order, and back: how the host backend computes.
final class Host {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

  private Host() {}

  /// What a type is computed in.
  enum Kind {
    FLOAT,
    DOUBLE,
    LONG;

    static Kind of(DType type) {
      return type == DType.F64 ? DOUBLE : type.isFloat() ? FLOAT : LONG;
    }
  }

  /// The values as fp32, decoded exactly (F64 and wide integers rounded); a fresh array.
  static float[] floats(Tensor x) {
    int count = count(x);
    if (count == 0) {
      return new float[0]; // its offset may lie behind the memory
    }
    if (x.type() != DType.F32 || !x.isContiguous()) {
      return HostArray.floats(x);
    }
    float[] values = new float[count];
    MemorySegment.copy(x.segment(), FLOAT, 4 * x.offset(), values, 0, count);
    return values;
  }

  /// The values of any scalar type as fp64; a fresh array.
  static double[] doubles(Tensor x) {
    double[] values = new double[count(x)];
    if (x.type() == DType.F64) {
      visit(x.layout(), (at, i) -> values[i] = x.segment().get(DOUBLE, 8 * at));
    } else if (Kind.of(x.dtype("values")) == Kind.LONG) {
      long[] longs = longs(x);
      for (int i = 0; i < longs.length; i++) {
        values[i] = longs[i];
      }
    } else {
      float[] floats = floats(x);
      for (int i = 0; i < floats.length; i++) {
        values[i] = floats[i];
      }
    }
    return values;
  }

  /// The values of an integer or boolean tensor; a fresh array.
  static long[] longs(Tensor x) {
    long[] values = new long[count(x)];
    if (values.length == 0) {
      return values;
    }
    if (HostIntegers.read(x, values)) {
      return values;
    }
    MemorySegment from = x.segment();
    switch (x.dtype("values")) {
      case I64 -> visit(x.layout(), (at, i) -> values[i] = from.get(LONG, 8 * at));
      case I32 -> visit(x.layout(), (at, i) -> values[i] = from.get(INT, 4 * at));
      case I16 -> visit(x.layout(), (at, i) -> values[i] = from.get(SHORT, 2 * at));
      case I8 -> visit(x.layout(), (at, i) -> values[i] = from.get(ValueLayout.JAVA_BYTE, at));
      case U8, BOOL ->
          visit(x.layout(), (at, i) -> values[i] = from.get(ValueLayout.JAVA_BYTE, at) & 0xff);
      case F64,
          F32,
          TF32,
          BF16,
          F16,
          FP8_E4M3,
          FP8_E5M2,
          FP8_E4M3FNUZ,
          FP8_E5M2FNUZ,
          FP8_E4M3IEEE,
          FP8_E3M4,
          FP6_E2M3,
          FP6_E3M2,
          FP4_E2M1,
          E8M0,
          UE4M3 ->
          throw TensorException.of(
              "values: a tensor of %s does not hold integers; convert it with to(I64)",
              x.type().label());
    }
    return values;
  }

  /// Truth values: everything but zero is true.
  static boolean[] booleans(Tensor x) {
    boolean[] values = new boolean[count(x)];
    if (x.type() == DType.BOOL && x.isContiguous()) {
      byte[] bytes = new byte[values.length];
      MemorySegment.copy(x.segment(), ValueLayout.JAVA_BYTE, x.offset(), bytes, 0, bytes.length);
      for (int i = 0; i < bytes.length; i++) {
        values[i] = bytes[i] != 0;
      }
      return values;
    }
    if (Kind.of(x.dtype("values")) == Kind.LONG) {
      long[] longs = longs(x);
      for (int i = 0; i < longs.length; i++) {
        values[i] = longs[i] != 0;
      }
    } else {
      double[] doubles = doubles(x);
      for (int i = 0; i < doubles.length; i++) {
        values[i] = doubles[i] != 0;
      }
    }
    return values;
  }

  /// A tensor of `values`, each rounded to `type`.
  static Tensor tensor(float[] values, DType type, long... shape) {
    checked(type, values.length, shape);
    if (type != DType.F32) {
      return cpu(HostArray.of(values, type, shape));
    }
    HostArray array = HostArray.zeros(type, shape);
    MemorySegment.copy(values, 0, array.segment(), FLOAT, 0, values.length);
    return cpu(array);
  }

  /// A tensor of values that were chosen, not computed: infinities stay infinite.
  static Tensor chosen(float[] values, DType type, long... shape) {
    if (type == DType.F32) {
      return tensor(values, type, shape);
    }
    HostArray array = HostArray.zeros(checked(type, values.length, shape), shape);
    Codec.of(type)
        .encode(
            values,
            0,
            values.length,
            array.segment(),
            0,
            1,
            Rounding.NEAREST_EVEN,
            Overflow.NON_SATURATE);
    return cpu(array);
  }

  /// A tensor of `values`, each rounded once to `type`.
  static Tensor tensor(double[] values, DType type, long... shape) {
    if (type == DType.F64) {
      HostArray array = HostArray.zeros(checked(type, values.length, shape), shape);
      MemorySegment.copy(values, 0, array.segment(), DOUBLE, 0, values.length);
      return cpu(array);
    }
    return cpu(Conversion.round(values, checked(type, values.length, shape), shape));
  }

  /// A tensor of integers; a value out of the range of `type` is refused.
  static Tensor tensor(long[] values, DType type, long... shape) {
    return cpu(HostArray.ofLongs(values, checked(type, values.length, shape), shape));
  }

  /// A tensor of the results of integer arithmetic: the low bits of each, as the processor keeps
  /// them; for BOOL, whether it is not 0.
  static Tensor wrapped(long[] values, DType type, long... shape) {
    HostArray array = HostArray.zeros(checked(type, values.length, shape), shape);
    HostIntegers.write(values, type, array.segment());
    return cpu(array);
  }

  static Tensor tensor(boolean[] values, long... shape) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (values[i] ? 1 : 0);
    }
    HostArray array = HostArray.zeros(checked(DType.BOOL, values.length, shape), shape);
    MemorySegment.copy(bytes, 0, array.segment(), ValueLayout.JAVA_BYTE, 0, bytes.length);
    return cpu(array);
  }

  /// The same memory as a tensor of the host, for a computation that uses tensor methods.
  static Tensor here(Tensor x) {
    return x.device().equals(Device.cpu()) ? x : Tensor.on(Device.cpu(), x);
  }

  /// A dense copy in host memory, of any type.
  static HostArray copy(Tensor x) {
    checkValues(x);
    HostArray to =
        x.type() instanceof DType type
            ? HostArray.unset(type, x.shape())
            : HostArray.zeros(x.type(), x.shape());
    Elements.copy(x, to);
    return x.tensorScale() == 1 ? to : to.withTensorScale(x.tensorScale());
  }

  private static Tensor cpu(HostArray array) {
    return Tensor.on(Device.cpu(), array);
  }

  private static DType checked(DType type, int values, long... shape) {
    long elements = Layout.contiguous(shape).elements();
    ShapeException.check(
        elements == values,
        "tensor: shape %s has %d elements, got %d values",
        Layout.text(shape),
        elements,
        values);
    return type;
  }

  /// The number of elements, where they exist and fit a Java array.
  static int count(Tensor x) {
    checkValues(x);
    return count(x.elements());
  }

  /// `elements`, where they fit a Java array.
  static int count(long elements) {
    if (elements > Integer.MAX_VALUE - 8) {
      throw TensorException.of(
          "values: %d elements exceed the %d that one host operation handles; split the tensor",
          elements, Integer.MAX_VALUE - 8);
    }
    return (int) elements;
  }

  /// Refuses a tensor whose memory a scope has freed.
  static void checkAlive(Tensor x) {
    if (!Memory.isAlive(x.segment())) {
      throw TensorException.of(
          "values: the scope that freed this %s tensor of %s has ended; carry it out with scope.keep",
          x.type().label(), Layout.text(x.shape()));
    }
  }

  /// Refuses a tensor that has no memory.
  static void checkValues(Tensor x) {
    if (x.isMeta()) {
      throw TensorException.of(
          "values: a tensor on device meta has a shape (%s) but no values", Layout.text(x.shape()));
    }
    checkAlive(x);
    if (isRecorded(x)) {
      throw TensorException.of(
          "'%s' reads the values of a tensor (%s %s) whose operations are being recorded: it has none"
              + " yet, and the graph would hold for these alone; choose with tensors (where,"
              + " maskedFill), or do it before or after the recorded function",
          Caller.method(), x.type().label(), Layout.text(x.shape()));
    }
  }

  /// Whether `x` stands for a value of a graph that is being recorded: it has an address and no
  /// memory.
  static boolean isRecorded(Tensor x) {
    return x.segment().byteSize() == 0 && x.elements() > 0 && !x.isMeta();
  }

  /// Receives the storage index of the element that comes `i`-th in row order.
  interface Visitor {
    void visit(long storageIndex, int i);
  }

  static void visit(Layout layout, Visitor visitor) {
    long[] shape = layout.shape();
    long[] index = new long[shape.length];
    long count = layout.elements();
    long at = layout.offset();
    for (int i = 0; i < count; i++) {
      visitor.visit(at, i);
      for (int d = shape.length - 1; d >= 0; d--) {
        at += layout.strides()[d];
        if (++index[d] < shape[d]) {
          break;
        }
        at -= shape[d] * layout.strides()[d];
        index[d] = 0;
      }
    }
  }
}
