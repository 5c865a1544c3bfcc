package maia.tensor.nn;

import java.util.List;
import maia.tensor.Tensor;

/// Plain recurrence (Elman): h = tanh(x's part + h's part), or with ReLU.
public final class RNN extends Recurrent {
  private final Form form;

  /// What follows the sum.
  public enum Form {
    /// The hyperbolic tangent.
    TANH,
    /// The larger of the sum and 0.
    RELU,
  }

  /// One layer forward with the hyperbolic tangent; parameters are drawn from `seed`.
  public RNN(int in, int hidden, long seed) {
    this(in, hidden, Settings.ONE, Form.TANH, seed);
  }

  /// Parameters are uniform within 1/sqrt(hidden) of zero, drawn from `seed`.
  public RNN(int in, int hidden, Settings settings, Form form, long seed) {
    super(in, hidden, 1, 1, settings, seed);
    this.form = form;
  }

  @Override
  List<Tensor> step(Tensor ofInput, Tensor ofState, List<Tensor> states) {
    Tensor sum = ofInput.add(ofState);
    return List.of(form == Form.TANH ? sum.tanh() : sum.relu());
  }
}
