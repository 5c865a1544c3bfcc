package maia.sim;

/// Operands of a lane expression over a box, one value per element.
record LaneOperands(int[] box, int count) {
  /// Each element's index in dimension `dim`.
  long[] iota(int dim) {
    int inner = 1;
    for (int d = dim + 1; d < box.length; d++) {
      inner *= box[d];
    }
    long[] out = new long[count];
    for (int i = 0; i < count; i++) {
      out[i] = i / inner % box[dim];
    }
    return out;
  }

  /// The index of element `at` in each dimension.
  int[] position(int at) {
    int[] position = new int[box.length];
    int rest = at;
    for (int d = box.length - 1; d >= 0; d--) {
      position[d] = rest % box[d];
      rest /= box[d];
    }
    return position;
  }

  /// The floats of `v`, stretched over the box.
  float[] floats(View v) {
    float[] in = v.floats();
    if (in.length == count) {
      return in;
    }
    int[] from = sources(v);
    float[] out = new float[count];
    for (int i = 0; i < count; i++) {
      out[i] = in[from[i]];
    }
    return out;
  }

  /// The integers of `v`, stretched over the box.
  long[] longs(View v) {
    long[] in = v.longs();
    if (in.length == count) {
      return in;
    }
    int[] from = sources(v);
    long[] out = new long[count];
    for (int i = 0; i < count; i++) {
      out[i] = in[from[i]];
    }
    return out;
  }

  /// For each element of the box, the element of `v` that is stretched over it.
  private int[] sources(View v) {
    int[] from = new int[count];
    int inner = 1;
    int step = 1;
    for (int back = 1; back <= box.length; back++) {
      int size = box[box.length - back];
      int own = back <= v.rank() ? v.extent[v.rank() - back] : 1;
      if (own > 1) {
        for (int i = 0; i < count; i++) {
          from[i] += i / inner % size * step;
        }
      }
      inner *= size;
      step *= own;
    }
    return from;
  }
}
