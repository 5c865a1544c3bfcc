package maia.models.text;

import java.text.Normalizer;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import maia.base.Check;
import maia.models.json.Fields;

/// Reads the stages of a `tokenizer.json` around its vocabulary.
final class StageReader {
  private static final Detokeniser PLAIN = new Detokeniser(false, false, "", false, false);

  private StageReader() {}

  static Optional<Normaliser> normaliser(Fields file) {
    return file.objectIfAny("normalizer").map(StageReader::toNormaliser);
  }

  private static Normaliser toNormaliser(Fields fields) {
    String type = fields.text("type");
    return switch (type) {
      case "NFC", "NFD", "NFKC", "NFKD" -> new Normaliser.Unicode(Normalizer.Form.valueOf(type));
      case "Prepend" -> new Normaliser.Prepend(fields.text("prepend"));
      case "Replace" -> new Normaliser.Replace(literal(fields), fields.text("content"));
      case "Lowercase" -> new Normaliser.Lowercase();
      case "Sequence" ->
          new Normaliser.Chain(each(fields, "normalizers", StageReader::toNormaliser));
      default ->
          throw refused(
              fields,
              "normaliser",
              "NFC, NFD, NFKC, NFKD, Prepend, Replace, Lowercase and Sequence");
    };
  }

  private static <T> List<T> each(Fields fields, String field, Function<Fields, T> read) {
    return fields.objects(field).stream().map(read).toList();
  }

  private static IllegalArgumentException refused(Fields fields, String stage, String built) {
    return new IllegalArgumentException(
        "%s: a %s of type '%s' is not built; %s are"
            .formatted(fields.place(), stage, fields.text("type"), built));
  }

  /// The text of a pattern that is not a regular expression.
  private static String literal(Fields fields) {
    Fields pattern = fields.object("pattern");
    Check.argument(
        pattern.has("String"),
        "%s: replacing a regular expression is not built, only a text",
        fields.place());
    return pattern.text("String");
  }

  static Optional<PreTokeniser> preTokeniser(Fields file) {
    return file.objectIfAny("pre_tokenizer").map(StageReader::toPreTokeniser);
  }

  private static PreTokeniser toPreTokeniser(Fields fields) {
    return switch (fields.text("type")) {
      case "ByteLevel" ->
          new PreTokeniser.ByteLevel(
              fields.truth("add_prefix_space", true), fields.truth("use_regex", true));
      case "Metaspace" ->
          new PreTokeniser.Metaspace(mark(fields), prepend(fields), fields.truth("split", true));
      case "Split" ->
          new PreTokeniser.Split(pattern(fields), behaviour(fields), fields.truth("invert", false));
      case "Digits" ->
          split(fields.truth("individual_digits", false) ? "\\p{N}" : "\\p{N}+", "ISOLATED");
      case "Whitespace" ->
          new PreTokeniser.Split(
              Patterns.compile(fields.place(), "\\w+|[^\\w\\s]+"),
              PreTokeniser.Behaviour.REMOVED,
              true);
      case "WhitespaceSplit" -> split("\\s+", "REMOVED");
      case "Sequence" ->
          new PreTokeniser.Chain(each(fields, "pretokenizers", StageReader::toPreTokeniser));
      default ->
          throw refused(
              fields,
              "pre-tokeniser",
              "ByteLevel, Metaspace, Split, Digits, Whitespace, WhitespaceSplit and Sequence");
    };
  }

  private static PreTokeniser split(String regex, String behaviour) {
    return new PreTokeniser.Split(
        Patterns.compile("tokenizer", regex), PreTokeniser.Behaviour.valueOf(behaviour), false);
  }

  private static Pattern pattern(Fields fields) {
    Fields pattern = fields.object("pattern");
    return pattern.has("String")
        ? Pattern.compile(pattern.text("String"), Pattern.LITERAL)
        : Patterns.compile(fields.place(), pattern.text("Regex"));
  }

