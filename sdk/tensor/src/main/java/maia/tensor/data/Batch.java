package maia.tensor.data;

import maia.tensor.Tensor;

/// Some samples of a data set.
///
/// @param inputs one sample per index of the first dimension
/// @param targets what is to be predicted, in the same order
public record Batch(Tensor inputs, Tensor targets) {}
