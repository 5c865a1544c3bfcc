package maia.models;

import java.util.Optional;
import maia.tensor.Tensor;
import maia.tensor.nn.Module;

/// One block: attention and a feed-forward network, each on the normalised stream and added to it.
final class Block extends Module {
  private final Module inputNorm;
  private final SelfAttention attention;
  private final Module middleNorm;
  private final Module feed;
  private final Optional<Module> attentionNorm;
  private final Optional<Module> feedNorm;

  Block(DecoderConfig config, int layer, Decoder.Seeds seeds) {
    int width = config.sizes().hidden();
    DecoderConfig.Norm norm = config.norm();
    this.inputNorm = child("input_layernorm", Norms.of(norm, width));
    this.attention = child("self_attn", new SelfAttention(config, layer, seeds));
    if (norm.afterToo()) {
      this.attentionNorm = Optional.of(child("post_attention_layernorm", Norms.of(norm, width)));
      this.middleNorm = child("pre_feedforward_layernorm", Norms.of(norm, width));
    } else {
      this.attentionNorm = Optional.empty();
      this.middleNorm = child("post_attention_layernorm", Norms.of(norm, width));
    }
    this.feed =
        child(
            "mlp",
            config.feed().experts() > 1
                ? new Experts(config, seeds)
                : new FeedForward(config, seeds));
    this.feedNorm =
        norm.afterToo()
            ? Optional.of(child("post_feedforward_layernorm", Norms.of(norm, width)))
            : Optional.empty();
  }

  Tensor forward(Tensor stream, Places places) {
    Tensor seen = attention.forward(inputNorm.forward(stream), places);
    Tensor middle = stream.add(after(attentionNorm, seen));
    return middle.add(after(feedNorm, feed.forward(middleNorm.forward(middle))));
  }

  private static Tensor after(Optional<Module> norm, Tensor x) {
    return norm.isPresent() ? norm.get().forward(x) : x;
  }

  @Override
  public Tensor forward(Tensor x) {
    throw new IllegalStateException("bug in Block: needs the places of the tokens");
  }
}
