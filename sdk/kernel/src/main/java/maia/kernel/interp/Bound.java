package maia.kernel.interp;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import maia.npl.Program.Access;
import maia.numerics.Array;
import maia.numerics.BlockFormat;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;

/// An array argument under the name of its parameter.
final class Bound {
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
      to[at + i] = Integers.get(dtype, segment, first + i * stride);
    }
  }

  void write(float[] from, int at, int count, long first, long stride) {
    codec.encode(
        from, at, count, segment, first, stride, Rounding.NEAREST_EVEN, Overflow.NON_SATURATE);
  }

  void write(long[] from, int at, int count, long first, long stride) {
    for (int i = 0; i < count; i++) {
      Integers.set(dtype, segment, first + i * stride, from[at + i]);
    }
  }

  /// `[4, 16]`.
  String sizes() {
    return Arrays.toString(shape);
  }
}
