package maia.kernel.interp;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import maia.npl.Program.Access;
import maia.numerics.Array;
import maia.numerics.BlockFormat;
import maia.numerics.Codec;
import maia.numerics.DType;

/// An array argument under the name of its parameter.
final class Bound {
  private static final int BYTE = 0xff;

  final String name;
  final Access access;
  final DType dtype;
  final long[] shape;
  final long[] strides;
  final long offset;
  final MemorySegment segment;
  final Codec codec;

  Bound(String name, Access access, Array array) {
    this.name = name;
    this.access = access;
    dtype = array.type() instanceof BlockFormat format ? format.element() : (DType) array.type();
    shape = array.shape();
    strides = array.strides();
    offset = array.offset();
    segment = array.segment();
    codec = Codec.of(dtype);
  }

  /// Reads `count` floats at storage indices `first`, `first + stride`, ...
  void read(long first, long stride, int count, float[] to, int at) {
    codec.decode(segment, first, stride, count, to, at);
  }

  void read(long first, long stride, int count, long[] to, int at) {
    for (int i = 0; i < count; i++) {
      to[at + i] = integer(first + i * stride);
    }
  }

  void write(float[] from, int at, int count, long first, long stride) {
    codec.encode(from, at, count, segment, first, stride);
  }

  void write(long[] from, int at, int count, long first, long stride) {
    for (int i = 0; i < count; i++) {
      put(first + i * stride, from[at + i]);
    }
  }

  private long integer(long index) {
    return switch (dtype) {
      case I64 -> segment.get(ValueLayout.JAVA_LONG_UNALIGNED, index * Long.BYTES);
      case I32 -> segment.get(ValueLayout.JAVA_INT_UNALIGNED, index * Integer.BYTES);
      case I16 -> segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, index * Short.BYTES);
      case I8 -> segment.get(ValueLayout.JAVA_BYTE, index);
      case U8 -> segment.get(ValueLayout.JAVA_BYTE, index) & BYTE;
      case BOOL -> segment.get(ValueLayout.JAVA_BYTE, index) == 0 ? 0 : 1;
      default -> throw new IllegalStateException("bug in kernel.interp: integers of " + dtype);
    };
  }

  private void put(long index, long value) {
    switch (dtype) {
      case I64 -> segment.set(ValueLayout.JAVA_LONG_UNALIGNED, index * Long.BYTES, value);
      case I32 -> segment.set(ValueLayout.JAVA_INT_UNALIGNED, index * Integer.BYTES, (int) value);
      case I16 -> segment.set(ValueLayout.JAVA_SHORT_UNALIGNED, index * Short.BYTES, (short) value);
      case I8, U8, BOOL -> segment.set(ValueLayout.JAVA_BYTE, index, (byte) value);
      default -> throw new IllegalStateException("bug in kernel.interp: integers to " + dtype);
    }
  }

  /// `[4, 16]`.
  String sizes() {
    return Arrays.toString(shape);
  }
}
