package maia.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import maia.numerics.DType;

/// Integers between memory and arrays of 64 bits, in blocks that stay in the cache: one loop per
/// type.
final class HostIntegers {
  private static final int BLOCK = 1 << 13;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private HostIntegers() {}

  /// Fills `values` with the elements of `x` where they lie behind one another, or are one element
  /// repeated; false where they do not, or the type is no integer.
  static boolean read(Tensor x, long[] values) {
    if (values.length == 0) {
      return false;
    }
    if (x.isContiguous()) {
      return readDense(x, values);
    }
    long[] one = new long[1];
    if (!repeats(x) || !readDense(x, one)) {
      return false;
    }
    Arrays.fill(values, one[0]);
    return true;
  }

  private static boolean repeats(Tensor x) {
    long[] strides = x.strides();
    for (int d = 0; d < strides.length; d++) {
      if (strides[d] != 0 && x.size(d) > 1) {
        return false;
      }
    }
    return true;
  }

  private static boolean readDense(Tensor x, long[] values) {
    DType type = x.dtype("values");
    MemorySegment from = x.segment();
    long at = x.offset();
    switch (type) {
      case I64 -> MemorySegment.copy(from, LONG, Long.BYTES * at, values, 0, values.length);
      case I32 -> ints(from, at, values);
      case I16 -> shorts(from, at, values);
      case I8 -> bytes(from, at, values, -1L);
      case U8, BOOL -> bytes(from, at, values, 0xff);
      default -> {
        return false;
      }
    }
    return true;
  }

  private static void bytes(MemorySegment from, long at, long[] values, long mask) {
    byte[] block = new byte[Math.min(BLOCK, values.length)];
    for (int done = 0; done < values.length; done += block.length) {
      int count = Math.min(block.length, values.length - done);
      MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at + done, block, 0, count);
      for (int i = 0; i < count; i++) {
        values[done + i] = block[i] & mask;
      }
    }
  }

  private static void shorts(MemorySegment from, long at, long[] values) {
    short[] block = new short[Math.min(BLOCK, values.length)];
    for (int done = 0; done < values.length; done += block.length) {
      int count = Math.min(block.length, values.length - done);
      MemorySegment.copy(from, SHORT, Short.BYTES * (at + done), block, 0, count);
      for (int i = 0; i < count; i++) {
        values[done + i] = block[i];
      }
    }
  }

  private static void ints(MemorySegment from, long at, long[] values) {
    int[] block = new int[Math.min(BLOCK, values.length)];
    for (int done = 0; done < values.length; done += block.length) {
      int count = Math.min(block.length, values.length - done);
      MemorySegment.copy(from, INT, Integer.BYTES * (at + done), block, 0, count);
      for (int i = 0; i < count; i++) {
        values[done + i] = block[i];
      }
    }
  }

  /// Writes the low bits of `values` as elements of `type`; for BOOL, whether each is not 0.
  static void write(long[] values, DType type, MemorySegment to) {
    switch (type) {
      case I64 -> MemorySegment.copy(values, 0, to, LONG, 0, values.length);
      case I32 -> toInts(values, to);
      case I16 -> toShorts(values, to);
      case BOOL -> toTruth(values, to);
      default -> toBytes(values, to);
    }
  }

  private static void toInts(long[] values, MemorySegment to) {
    int[] block = new int[Math.min(BLOCK, values.length)];
    for (int done = 0; done < values.length; done += block.length) {
      int count = Math.min(block.length, values.length - done);
      for (int i = 0; i < count; i++) {
        block[i] = (int) values[done + i];
      }
      MemorySegment.copy(block, 0, to, INT, (long) Integer.BYTES * done, count);
    }
  }

  private static void toShorts(long[] values, MemorySegment to) {
    short[] block = new short[Math.min(BLOCK, values.length)];
    for (int done = 0; done < values.length; done += block.length) {
      int count = Math.min(block.length, values.length - done);
      for (int i = 0; i < count; i++) {
        block[i] = (short) values[done + i];
      }
      MemorySegment.copy(block, 0, to, SHORT, (long) Short.BYTES * done, count);
    }
  }

  private static void toTruth(long[] values, MemorySegment to) {
    long[] truth = new long[values.length];
    for (int i = 0; i < truth.length; i++) {
      truth[i] = values[i] == 0 ? 0 : 1;
    }
    toBytes(truth, to);
  }

  private static void toBytes(long[] values, MemorySegment to) {
    byte[] block = new byte[Math.min(BLOCK, values.length)];
    for (int done = 0; done < values.length; done += block.length) {
      int count = Math.min(block.length, values.length - done);
      for (int i = 0; i < count; i++) {
        block[i] = (byte) values[done + i];
      }
      MemorySegment.copy(block, 0, to, ValueLayout.JAVA_BYTE, done, count);
    }
  }
}
