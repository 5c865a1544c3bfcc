package maia.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maia.numerics.Array;
import maia.numerics.BlockFormat;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.numerics.Memory;

/// An array with the same layout and bytes in memory of its own.
record Twin(
    ElementType type,
    long[] shape,
    long[] strides,
    long offset,
    MemorySegment segment,
    Optional<Array> scales,
    float tensorScale)
    implements Array {

  /// The call on twins of its arrays; arrays that share memory still do.
  static KernelCall of(KernelCall call) {
    Map<Long, MemorySegment> copies = new HashMap<>();
    List<Object> arguments = new ArrayList<>();
    for (Object argument : call.arguments()) {
      arguments.add(argument instanceof Array array ? of(array, copies) : argument);
    }
    return new KernelCall(call.func(), call.metas(), call.grid(), arguments, call.mode());
  }

  private static Array of(Array array, Map<Long, MemorySegment> copies) {
    MemorySegment copy =
        copies.computeIfAbsent(
            array.segment().address(),
            _ -> Memory.allocate(array.segment().byteSize()).copyFrom(array.segment()));
    return new Twin(
        array.type(),
        array.shape(),
        array.strides(),
        array.offset(),
        copy,
        array.scales().map(s -> of(s, copies)),
        array.tensorScale());
  }

  /// Checks that the arrays of both calls hold the same values; payloads of NaN do not count.
  static void assertSame(String what, KernelCall actual, KernelCall expected) {
    assertThat(difference(actual, expected)).as("%s, in\n%s", what, actual.func()).isEmpty();
  }

  /// The first element that differs.
  static Optional<String> difference(KernelCall actual, KernelCall expected) {
    List<Array> a = actual.arrays();
    List<Array> b = expected.arrays();
    for (int i = 0; i < a.size(); i++) {
      if (a.get(i).segment().mismatch(b.get(i).segment()) < 0) {
        continue;
      }
      double[] x = values(a.get(i));
      double[] y = values(b.get(i));
      int at = Arrays.mismatch(x, y);
      if (at >= 0) {
        return Optional.of(
            "array argument %d, storage element %d: %s against %s".formatted(i, at, x[at], y[at]));
      }
    }
    return Optional.empty();
  }

  /// Every element in memory; NaN compare equal.
  private static double[] values(Array array) {
    DType type =
        array.type() instanceof BlockFormat format ? format.element() : (DType) array.type();
    int count = (int) (array.segment().byteSize() * 8 / type.bits());
    double[] values = new double[count];
    if (type == DType.I64) {
      Arrays.setAll(values, i -> array.segment().getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, i));
      return values;
    }
    float[] floats = new float[count];
    Codec.of(type).decode(array.segment(), 0, 1, count, floats, 0);
    Arrays.setAll(values, i -> floats[i]);
    return values;
  }
}
