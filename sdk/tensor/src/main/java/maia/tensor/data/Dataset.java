package maia.tensor.data;

/// Samples that can be drawn by index.
public interface Dataset {
  /// The number of samples.
  int size();

  /// The samples with these indices, in this order.
  Batch batch(long... indices);
}
