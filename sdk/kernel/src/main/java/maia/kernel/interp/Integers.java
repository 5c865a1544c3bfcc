package maia.kernel.interp;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import maia.numerics.DType;

/// Integers and truth values in memory.
final class Integers {
  private static final int BYTE = 0xff;

  private Integers() {}

  static long get(DType type, MemorySegment from, long index) {
    return switch (type) {
      case I64 -> from.get(ValueLayout.JAVA_LONG_UNALIGNED, index * Long.BYTES);
      case I32 -> from.get(ValueLayout.JAVA_INT_UNALIGNED, index * Integer.BYTES);
      case I16 -> from.get(ValueLayout.JAVA_SHORT_UNALIGNED, index * Short.BYTES);
      case I8 -> from.get(ValueLayout.JAVA_BYTE, index);
      case U8 -> from.get(ValueLayout.JAVA_BYTE, index) & BYTE;
      case BOOL -> from.get(ValueLayout.JAVA_BYTE, index) == 0 ? 0 : 1;
      default -> throw new IllegalStateException("bug in kernel.interp: integers of " + type);
    };
  }

  static void set(DType type, MemorySegment to, long index, long value) {
    switch (type) {
      case I64 -> to.set(ValueLayout.JAVA_LONG_UNALIGNED, index * Long.BYTES, value);
      case I32 -> to.set(ValueLayout.JAVA_INT_UNALIGNED, index * Integer.BYTES, (int) value);
      case I16 -> to.set(ValueLayout.JAVA_SHORT_UNALIGNED, index * Short.BYTES, (short) value);
      case I8, U8, BOOL -> to.set(ValueLayout.JAVA_BYTE, index, (byte) value);
      default -> throw new IllegalStateException("bug in kernel.interp: integers to " + type);
    }
  }
}
