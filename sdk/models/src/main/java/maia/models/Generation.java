package maia.models;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import maia.base.Check;
import maia.base.Stop;
import maia.tensor.Device;
import maia.tensor.Tensor;

/// Writes on where a prompt ends, token by token: `Generation.of(model).with(Sampling.greedy())
/// .limit(100).stopAt(end).run(prompt)`.
///
/// The prompt runs through the model once, and then each token alone against a [KvCache]. Sequences
/// of a batch do not influence each other: each gets the tokens it would get alone. An interrupt
/// ends it with [java.util.concurrent.CancellationException].
public final class Generation {
  private static final int LIMIT = 128;

  private final Decoder model;
  private final Sampling sampling;
  private final int limit;
  private final Set<Integer> stops;
  private final IntFunction<KvCache> caches;
  private final Around around;

  private Generation(
      Decoder model,
      Sampling sampling,
      int limit,
      Set<Integer> stops,
      IntFunction<KvCache> caches,
      Around around) {
    this.model = model;
    this.sampling = sampling;
    this.limit = limit;
    this.stops = Set.copyOf(stops);
    this.caches = caches;
    this.around = around;
  }

  /// Runs one pass of the model: a place to measure it.
  @FunctionalInterface
  public interface Around {
    /// The result of `pass`.
    Tensor run(Supplier<Tensor> pass);
  }

  /// Why a text ended.
  public enum Reason {
    /// A stop token came.
    STOPPED,
    /// The limit was reached.
    LIMIT
  }

  /// What was written.
  ///
  /// @param tokens the new tokens, without the stop token
  /// @param reason why there are no more
  public record Result(List<Integer> tokens, Reason reason) {
    public Result {
      tokens = List.copyOf(tokens);
    }

    /// The tokens as an array.
    public int[] toArray() {
      return tokens.stream().mapToInt(token -> token).toArray();
    }
  }

  /// The likeliest tokens, at most 128 of them, in a dense cache.
  public static Generation of(Decoder model) {
    return new Generation(
        model,
        Sampling.greedy(),
        LIMIT,
        Set.of(),
        capacity -> KvCache.dense(model.config(), capacity),
        Supplier::get);
  }

  /// Tokens chosen another way.
  public Generation with(Sampling other) {
    return new Generation(model, other, limit, stops, caches, around);
  }

  /// At most `tokens` new tokens.
  public Generation limit(int tokens) {
    Check.argument(tokens > 0, "generation: the limit must be positive, was %d", tokens);
    return new Generation(model, sampling, tokens, stops, caches, around);
  }

  /// A text ends before each of these tokens.
  public Generation stopAt(int... tokens) {
    Set<Integer> all = new TreeSet<>(stops);
    Arrays.stream(tokens).forEach(all::add);
    return new Generation(model, sampling, limit, all, caches, around);
  }

  /// Caches that `factory` makes, for at least the number of tokens it is given.
  public Generation caches(IntFunction<KvCache> factory) {
    return new Generation(model, sampling, limit, stops, factory, around);
  }

  /// Runs every pass of the model inside `measured`: the prompt, then token after token.
  public Generation around(Around measured) {
    return new Generation(model, sampling, limit, stops, caches, measured);
  }

  /// Writes on after `prompt`.
  public Result run(int... prompt) {
    return run(prompt, token -> {});
  }

  /// Writes on after `prompt` and hands out every token as it comes.
  public Result run(int[] prompt, IntConsumer each) {
    return run(List.of(prompt), (_, token) -> each.accept(token)).getFirst();
  }

  /// Writes on after each of `prompts`, all in one batch.
  public List<Result> run(List<int[]> prompts) {
    return run(prompts, (_, _) -> {});
  }

  /// Takes a token of a sequence.
  @FunctionalInterface
  public interface Listener {
    /// Sequence number `sequence` got `token`.
    void token(int sequence, int token);
  }

  /// Writes on after each of `prompts` and hands out every token as it comes.
  public List<Result> run(List<int[]> prompts, Listener listener) {
    for (int[] prompt : prompts) {
      Check.argument(prompt.length > 0, "generation: a prompt needs at least one token");
    }
    return Tensor.noGrad(() -> {
      List<Text> texts = new ArrayList<>();
      for (int[] prompt : prompts) {
        Text text = new Text(texts.size(), caches.apply(prompt.length + limit));
        texts.add(text);
        accept(List.of(text), scores(List.of(text), prompt), listener);
      }
      for (List<Text> open = open(texts); !open.isEmpty(); open = open(texts)) {
        Stop.poll("generation");
        int[] last = open.stream().mapToInt(text -> text.tokens.getLast()).toArray();
        accept(open, scores(open, last), listener);
      }
      return texts.stream().map(text -> new Result(text.tokens, text.reason)).toList();
    });
  }

  private static List<Text> open(List<Text> texts) {
    return texts.stream().filter(text -> text.isOpen).toList();
  }

  /// The scores of the last of `tokens`, which are as many for each text.
  private Tensor scores(List<Text> texts, int[] tokens) {
    long[] wide = IntStream.of(tokens).asLongStream().toArray();
    Device device = model.parameters().getFirst().device();
    Tensor in = Tensor.ofLongs(wide).reshape(texts.size(), -1).to(device);
    List<KvCache> open = texts.stream().map(text -> text.cache).toList();
    Tensor all = around.run(() -> model.forward(in, open));
    return all.select(1, all.size(1) - 1).to(Device.cpu());
  }

  private void accept(List<Text> texts, Tensor scores, Listener listener) {
    for (int i = 0; i < texts.size(); i++) {
      Text text = texts.get(i);
      int token = sampling.choose(scores.get(i).toArray(), text.tokens.size());
      if (stops.contains(token)) {
        text.reason = Reason.STOPPED;
        text.isOpen = false;
        continue;
      }
      text.tokens.add(token);
      listener.token(text.number, token);
      text.isOpen = text.tokens.size() < limit;
    }
  }

  /// A text being written.
  private static final class Text {
    final int number;
    final KvCache cache;
    final List<Integer> tokens = new ArrayList<>();
    Reason reason = Reason.LIMIT;
    boolean isOpen = true;

    Text(int number, KvCache cache) {
      this.number = number;
      this.cache = cache;
    }
  }
}
