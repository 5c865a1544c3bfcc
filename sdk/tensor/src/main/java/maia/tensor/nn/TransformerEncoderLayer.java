package maia.tensor.nn;

import java.util.List;
import maia.base.Check;
import maia.tensor.Attention;
import maia.tensor.Tensor;

/// Self-attention and a feed-forward network, each with a norm and a residual, over `[N, length,
/// width]`. Inputs of [#call]: `x`, or `x` and a mask as in [MultiheadAttention]. Names as in
/// PyTorch.
public final class TransformerEncoderLayer extends Module {
  private final MultiheadAttention attention;
  private final FeedForward feedForward;
  private final TransformerPart first;
  private final TransformerPart second;

  /// A layer whose queries see every key.
  public TransformerEncoderLayer(TransformerSettings settings, long seed) {
    this(settings, Attention.Causal.NONE, seed);
  }

  /// A layer whose queries see the keys that `causal` names.
  public TransformerEncoderLayer(TransformerSettings settings, Attention.Causal causal, long seed) {
    var of = new MultiheadAttention.Settings(causal, settings.dropout(), Bias.LEARNED);
    attention =
        child(
            "self_attn", new MultiheadAttention(settings.width(), settings.heads(), of, 8 * seed));
    feedForward = new FeedForward(settings, this::child, 8 * seed + 1);
    first = part(settings, "1", 8 * seed + 3);
    second = part(settings, "2", 8 * seed + 4);
  }

  private TransformerPart part(TransformerSettings settings, String number, long seed) {
    return new TransformerPart(
        child("norm" + number, new LayerNorm(settings.epsilon(), Bias.LEARNED, settings.width())),
        child("dropout" + number, new Dropout(settings.dropout(), seed)),
        settings.norms());
  }

  @Override
  public Tensor forward(Tensor x) {
    return second.around(first.around(x, attention::call), feedForward::of);
  }

  @Override
  public Tensor forward(List<Tensor> inputs) {
    Check.argument(
        inputs.size() == 2, "transformer encoder layer: takes x and a mask, got %d", inputs.size());
    Tensor mask = inputs.get(1);
    return second.around(
        first.around(inputs.getFirst(), x -> attention.call(x, x, x, mask)), feedForward::of);
  }
}
