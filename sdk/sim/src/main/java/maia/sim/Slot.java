package maia.sim;

import maia.npl.Lanes;
import maia.npl.Program;
import maia.numerics.DType;
import org.jspecify.annotations.Nullable;

/// One slot of an on-chip buffer: decoded values, and what the checks remember of it.
final class Slot {
  final Program.Buffer buffer;
  final int number;
  final int index;
  final DType type;
  final int[] shape;
  final int[] strides;
  final float[] floats;
  final long[] longs;
  final @Nullable Watch watch;

  Slot(Program.Buffer buffer, int number, int index, boolean watched) {
    this.buffer = buffer;
    this.number = number;
    this.index = index;
    this.type = buffer.type();
    this.shape = buffer.shape().stream().mapToInt(Integer::intValue).toArray();
    this.strides = new int[shape.length];
    int step = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      strides[d] = step;
      step *= shape[d];
    }
    boolean isFloat = Lanes.Kind.of(type) == Lanes.Kind.FLOAT;
    floats = new float[isFloat ? step : 0];
    longs = new long[isFloat ? 0 : step];
    watch = watched ? new Watch(step) : null;
  }

  String name() {
    return "'" + buffer.name() + "' slot " + index;
  }
}
