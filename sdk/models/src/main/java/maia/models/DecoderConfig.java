package maia.models;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import maia.base.Check;
import maia.models.json.Fields;

/// What a decoder-only transformer is made of: the sizes and the choices in which the families
/// differ.
///
/// @param family whose checkpoints it reads
/// @param sizes how large it is
/// @param attention how heads look at each other
/// @param feed the network of each block
/// @param norm how the residual stream is normalised
/// @param positions how it knows where a token stands
/// @param output how the stream becomes scores
public record DecoderConfig(
    Family family,
    Sizes sizes,
    Attention attention,
    Feed feed,
    Norm norm,
    Positions positions,
    Output output) {
  /// A `config.json` is a few kilobytes; larger files are refused.
  public static final long LARGEST_FILE = 1 << 20;

  /// How large a decoder is.
  ///
  /// @param layers blocks
  /// @param hidden width of the residual stream
  /// @param heads query heads
  /// @param kvHeads key and value heads, of which `heads` is a multiple
  /// @param headDim width of a head
  /// @param intermediate width of the feed-forward network, or of an expert
  /// @param vocabulary tokens
  /// @param context the longest sequence it was made for, in tokens
  public record Sizes(
      int layers,
      int hidden,
      int heads,
      int kvHeads,
      int headDim,
      int intermediate,
      int vocabulary,
      int context) {
    /// Larger sizes are not a model but a mistake.
    private static final int LARGEST = 1 << 24;

    public Sizes {
      positive("layers", layers);
      positive("hidden size", hidden);
      positive("heads", heads);
      positive("key and value heads", kvHeads);
      positive("head size", headDim);
      positive("feed-forward size", intermediate);
      positive("vocabulary", vocabulary);
      positive("context", context);
      Check.argument(
          heads % kvHeads == 0,
          "model: %d query heads cannot share %d key and value heads evenly",
          heads,
          kvHeads);
    }

    private static void positive(String what, int value) {
      Check.argument(
          value > 0 && value <= LARGEST,
          "model: %s must be 1 to %,d, was %,d",
          what,
          LARGEST,
          value);
    }
  }

  /// How heads look at each other.
  ///
  /// @param inputBias whether queries, keys and values have a bias
  /// @param outputBias whether the projection of the heads' results has one
  /// @param normalisesHeads whether queries and keys are normalised, each head alone (Qwen 3)
  /// @param scale of the scores
  /// @param window how many tokens back a token sees, 0 for all
  /// @param windowEvery the window holds in layers whose number is a multiple of this
  /// @param cap scores are squashed to this magnitude by a tangent, 0 for none (Gemma 2)
  public record Attention(
      boolean inputBias,
      boolean outputBias,
      boolean normalisesHeads,
      double scale,
      int window,
      int windowEvery,
      double cap) {
    public Attention {
      Check.argument(
          scale > 0 && window >= 0 && windowEvery > 0 && cap >= 0,
          "model: attention needs a positive scale, a window and a cap of at least 0, was %s, %d, %s",
          scale,
          window,
          cap);
    }

    /// The window of layer `layer`, 0 for none.
    int windowOf(int layer) {
      return layer % windowEvery == 0 ? window : 0;
    }
  }

  /// The function between the matrices of a feed-forward network.
  public enum Activation {
    /// x times its logistic function.
    SILU,
    /// GELU by the error function.
    GELU,
    /// GELU by the hyperbolic tangent.
    GELU_TANH
  }

  /// The network of each block.
  ///
  /// @param activation its function
  /// @param gated whether a third matrix gates it
  /// @param bias whether its matrices have a bias
  /// @param experts how many there are, 1 without routing
  /// @param perToken how many a token visits
  /// @param renormalises whether the weights of the visited experts are scaled to a sum of 1
  public record Feed(
      Activation activation,
      boolean gated,
      boolean bias,
      int experts,
      int perToken,
      boolean renormalises) {
    public Feed {
      Check.argument(
          experts > 0 && perToken > 0 && perToken <= experts,
          "model: a token visits %d of %d experts",
          perToken,
          experts);
      Check.argument(
          experts == 1 || gated, "model: experts without a gate are not built; gated ones are");
    }
  }

  /// How the residual stream is normalised.
  ///
  /// @param kind the function
  /// @param epsilon added under the root
  /// @param afterToo whether the results of attention and feed-forward network are normalised as
  ///   well (Gemma 2)
  public record Norm(Kind kind, double epsilon, boolean afterToo) {
    /// The function.
    public enum Kind {
      /// By the root mean square, times a weight.
      RMS,
      /// By the root mean square, times one more than a weight.
      RMS_FROM_ONE,
      /// By mean and deviation, with weight and bias.
      LAYER
    }

    public Norm {
      Check.argument(
          epsilon > 0 && epsilon < 1,
          "model: the norm's epsilon must be above 0 and below 1, was %s",
          epsilon);
    }
  }

  /// How a model knows where a token stands.
  public sealed interface Positions {
    /// Turned pairs of channels.
    ///
    /// @param base of the frequencies
    /// @param channels how many channels of a head turn
    /// @param scaling how frequencies are stretched for long contexts
    record Rotary(double base, int channels, Scaling scaling) implements Positions {}

    /// A learned vector per position.
    record Learned() implements Positions {}

    /// How frequencies are stretched.
    sealed interface Scaling {
      /// Not at all.
      record None() implements Scaling {}

      /// Every frequency divided by a factor.
      record Linear(double factor) implements Scaling {}

      /// Llama 3.1: low frequencies divided, high ones kept, a slope between.
      ///
      /// @param factor of the low frequencies
      /// @param low where the slope starts, in waves per original context
      /// @param high where it ends
      /// @param original the context before stretching, in tokens
      record Llama3(double factor, double low, double high, int original) implements Scaling {}
    }
  }

  /// How the stream becomes scores.
  ///
  /// @param tied whether the output projection is the embedding table
  /// @param embeddingScale what embeddings are multiplied with
  /// @param cap scores are squashed to this magnitude by a tangent, 0 for none
  public record Output(boolean tied, double embeddingScale, double cap) {}

  /// The decoder that a Hugging Face `config.json` describes; `path` is the file or its folder.
  /// Missing, unknown and contradictory fields are refused by name.
  public static DecoderConfig read(Path path) throws IOException {
    Path file = Files.isDirectory(path) ? path.resolve("config.json") : path;
    return ConfigReader.decoder(Fields.read(file, LARGEST_FILE));
  }

  /// As [#read], from the text of a `config.json`; `name` stands in messages.
  public static DecoderConfig parse(String name, String json) {
    return ConfigReader.decoder(Fields.parse(name, json));
  }

  /// As [#read], from an object that was read already.
  public static DecoderConfig of(String name, JsonObject json) {
    return ConfigReader.decoder(new Fields(name, json));
  }

  /// The decoder of the stories: 207,552 parameters in three layers of width 64.
  public static DecoderConfig stories() {
    return new DecoderConfig(
        Family.LLAMA,
        new Sizes(3, 64, 4, 4, 16, 256, 82, 256),
        new Attention(false, false, false, 0.25, 0, 1, 0),
        new Feed(Activation.SILU, true, false, 1, 1, true),
        new Norm(Norm.Kind.RMS, 1e-5, false),
        new Positions.Rotary(10_000, 16, new Positions.Scaling.None()),
        new Output(false, 1, 0));
  }

  /// The learned vectors for positions, where there are any.
  Optional<Positions.Learned> learnedPositions() {
    return positions instanceof Positions.Learned learned ? Optional.of(learned) : Optional.empty();
  }

  /// Such as `llama: 3 layers of width 64, 4/4 heads of 16, 82 tokens`.
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s: %d layers of width %,d, %d/%d heads of %d, %,d tokens%s",
        family.label(),
        sizes.layers(),
        sizes.hidden(),
        sizes.heads(),
        sizes.kvHeads(),
        sizes.headDim(),
        sizes.vocabulary(),
        feed.experts() > 1 ? ", " + feed.perToken() + " of " + feed.experts() + " experts" : "");
  }
}
