package maia.tensor.data;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import maia.base.Check;
import maia.base.Stop;
import maia.tensor.Tensor;

/// Short stories of two friends, written by a grammar whose entropy is known: who lives where and
/// likes what, a journey, a sum in digits, and two questions that the story has answered.
///
/// Every choice of the grammar is uniform and can be read off the text, so the negative logarithm
/// of a story's probability is the sum of the logarithms of its numbers of alternatives, and no
/// model can reach a mean loss below [#FLOOR]. Story i depends only on the seed, the part and i.
public final class Stories {
  /// The seed of the standard set.
  public static final long SEED = 2026;

  /// The token that stands before every story and after it.
  public static final int END = 0;

  static final List<String> NAMES = words("tom mia sam ana leo eva ben zoe max ida kim ned");
  static final List<String> PLACES =
      words("forest village castle garden harbour valley desert city cave barn meadow");
  static final List<String> THINGS =
      words("apples books cakes flowers stars boats kites shells drums pears hats");
  static final List<String> TRAITS = words("brave quiet old clever small happy kind proud");
  static final List<String> WEATHER = words("sunny rainy windy snowy");
  static final List<String> DIGITS = words("0 1 2 3 4 5 6 7 8 9");
  private static final List<String> OTHERS =
      words(
          "once there were and . lived in the liked one day went to found then more now had where"
              + " was ? what did like end");

  /// The words in the order of their tokens; the first is the mark around stories.
  public static final List<String> WORDS =
      Stream.of(List.of("<end>"), OTHERS, NAMES, PLACES, THINGS, TRAITS, WEATHER, DIGITS)
          .flatMap(List::stream)
          .toList();

  /// Tokens of a story, the mark after it included and the one before it not: the number of
  /// predictions a story asks for.
  public static final int LENGTH = 74;

  /// The exact entropy of a story in nats per prediction: the least mean loss.
  public static final double FLOOR = draw(SEED, Part.TRAIN, 0).nats() / LENGTH;

  private static final int CHUNK = 500;

  private Stories() {}

  /// A story.
  ///
  /// @param text its words with a space between them
  /// @param tokens the tokens of the words, then [#END]
  /// @param nats the negative logarithm of its probability
  public record Story(String text, List<Integer> tokens, double nats) {
    public Story {
      tokens = List.copyOf(tokens);
    }
  }

  private static List<String> words(String text) {
    return List.of(text.split(" "));
  }

  /// Story `index` of a part.
  public static Story draw(long seed, Part part, long index) {
    Teller teller = new Teller(seed, part.number(index));
    List<String> words = teller.story();
    List<Integer> tokens = new ArrayList<>(words.stream().map(WORDS::indexOf).toList());
    tokens.add(END);
    Check.invariant(tokens.size() == LENGTH, "Stories", "%d tokens", tokens.size());
    return new Story(String.join(" ", words), tokens, teller.nats());
  }

  /// The standard 40,000 stories to train on: see [#generate].
  public static TensorDataset train() {
    return generate(SEED, Part.TRAIN, 40_000);
  }

  /// The standard 2,000 stories to test on.
  public static TensorDataset test() {
    return generate(SEED, Part.TEST, 2_000);
  }

  /// The first `count` stories of a part: inputs `[count, LENGTH]` I64 begin with [#END], targets
  /// of the same shape are the tokens that follow.
  public static TensorDataset generate(long seed, Part part, int count) {
    Check.argument(count >= 0, "stories: count must not be negative, was %d", count);
    long[] inputs = new long[Math.multiplyExact(count, LENGTH)];
    long[] targets = new long[inputs.length];
    IntStream.range(0, Math.ceilDiv(count, CHUNK))
        .parallel()
        .forEach(chunk -> {
          Stop.poll("stories");
          for (int i = chunk * CHUNK; i < Math.min(count, (chunk + 1) * CHUNK); i++) {
            List<Integer> tokens = draw(seed, part, i).tokens();
            inputs[i * LENGTH] = END;
            for (int t = 0; t < LENGTH; t++) {
              targets[i * LENGTH + t] = tokens.get(t);
              if (t + 1 < LENGTH) {
                inputs[i * LENGTH + t + 1] = tokens.get(t);
              }
            }
          }
        });
    return new TensorDataset(
        Tensor.ofLongs(inputs).reshape(count, LENGTH),
        Tensor.ofLongs(targets).reshape(count, LENGTH));
  }
}
