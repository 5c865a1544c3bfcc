package maia.models.text;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import maia.base.Check;
import maia.models.json.Fields;

/// Text to tokens and back, as a `tokenizer.json` describes it: byte-pair merges over bytes (GPT-2,
/// Llama 3, Qwen) or over characters with byte fallback (Llama 2, Mistral, Gemma), or whole words.
/// What a file asks for and is not built is refused by name when it is read.
///
/// Limits on the length of texts and padding that a file may carry are not applied.
public final class Tokenizer {
  /// Larger files are refused.
  public static final long LARGEST_FILE = 256L << 20;

  private final List<Normaliser> normalisers;
  private final List<PreTokeniser> preTokenisers;
  private final Vocabulary vocabulary;
  private final AddedTokens added;
  private final Detokeniser detokeniser;
  private final Template template;
  private final Map<Integer, String> texts;
  private final int size;

  /// The tokens that a file puts around a text.
  ///
  /// @param before in front
  /// @param after behind
  record Template(List<Integer> before, List<Integer> after) {
    Template {
      before = List.copyOf(before);
      after = List.copyOf(after);
    }
  }

  /// What a tokenizer is made of.
  record Parts(
      List<Normaliser> normalisers,
      List<PreTokeniser> preTokenisers,
      Vocabulary vocabulary,
      AddedTokens added,
      Detokeniser detokeniser,
      Template template) {}

  /// Whether the texts of special tokens, such as `<|eot_id|>`, are those tokens or plain text.
  /// Text that a user typed should be plain, or it could end its own turn.
  public enum Specials {
    /// They are the special tokens.
    RECOGNISED,
    /// They are text like any other.
    PLAIN_TEXT
  }

  Tokenizer(Parts parts) {
    this.normalisers = List.copyOf(parts.normalisers());
    this.preTokenisers = List.copyOf(parts.preTokenisers());
    this.vocabulary = parts.vocabulary();
    this.added = parts.added();
    this.detokeniser = parts.detokeniser();
    this.template = parts.template();
    Map<Integer, String> all = new HashMap<>();
    vocabulary.tokens().forEach((text, token) -> all.put(token, text));
    added.all().forEach(token -> all.put(token.token(), token.text()));
    this.texts = Map.copyOf(all);
    this.size = 1 + texts.keySet().stream().mapToInt(token -> token).max().orElse(-1);
  }

  /// The tokenizer that a file describes.
  public static Tokenizer read(Path file) throws IOException {
    return TokenizerFile.tokenizer(Fields.read(file, LARGEST_FILE));
  }

  /// The tokenizer that the text of a `tokenizer.json` describes; `name` stands in messages.
  public static Tokenizer parse(String name, String json) {
    return TokenizerFile.tokenizer(Fields.parse(name, json));
  }

  /// One more than the largest token.
  public int size() {
    return size;
  }

  /// The tokens of `text`, special ones recognised, without those that go around it.
  public int[] encode(String text) {
    return encode(text, Specials.RECOGNISED);
  }

  /// The tokens of `text`, without those that go around it.
  public int[] encode(String text, Specials specials) {
    return encode(added.cut(text, specials == Specials.RECOGNISED));
  }

  /// What added tokens cut `text` into.
  List<AddedTokens.Part> cut(String text, Specials specials) {
    return added.cut(text, specials == Specials.RECOGNISED);
  }

  /// The tokens of parts that follow one another; neighbouring texts are one.
  int[] encode(List<AddedTokens.Part> parts) {
    IntList tokens = new IntList();
    StringBuilder text = new StringBuilder();
    boolean isStart = true;
    for (AddedTokens.Part part : parts) {
      if (part.added().isEmpty()) {
        text.append(part.text());
        continue;
      }
      plain(text, isStart, tokens);
      tokens.add(part.added().get().token());
      isStart = false;
    }
    plain(text, isStart, tokens);
    return tokens.toArray();
  }

  /// The tokens of `text` with the special tokens around it that a model expects, such as the one
  /// for the start.
  public int[] encodeFramed(String text) {
    IntList tokens = new IntList();
    template.before().forEach(tokens::add);
    for (int token : encode(text)) {
      tokens.add(token);
    }
    template.after().forEach(tokens::add);
    return tokens.toArray();
  }

  /// Adds the tokens of `text` and empties it.
  private void plain(StringBuilder text, boolean isStart, IntList tokens) {
    if (text.isEmpty()) {
      return;
    }
    String normal = text.toString();
    text.setLength(0);
    for (Normaliser normaliser : normalisers) {
      normal = normaliser.apply(normal);
    }
    List<String> words = List.of(normal);
    for (PreTokeniser preTokeniser : preTokenisers) {
      words = new ArrayList<>();
      preTokeniser.cut(normal, isStart, words);
    }
    for (String word : words) {
      vocabulary.encode(word, tokens);
    }
  }

  /// The text of `tokens`, special ones left out. Bytes that are no UTF-8 show as U+FFFD.
  public String decode(int... tokens) {
    StreamingDecoder decoder = streaming();
    StringBuilder text = new StringBuilder();
    for (int token : tokens) {
      text.append(decoder.accept(token));
    }
    return text.append(decoder.finish()).toString();
  }

  /// A decoder that takes one token after another and gives text as soon as its characters are
  /// complete.
  public StreamingDecoder streaming() {
    return new StreamingDecoder(this);
  }

  /// Whether `token` stands for no text, such as the end of a turn.
  public boolean isSpecial(int token) {
    return added.of(token).map(AddedTokens.Added::special).orElse(false);
  }

  /// The bytes of `token`; none for a special one.
  ///
  /// @param isStart whether no text came before it
  byte[] bytes(int token, boolean isStart) {
    Optional<AddedTokens.Added> extra = added.of(token);
    if (extra.isPresent()) {
      String text = extra.get().special() ? "" : extra.get().text();
      return text.getBytes(StandardCharsets.UTF_8);
    }
    return detokeniser.bytes(tokenText(token), isStart);
  }

  /// How the vocabulary writes `token`.
  public String tokenText(int token) {
    String text = texts.get(token);
    Check.argument(
        text != null, "tokenizer: token %d does not exist; there are %,d", token, texts.size());
    return Check.present(text, "Tokenizer", token);
  }

  /// The token that the vocabulary or the added tokens write as `text`.
  public OptionalInt token(String text) {
    Optional<AddedTokens.Added> extra = added.of(text);
    if (extra.isPresent()) {
      return OptionalInt.of(extra.get().token());
    }
    Integer token = vocabulary.tokens().get(text);
    return token == null ? OptionalInt.empty() : OptionalInt.of(token);
  }

  /// Such as `tokenizer of 128,256 tokens, 256 of them added`.
  @Override
  public String toString() {
    return String.format(
        java.util.Locale.ROOT,
        "tokenizer of %,d tokens, %,d of them added",
        texts.size(),
        added.all().size());
  }
}
