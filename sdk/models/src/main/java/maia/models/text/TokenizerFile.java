package maia.models.text;

import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import maia.base.Check;
import maia.base.Stop;
import maia.models.json.Fields;

/// Reads a `tokenizer.json`: its vocabulary, added tokens and the tokens around a text.
final class TokenizerFile {
  /// No vocabulary has a token beyond this.
  private static final int LARGEST_TOKEN = 1 << 22;

  private final Fields file;

  private TokenizerFile(Fields file) {
    this.file = file;
  }

  static Tokenizer tokenizer(Fields file) {
    return new TokenizerFile(file).tokenizer();
  }

  private Tokenizer tokenizer() {
    Fields model = file.object("model");
    Vocabulary vocabulary = vocabulary(model);
    AddedTokens added = added(vocabulary.tokens());
    return new Tokenizer(
        new Tokenizer.Parts(
            StageReader.normaliser(file).stream().toList(),
            StageReader.preTokeniser(file).stream().toList(),
            vocabulary,
            added,
            StageReader.detokeniser(file, vocabulary),
            template(file.objectIfAny("post_processor"))));
  }

  private Vocabulary vocabulary(Fields model) {
    String type = model.textIfAny("type").orElse(model.has("merges") ? "BPE" : "not named");
    return switch (type) {
      case "BPE" -> bytePairs(model);
      case "WordLevel" -> {
        Map<String, Integer> tokens = tokens(model);
        yield new WholeWords(tokens, unknown(model, tokens));
      }
      default ->
          throw new IllegalArgumentException(
              "%s: a model of type '%s' is not built; BPE and WordLevel are"
                  .formatted(model.place(), type));
    };
  }

  private static Map<String, Integer> tokens(Fields model) {
    Map<String, Integer> tokens = model.numbers("vocab");
    Set<Integer> seen = new HashSet<>();
    tokens.forEach((text, token) -> {
      checkToken(model.place(), text, token);
      Check.argument(
          seen.add(token),
          "%s: token %d stands for two texts, one is '%s'",
          model.place(),
          token,
          text);
    });
    return tokens;
  }

  private static void checkToken(String place, String text, int token) {
    Check.argument(
        token >= 0 && token < LARGEST_TOKEN,
        "%s: the token of '%s' must be 0 to %,d, was %d",
        place,
        text,
        LARGEST_TOKEN - 1,
        token);
  }

  private static OptionalInt unknown(Fields model, Map<String, Integer> tokens) {
    Optional<String> text = model.textIfAny("unk_token");
    if (text.isEmpty()) {
      return OptionalInt.empty();
    }
    Integer token = tokens.get(text.get());
    Check.argument(
        token != null,
        "%s: the token for unknown text, '%s', is not in the vocabulary",
        model.place(),
        text.get());
    return OptionalInt.of(Check.present(token, "TokenizerFile", text.get()));
  }

  private static Vocabulary bytePairs(Fields model) {
    for (String field : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      Check.argument(
          model.textIfAny(field).orElse("").isEmpty(),
          "%s: '%s' is not built; files of the model families here have none",
          model.place(),
          field);
    }
    Map<String, Integer> tokens = tokens(model);
    List<JsonElement> list = model.array("merges");
    Map<Long, BytePairs.Merge> merges = new HashMap<>();
    for (int rank = 0; rank < list.size(); rank++) {
      Stop.poll("tokenizer");
      String[] pair = pair(model, rank, list.get(rank));
      int left = known(model, rank, tokens, pair[0]);
      int right = known(model, rank, tokens, pair[1]);
      int made = known(model, rank, tokens, pair[0] + pair[1]);
      merges.put(BytePairs.pair(left, right), new BytePairs.Merge(rank, made));
    }
    return new BytePairs(
        tokens,
        merges,
        new BytePairs.Options(
            model.truth("byte_fallback", false),
            unknown(model, tokens),
            model.truth("fuse_unk", false),
            model.truth("ignore_merges", false)));
  }

  /// A merge is a text with a space in it or an array of two texts.
  private static String[] pair(Fields model, int rank, JsonElement merge) {
    List<String> parts = new ArrayList<>();
    if (merge.isJsonArray()) {
      for (JsonElement part : merge.getAsJsonArray()) {
        parts.add(text(model, rank, part));
      }
    } else {
      parts.addAll(List.of(text(model, rank, merge).split(" ", -1)));
    }
    Check.argument(
        parts.size() == 2 && !parts.get(0).isEmpty() && !parts.get(1).isEmpty(),
        "%s: merge %d must join two tokens, was %s",
        model.place(),
        rank,
        Fields.brief(merge));
    return parts.toArray(String[]::new);
  }

  private static String text(Fields model, int rank, JsonElement value) {
    Check.argument(
        value.isJsonPrimitive() && value.getAsJsonPrimitive().isString(),
        "%s: merge %d must be a text or two texts, was %s",
        model.place(),
        rank,
        Fields.brief(value));
    return value.getAsString();
  }

  private static int known(Fields model, int rank, Map<String, Integer> tokens, String text) {
    Integer token = tokens.get(text);
    Check.argument(
        token != null,
        "%s: merge %d needs '%s', which is not in the vocabulary",
        model.place(),
        rank,
        text);
    return Check.present(token, "TokenizerFile", text);
  }

  private AddedTokens added(Map<String, Integer> tokens) {
    Map<Integer, String> known = new HashMap<>();
    tokens.forEach((text, token) -> known.put(token, text));
    List<AddedTokens.Added> added = new ArrayList<>();
    for (Fields entry : file.objects("added_tokens")) {
      String text = entry.text("content");
      int token = entry.number("id");
      Check.argument(!text.isEmpty(), "%s: an added token must not be empty", entry.place());
      checkToken(entry.place(), text, token);
      String other = known.put(token, text);
      Check.argument(
          other == null || other.equals(text),
          "%s: token %d is '%s' already, and now '%s'",
          entry.place(),
          token,
          other,
          text);
      added.add(
          new AddedTokens.Added(
              token,
              text,
              entry.truth("special", false),
              entry.truth("single_word", false),
              entry.truth("lstrip", false),
              entry.truth("rstrip", false)));
    }
    return new AddedTokens(added);
  }

  private static Tokenizer.Template template(Optional<Fields> processor) {
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    if (processor.isEmpty()) {
      return new Tokenizer.Template(before, after);
    }
    Fields fields = processor.get();
    switch (fields.text("type")) {
      case "ByteLevel" -> {}
      case "Sequence" -> {
        for (Fields part : fields.objects("processors")) {
          Tokenizer.Template inner = template(Optional.of(part));
          before.addAll(0, inner.before());
          after.addAll(inner.after());
        }
      }
      case "TemplateProcessing" -> {
        boolean isBefore = true;
        for (Fields item : fields.objects("single")) {
          if (item.has("Sequence")) {
            isBefore = false;
          } else {
            String name = item.object("SpecialToken").text("id");
            Fields special = fields.object("special_tokens").object(name);
            for (JsonElement id : special.array("ids")) {
              (isBefore ? before : after).add(Fields.whole(special.place(), "ids", id));
            }
          }
        }
      }
      default ->
          throw new IllegalArgumentException(
              "%s: a post-processor of type '%s' is not built; TemplateProcessing, ByteLevel and Sequence are"
                  .formatted(fields.place(), fields.text("type")));
    }
    return new Tokenizer.Template(before, after);
  }
}
