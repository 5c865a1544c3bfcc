package maia.runtime;

import java.lang.foreign.MemorySegment;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.numerics.HostArray;

/// Where the results of operations on the chip get their memory from.
interface ResultMemory {
  /// Each result in memory of its own.
  ResultMemory SEPARATE =
      (isTimingOnly, type, shape) ->
          isTimingOnly ? HostArray.meta(type, shape) : HostArray.zeros(type, shape);

  /// A contiguous array of zero codes; a shape without values where only time is simulated.
  HostArray array(boolean isTimingOnly, ElementType type, long... shape);

  /// What is asked for next, step number `step` of a plan asks for.
  default void begin(int step) {}

  /// Zeroed memory of its own.
  static MemorySegment separate(long bytes) {
    return HostArray.zeros(DType.U8, bytes).segment();
  }
}
