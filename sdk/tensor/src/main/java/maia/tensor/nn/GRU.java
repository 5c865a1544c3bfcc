package maia.tensor.nn;

import java.util.List;
import maia.tensor.Tensor;

/// Gated recurrent units (Cho et al.), as PyTorch computes them: gates r, z, n; n = tanh(x's part +
/// sigmoid(r) h's part), h = (1 - sigmoid(z)) n + sigmoid(z) h.
public final class GRU extends Recurrent {
  /// One layer forward; parameters are drawn from `seed`.
  public GRU(int in, int hidden, long seed) {
    this(in, hidden, Settings.ONE, seed);
  }

  /// Parameters are uniform within 1/sqrt(hidden) of zero, drawn from `seed`.
  public GRU(int in, int hidden, Settings settings, long seed) {
    super(in, hidden, 3, 1, settings, seed);
  }

  @Override
  List<Tensor> step(Tensor ofInput, Tensor ofState, List<Tensor> states) {
    Tensor reset = gate(ofInput, 0).add(gate(ofState, 0)).sigmoid();
    Tensor keep = gate(ofInput, 1).add(gate(ofState, 1)).sigmoid();
    Tensor fresh = gate(ofInput, 2).add(reset.mul(gate(ofState, 2))).tanh();
    return List.of(fresh.add(keep.mul(states.getFirst().sub(fresh))));
  }
}
