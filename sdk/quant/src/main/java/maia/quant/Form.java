package maia.quant;

import java.util.Optional;
import java.util.SequencedSet;
import maia.tensor.Tensor;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;

/// A network whose linear layers can be replaced.
///
/// @param <M> what the replaced network is
interface Form<M extends Module> {
  /// What a linear layer becomes.
  interface Replacement {
    /// Whether it looks at inputs.
    boolean calibrates();

    /// The name used in messages.
    String label();

    /// The new layer; empty where the old one stays.
    Optional<Module> of(String name, Linear layer, Optional<Tensor> inputs);
  }

  /// The dotted names of the linear layers.
  SequencedSet<String> layers();

  /// The network with its layers replaced; `data` are inputs of the network.
  M replaced(Replacement replacement, Optional<Tensor> data);
}
