package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Reads runs of the elements of an array in row order as fp32: neighbouring dimensions that
/// continue each other are one, and repeated elements are decoded once.
final class Reader {
  private final MemorySegment memory;
  private final Codec codec;
  private final long offset;
  private final long[] shape;
  private final long[] strides;
  private final int inner;

  Reader(Array array) {
    this.memory = array.segment();
    Memory.checkAlive(memory);
    this.codec = Codec.of((DType) array.type());
    this.offset = array.offset();
    long[] sizes = array.shape();
    long[] steps = array.strides();
    int count = 0;
    for (int d = 0; d < sizes.length; d++) {
      if (sizes[d] == 1) {
        continue;
      }
      if (count > 0 && steps[count - 1] == steps[d] * sizes[d]) {
        sizes[count - 1] *= sizes[d];
        steps[count - 1] = steps[d];
      } else {
        sizes[count] = sizes[d];
        steps[count++] = steps[d];
      }
    }
    this.shape = count == 0 ? new long[] {1} : Arrays.copyOf(sizes, count);
    this.strides = count == 0 ? new long[] {1} : Arrays.copyOf(steps, count);
    this.inner = shape.length - 1;
  }

  /// Whether all elements lie one after the other.
  boolean isDense() {
    return shape.length == 1 && strides[0] == 1;
  }

  /// Whether all elements are one.
  boolean isOne() {
    return shape.length == 1 && strides[0] == 0;
  }

  /// The collapsed sizes; not to be changed.
  long[] shape() {
    return shape;
  }

  /// The collapsed steps; not to be changed.
  long[] strides() {
    return strides;
  }

  /// Decodes the `count` elements from number `from` on to `to[at..]`.
  void read(long from, int count, float[] to, int at) {
    int done = 0;
    while (done < count) {
      long index = from + done;
      long column = index % shape[inner];
      int run = (int) Math.min(count - done, shape[inner] - column);
      run(first(index / shape[inner]) + column * strides[inner], run, to, at + done);
      done += run;
    }
  }

  /// Decodes `count` neighbours of the innermost dimension from storage index `first` on.
  private void run(long first, int count, float[] to, int at) {
    if (strides[inner] == 0) {
      codec.decode(memory, first, 1, 1, to, at);
      Arrays.fill(to, at + 1, at + count, to[at]);
    } else {
      codec.decode(memory, first, strides[inner], count, to, at);
    }
  }

  /// Decodes `count` neighbours from storage index `first` on.
  void dense(long first, int count, float[] to, int at) {
    codec.decode(memory, first, 1, count, to, at);
  }

  /// The storage index of the first element of row `row` of the innermost dimension.
  private long first(long row) {
    long at = offset;
    long rest = row;
    for (int d = inner - 1; d >= 0; d--) {
      at += rest % shape[d] * strides[d];
      rest /= shape[d];
    }
    return at;
  }

  /// The storage index of element 0.
  long offset() {
    return offset;
  }
}
