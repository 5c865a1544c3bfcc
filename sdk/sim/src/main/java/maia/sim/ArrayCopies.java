package maia.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import maia.numerics.Array;
import maia.numerics.ElementType;

/// Copies of the arrays of a launch; arrays that share memory share their copy.
final class ArrayCopies {
  private ArrayCopies() {}

  private record Copy(
      ElementType type, long[] shape, long[] strides, long offset, MemorySegment segment)
      implements Array {}

  static Launch of(Launch launch) {
    Map<MemorySegment, MemorySegment> copies = new HashMap<>();
    return new Launch(
        launch.arrays().stream().map(a -> copy(a, copies)).toList(),
        launch.scalars(),
        launch.grid(),
        launch.options());
  }

  private static Array copy(Array a, Map<MemorySegment, MemorySegment> copies) {
    MemorySegment memory =
        a.segment().byteSize() == 0
            ? a.segment()
            : copies.computeIfAbsent(
                a.segment(), old -> MemorySegment.ofArray(old.toArray(ValueLayout.JAVA_BYTE)));
    return new Copy(a.type(), a.shape(), a.strides(), a.offset(), memory);
  }
}
