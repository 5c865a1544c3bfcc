package maia.models;

import java.util.Optional;
import maia.tensor.Functional;
import maia.tensor.Tensor;
import maia.tensor.nn.Bias;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;

/// The feed-forward network of a block, or one expert: down(act(gate x) * up x), or down(act(up x))
/// without a gate.
final class FeedForward extends Module {
  private final DecoderConfig.Activation activation;
  private final Optional<Linear> gate;
  private final Linear up;
  private final Linear down;

  FeedForward(DecoderConfig config, Decoder.Seeds seeds) {
    this.activation = config.feed().activation();
    int hidden = config.sizes().hidden();
    int wide = config.sizes().intermediate();
    Bias bias = config.feed().bias() ? Bias.LEARNED : Bias.NONE;
    this.gate =
        config.feed().gated()
            ? Optional.of(child("gate_proj", new Linear(hidden, wide, bias, seeds.next())))
            : Optional.empty();
    this.up = child("up_proj", new Linear(hidden, wide, bias, seeds.next()));
    this.down = child("down_proj", new Linear(wide, hidden, bias, seeds.next()));
  }

  @Override
  public Tensor forward(Tensor x) {
    Tensor raised = up.forward(x);
    return down.forward(
        gate.isPresent() ? activated(gate.get().forward(x)).mul(raised) : activated(raised));
  }

  private Tensor activated(Tensor x) {
    return switch (activation) {
      case SILU -> Functional.silu(x);
      case GELU -> Functional.gelu(x);
      case GELU_TANH -> Functional.geluTanh(x);
    };
  }
}
