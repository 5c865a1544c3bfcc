package maia.tensor;

import java.util.List;
import java.util.Optional;

/// An operation on tensors: a record of its parameters. The family is open; each member knows the
/// shape and type of its result, how the host computes it, and its gradient.
public interface Op {
  /// Which values [#gradient] reads, besides shapes and types; overwriting one of them before
  /// `backward` is refused.
  enum Reads {
    /// None.
    NOTHING,
    /// Those of the inputs.
    INPUTS,
    /// Those of the result.
    OUTPUT,
    /// Those of the inputs and of the result.
    ALL,
  }

  /// The name used in texts, such as `linear`.
  default String name() {
    String name = getClass().getSimpleName();
    return Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }

  /// The result as a tensor on [Device#meta], from the shapes and types of the inputs alone.
  /// Refuses inputs that do not fit.
  Tensor meta(List<Tensor> inputs);

  /// The result computed by the host, on [Device#cpu], whatever the inputs' device: the reference
  /// for every backend.
  Tensor host(List<Tensor> inputs);

  /// What [#gradient] reads.
  default Reads reads() {
    return Reads.ALL;
  }

  /// Whether [#gradient] reads the values of this input.
  default boolean readsInput(int index) {
    return reads() == Reads.INPUTS || reads() == Reads.ALL;
  }

  /// For each input, the gradient of a scalar with respect to it, given `gradient`, the one with
  /// respect to `output`; empty for an input that needs none.
  default List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor gradient) {
    throw TensorException.of(
        "backward: '%s' has no gradient; keep it out of the graph with detach() or noGrad", name());
  }

  /// The floating-point operations it takes, as [maia.tensor.nn.ModuleSummary] counts them:
  /// products and additions of products; one per element of the result unless the operation says
  /// otherwise.
  default long flops(List<Tensor> inputs, Tensor output) {
    return output.elements();
  }
}
