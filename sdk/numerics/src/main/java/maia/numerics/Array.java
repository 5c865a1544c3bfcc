package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// A strided view of typed elements in memory: what kernels read and write, and what a tensor is.
///
/// Sub-byte elements are packed without gaps: the element with storage index `i` starts at bit `i *
/// bits`, least significant bit first (FP4: even elements in the low nibble). Strides and offset
/// count elements, not bytes.
public interface Array {
  /// The element type; for a block format the segment holds the elements and [#scales] the scales.
  ElementType type();

  /// Sizes, outermost first; an empty array is a scalar. A fresh copy.
  long[] shape();

  /// Steps between neighbours in each dimension, in elements; may be zero or negative. A fresh
  /// copy.
  long[] strides();

  /// Storage index of the first element.
  long offset();

  /// The memory; may be shared with other views.
  MemorySegment segment();

  /// The scales of a block format: the same shape with the last dimension divided by the block,
  /// rounded up.
  default Optional<Array> scales() {
    return Optional.empty();
  }

  /// The fp32 scale of the whole tensor; 1 unless the block format has one.
  default float tensorScale() {
    return 1f;
  }

  /// Number of elements.
  default long elements() {
    long count = 1;
    for (long size : shape()) {
      count = Math.multiplyExact(count, size);
    }
    return count;
  }
}
