package maia.models;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maia.base.Check;
import maia.tensor.ShapeException;
import maia.tensor.Tensor;
import maia.tensor.nn.Bias;
import maia.tensor.nn.Embedding;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;

/// A decoder-only transformer of any of the families, as its [DecoderConfig] says. Parameters have
/// the names of Llama's checkpoints, whatever the family.
///
/// A token's scores depend on the tokens before it and on nothing else: not on the other sequences
/// of a batch, nor on whether the tokens before it came at once or one by one into a [KvCache]. The
/// bits are the same.
public final class Decoder extends Module {
  private final DecoderConfig config;
  private final Trunk trunk;
  private final Optional<Linear> head;

  /// A decoder with random weights drawn from `seed`; inside [maia.tensor.nn.Init#shapesOnly] one
  /// without memory.
  public Decoder(DecoderConfig config, long seed) {
    this.config = config;
    Seeds seeds = new Seeds(seed);
    this.trunk = child("model", new Trunk(config, seeds));
    this.head =
        config.output().tied()
            ? Optional.empty()
            : Optional.of(
                child(
                    "lm_head",
                    new Linear(
                        config.sizes().hidden(),
                        config.sizes().vocabulary(),
                        Bias.NONE,
                        seeds.next())));
  }

  /// What it is made of.
  public DecoderConfig config() {
    return config;
  }

  /// Scores `[batch, length, vocabulary]` for the token after each of `tokens` `[batch, length]`.
  @Override
  public Tensor forward(Tensor tokens) {
    return scores(trunk.forward(checked(tokens), Optional.empty()));
  }

  /// As [#forward(Tensor)] for tokens that continue the sequences of `caches`, one for each row;
  /// the caches grow by `length` tokens.
  public Tensor forward(Tensor tokens, List<KvCache> caches) {
    checked(tokens);
    Check.argument(
        caches.size() == tokens.size(0),
        "decoder: %d caches for %d sequences; give one for each",
        caches.size(),
        tokens.size(0));
    return scores(trunk.forward(tokens, Optional.of(List.copyOf(caches))));
  }

  private static Tensor checked(Tensor tokens) {
    ShapeException.check(
        tokens.rank() == 2 && tokens.dtype().isInteger(),
        "decoder: tokens must be integers [batch, length], got %s %s",
        tokens.dtype().label(),
        Arrays.toString(tokens.shape()));
    return tokens;
  }

  private Tensor scores(Tensor stream) {
    Tensor scores =
        head.isPresent() ? head.get().forward(stream) : stream.linear(trunk.embedding().weight());
    return Caps.squash(scores, config.output().cap());
  }

  @Override
  protected String label() {
    return "Decoder";
  }

  /// Seeds for one part after another.
  static final class Seeds {
    private final long first;
    private long drawn;

    Seeds(long seed) {
      this.first = seed << 20;
    }

    long next() {
      return first + drawn++;
    }
  }

  /// Everything before the scores.
  private static final class Trunk extends Module {
    /// The deviation of embeddings: small against the first results that are added to them.
    private static final double EMBEDDING = 0.1;

    private final DecoderConfig config;
    private final Embedding embedding;
    private final Optional<Embedding> positions;
    private final List<Block> blocks = new ArrayList<>();
    private final Module norm;

    Trunk(DecoderConfig config, Seeds seeds) {
      this.config = config;
      DecoderConfig.Sizes sizes = config.sizes();
      this.embedding = child("embed_tokens", table(sizes.vocabulary(), sizes.hidden(), seeds));
      this.positions =
          config
              .learnedPositions()
              .map(_ -> child("embed_positions", table(sizes.context(), sizes.hidden(), seeds)));
      for (int layer = 0; layer < sizes.layers(); layer++) {
        blocks.add(new Block(config, layer, seeds));
      }
      child("layers", new Layers(blocks));
      this.norm = child("norm", Norms.of(config.norm(), sizes.hidden()));
    }

    private static Embedding table(int rows, int width, Seeds seeds) {
      Embedding table = new Embedding(rows, width, -1 - seeds.next());
      if (!table.weight().isMeta()) {
        Tensor.noGrad(() -> table.weight().assign(table.weight().mul(EMBEDDING)));
      }
      return table;
    }

    Embedding embedding() {
      return embedding;
    }

    @Override
    public Tensor forward(Tensor tokens) {
      return forward(tokens, Optional.empty());
    }

    Tensor forward(Tensor tokens, Optional<List<KvCache>> caches) {
      int length = Math.toIntExact(tokens.size(1));
      Places places = Places.of(config, Math.toIntExact(tokens.size(0)), length, caches);
      Tensor stream = embedding.forward(tokens);
      if (config.output().embeddingScale() != 1) {
        // rounded to the type of the stream first, as the family's checkpoints were trained
        stream = stream.mul(config.output().embeddingScale());
      }
      if (positions.isPresent()) {
        stream = stream.add(positions.get().forward(places.tensor(tokens.device())));
      }
      for (Block block : blocks) {
        stream = block.forward(stream, places);
      }
      return norm.forward(stream);
    }
  }

  /// The blocks by number.
  private static final class Layers extends Module {
    Layers(List<Block> blocks) {
      for (int i = 0; i < blocks.size(); i++) {
        child(Integer.toString(i), blocks.get(i));
      }
    }

    @Override
    public Tensor forward(Tensor x) {
      throw new IllegalStateException("bug in Decoder: layers run one by one");
    }
  }
}
