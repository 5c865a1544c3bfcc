package maia.runtime.ops;

import java.util.List;
import maia.tensor.Op;
import maia.tensor.Tensor;

/// How the chip computes one kind of operation.
///
/// @param <O> the operation
@FunctionalInterface
interface Step<O extends Op> {
  /// The result of `op`; `like` has its type and shape, no size of which is 0.
  Tensor run(Runner on, O op, List<Tensor> inputs, Tensor like);
}