  private static PreTokeniser.Behaviour behaviour(Fields fields) {
    return switch (fields.text("behavior")) {
      case "Isolated" -> PreTokeniser.Behaviour.ISOLATED;
      case "Removed" -> PreTokeniser.Behaviour.REMOVED;
      case "MergedWithPrevious" -> PreTokeniser.Behaviour.MERGED_WITH_PREVIOUS;
      case "MergedWithNext" -> PreTokeniser.Behaviour.MERGED_WITH_NEXT;
      default ->
          throw new IllegalArgumentException(
              "%s: the behaviour '%s' is not built; Isolated, Removed, MergedWithPrevious and MergedWithNext are"
                  .formatted(fields.place(), fields.text("behavior")));
    };
  }

  private static String mark(Fields fields) {
    String mark = fields.textIfAny("replacement").orElse("\u2581");
    Check.argument(
        mark.length() == 1,
        "%s: 'replacement' must be one character, was '%s'",
        fields.place(),
        mark);
    return mark;
  }

  private static PreTokeniser.Prepend prepend(Fields fields) {
    String byDefault = fields.truth("add_prefix_space", true) ? "always" : "never";
    String scheme = fields.textIfAny("prepend_scheme").orElse(byDefault);
    return switch (scheme) {
      case "always" -> PreTokeniser.Prepend.ALWAYS;
      case "first" -> PreTokeniser.Prepend.FIRST;
      case "never" -> PreTokeniser.Prepend.NEVER;
      default ->
          throw new IllegalArgumentException(
              "%s: 'prepend_scheme' must be always, first or never, was '%s'"
                  .formatted(fields.place(), scheme));
    };
  }

  /// Without a decoder the tokens of whole words have a space between them.
  static Detokeniser detokeniser(Fields file, Vocabulary vocabulary) {
    Optional<Fields> decoder = file.objectIfAny("decoder");
    if (decoder.isEmpty()) {
      return switch (vocabulary) {
        case WholeWords _ -> new Detokeniser(false, false, "", false, true);
        case BytePairs _ -> PLAIN;
      };
    }
    return add(PLAIN, decoder.get());
  }

  private static Detokeniser add(Detokeniser to, Fields fields) {
    return switch (fields.text("type")) {
      case "ByteLevel" ->
          new Detokeniser(true, to.byteFallback(), to.mark(), to.stripsStart(), to.joinsWords());
      case "ByteFallback" ->
          new Detokeniser(to.byteLevel(), true, to.mark(), to.stripsStart(), to.joinsWords());
      case "Fuse" -> to;
      case "Metaspace" ->
          new Detokeniser(
              to.byteLevel(),
              to.byteFallback(),
              mark(fields),
              prepend(fields) != PreTokeniser.Prepend.NEVER,
              to.joinsWords());
      case "Replace" -> {
        String mark = literal(fields);
        Check.argument(
            fields.text("content").equals(" ") && !mark.isEmpty(),
            "%s: replacing a mark by a space is built, not '%s' by '%s'",
            fields.place(),
            mark,
            fields.text("content"));
        yield new Detokeniser(
            to.byteLevel(), to.byteFallback(), mark, to.stripsStart(), to.joinsWords());
      }
      case "Strip" -> {
        Check.argument(
            fields.text("content").equals(" ")
                && fields.number("start", 0) == 1
                && fields.number("stop", 0) == 0,
            "%s: stripping one space from the start is built, nothing else",
            fields.place());
        yield new Detokeniser(to.byteLevel(), to.byteFallback(), to.mark(), true, to.joinsWords());
      }
      case "Sequence" -> {
        Detokeniser all = to;
        for (Fields part : fields.objects("decoders")) {
          all = add(all, part);
        }
        yield all;
      }
      default ->
          throw refused(
              fields,
              "decoder",
              "ByteLevel, ByteFallback, Fuse, Metaspace, Replace, Strip and Sequence");
    };
  }
}
