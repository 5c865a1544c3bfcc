package maia.kernel;

import java.lang.foreign.MemorySegment;
import maia.numerics.Array;
import maia.numerics.BlockFormat;
import maia.numerics.DType;

/// The elements of a block-format array, seen as an array of their own.
record BlockElements(Array array, BlockFormat format) implements Array {
  @Override
  public DType type() {
    return format.element();
  }

  @Override
  public long[] shape() {
    return array.shape();
  }

  @Override
  public long[] strides() {
    return array.strides();
  }

  @Override
  public long offset() {
    return array.offset();
  }

  @Override
  public MemorySegment segment() {
    return array.segment();
  }
}
