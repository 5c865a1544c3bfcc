package maia.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maia.numerics.Array;
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

  /// Checks that the arrays of both calls hold the same bytes.
  static void assertSame(String what, KernelCall actual, KernelCall expected) {
    List<Array> a = actual.arrays();
    List<Array> b = expected.arrays();
    for (int i = 0; i < a.size(); i++) {
      long at = a.get(i).segment().mismatch(b.get(i).segment());
      assertThat(at)
          .as("%s: first byte that differs in array argument %d, in\n%s", what, i, actual.func())
          .isEqualTo(-1);
    }
  }
}
