package maia.runtime.ops;

import java.util.List;
import maia.kernel.library.LinearGroup;
import maia.numerics.DType;

/// Products of one input and what is computed of their results, as a kernel.
///
/// @param name of the kernel
/// @param order how the weights lie
/// @param members what is computed of each product, without biases: those are tensors
/// @param outputs types of the results that are stored
/// @param tail the results from the products and the operands
public record GroupSpec(
    String name,
    LinearGroup.Order order,
    List<LinearSpec> members,
    List<DType> outputs,
    LinearGroup.Tail tail) {
  public GroupSpec {
    members = List.copyOf(members);
    outputs = List.copyOf(outputs);
  }
}
