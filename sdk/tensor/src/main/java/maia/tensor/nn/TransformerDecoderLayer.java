package maia.tensor.nn;

import java.util.List;
import maia.base.Check;
import maia.tensor.Attention;
import maia.tensor.Tensor;
import maia.tensor.TensorException;

/// Causal self-attention, attention to the output of an encoder, and a feed-forward network, each
/// with a norm and a residual. Inputs of [#call]: `x` `[N, L, width]` and `memory` `[N, S, width]`,
/// and maybe a mask for the attention to `memory`. Names as in PyTorch.
public final class TransformerDecoderLayer extends Module {
  private final MultiheadAttention own;
  private final MultiheadAttention cross;
  private final FeedForward feedForward;
  private final List<TransformerPart> parts;

  /// A layer; its parameters are drawn from `seed`.
  public TransformerDecoderLayer(TransformerSettings settings, long seed) {
    own = child("self_attn", attention(settings, Attention.Causal.UPPER_LEFT, 16 * seed));
    cross = child("multihead_attn", attention(settings, Attention.Causal.NONE, 16 * seed + 1));
    feedForward = new FeedForward(settings, this::child, 16 * seed + 2);
    parts =
        List.of(
            part(settings, 1, 16 * seed + 4),
            part(settings, 2, 16 * seed + 5),
            part(settings, 3, 16 * seed + 6));
  }

  private static MultiheadAttention attention(
      TransformerSettings settings, Attention.Causal causal, long seed) {
    var of = new MultiheadAttention.Settings(causal, settings.dropout(), Bias.LEARNED);
    return new MultiheadAttention(settings.width(), settings.heads(), of, seed);
  }

  private TransformerPart part(TransformerSettings settings, int number, long seed) {
    return new TransformerPart(
        child("norm" + number, new LayerNorm(settings.epsilon(), Bias.LEARNED, settings.width())),
        child("dropout" + number, new Dropout(settings.dropout(), seed)),
        settings.norms());
  }

  @Override
  public Tensor forward(Tensor x) {
    throw TensorException.of(
        "transformer decoder layer: takes x and the output of an encoder, got one tensor; use"
            + " TransformerEncoderLayer with Attention.Causal.UPPER_LEFT for a decoder alone");
  }

  @Override
  public Tensor forward(List<Tensor> inputs) {
    Check.argument(
        inputs.size() == 2 || inputs.size() == 3,
        "transformer decoder layer: takes x, memory and maybe a mask, got %d",
        inputs.size());
    Tensor memory = inputs.get(1);
    Tensor y = parts.get(0).around(inputs.get(0), own::call);
    Tensor z =
        parts
            .get(1)
            .around(
                y,
                q ->
                    inputs.size() == 2
                        ? cross.call(q, memory, memory)
                        : cross.call(q, memory, memory, inputs.get(2)));
    return parts.get(2).around(z, feedForward::of);
  }
}
