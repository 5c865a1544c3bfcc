package maia.sim;

import java.lang.foreign.MemorySegment;
import maia.npl.Program;
import maia.numerics.Array;
import maia.numerics.DType;

/// An array argument bound to its parameter.
final class BoundArray {
  final Program.ArrayParam param;
  final DType type;
  final long[] shape;
  final long[] strides;
  final long offset;
  final MemorySegment segment;

  BoundArray(Program.ArrayParam param, Array array) {
    this.param = param;
    this.type = param.type();
    this.shape = array.shape();
    this.strides = array.strides();
    this.offset = array.offset();
    this.segment = array.segment();
  }

  String name() {
    return param.name();
  }

  long elements() {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    return count;
  }
}
