package maia.tensor.data;

/// One of the two disjoint parts of a generated data set.
public enum Part {
  /// Samples to train on.
  TRAIN(0),
  /// Samples to test on.
  TEST(1L << 31);

  private final long first;

  Part(long first) {
    this.first = first;
  }

  /// The number that the generator gives to sample `index` of this part.
  long number(long index) {
    return first + index;
  }
}
