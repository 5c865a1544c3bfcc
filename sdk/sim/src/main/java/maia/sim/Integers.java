package maia.sim;

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
      case F64, F32, TF32, BF16, F16, FP8_E4M3, FP8_E5M2, FP8_E4M3FNUZ, FP8_E5M2FNUZ -> bug(type);
      case FP8_E4M3IEEE, FP8_E3M4, FP6_E2M3, FP6_E3M2, FP4_E2M1, E8M0, UE4M3 -> bug(type);
    };
  }

  static void set(DType type, MemorySegment to, long index, long value) {
    switch (type) {
      case I64 -> to.set(ValueLayout.JAVA_LONG_UNALIGNED, index * Long.BYTES, value);
      case I32 -> to.set(ValueLayout.JAVA_INT_UNALIGNED, index * Integer.BYTES, (int) value);
      case I16 -> to.set(ValueLayout.JAVA_SHORT_UNALIGNED, index * Short.BYTES, (short) value);
      case I8, U8, BOOL -> to.set(ValueLayout.JAVA_BYTE, index, (byte) value);
      case F64, F32, TF32, BF16, F16, FP8_E4M3, FP8_E5M2, FP8_E4M3FNUZ, FP8_E5M2FNUZ -> bug(type);
      case FP8_E4M3IEEE, FP8_E3M4, FP6_E2M3, FP6_E3M2, FP4_E2M1, E8M0, UE4M3 -> bug(type);
    }
  }

  private static long bug(DType type) {
    throw new IllegalStateException("bug in Integers: got " + type);
  }

  /// `value` moved into the range of `type`.
  static long saturate(DType type, long value) {
    return switch (type) {
      case BOOL -> value == 0 ? 0 : 1;
      case U8 -> Math.clamp(value, 0, BYTE);
      case I64 -> value;
      default -> {
        long limit = 1L << (type.bits() - 1);
        yield Math.clamp(value, -limit, limit - 1);
      }
    };
  }

  /// The nearest integer of `type`, ties to even, saturating; NaN is 0.
  static long round(DType type, float value) {
    if (type == DType.BOOL) {
      return value != 0 ? 1 : 0;
    }
    return saturate(type, (long) Math.rint((double) value));
  }
}
