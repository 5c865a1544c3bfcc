package maia.tensor.nn;

import java.util.List;
import maia.tensor.Tensor;

/// Long short-term memory (Hochreiter and Schmidhuber), as PyTorch computes it: gates i, f, g, o; c
/// = sigmoid(f) c + sigmoid(i) tanh(g), h = sigmoid(o) tanh(c). States are h and c.
public final class LSTM extends Recurrent {
  /// One layer forward; parameters are drawn from `seed`.
  public LSTM(int in, int hidden, long seed) {
    this(in, hidden, Settings.ONE, seed);
  }

  /// Parameters are uniform within 1/sqrt(hidden) of zero, drawn from `seed`.
  public LSTM(int in, int hidden, Settings settings, long seed) {
    super(in, hidden, 4, 2, settings, seed);
  }

  @Override
  List<Tensor> step(Tensor ofInput, Tensor ofState, List<Tensor> states) {
    Tensor all = ofInput.add(ofState);
    Tensor kept = gate(all, 1).sigmoid().mul(states.get(1));
    Tensor cell = kept.add(gate(all, 0).sigmoid().mul(gate(all, 2).tanh()));
    return List.of(gate(all, 3).sigmoid().mul(cell.tanh()), cell);
  }
}
