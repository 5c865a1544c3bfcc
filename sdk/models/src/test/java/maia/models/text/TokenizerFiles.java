package maia.models.text;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Small tokenizer files in the forms of the families, with merges learnt from a few sentences.
final class TokenizerFiles {
  static final Gson GSON = new GsonBuilder().serializeNulls().create();

  static final String LLAMA_3 =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|"
          + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  static final String QWEN = LLAMA_3.replace("\\p{N}{1,3}", "\\p{N}");

  private static final String SAMPLE =
      " the cat and the hat that sat there then thanked the other cat; it's the hat's the end"
          + " naïve über café 12 123 1999";

  private TokenizerFiles() {}

  /// How a file writes merges.
  enum Merges {
    TEXTS,
    PAIRS
  }

  /// Merges learnt greedily: the most frequent pair, the first of equals.
  static List<String[]> learn(List<String> symbols, int count) {
    List<String> current = new ArrayList<>(symbols);
    List<String[]> merges = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Map<List<String>, Integer> pairs = new LinkedHashMap<>();
      for (int j = 0; j + 1 < current.size(); j++) {
        pairs.merge(List.of(current.get(j), current.get(j + 1)), 1, Integer::sum);
      }
      List<String> best =
          pairs.entrySet().stream()
              .reduce((a, b) -> b.getValue() > a.getValue() ? b : a)
              .orElseThrow()
              .getKey();
      merges.add(best.toArray(String[]::new));
      current = apply(current, best.get(0), best.get(1));
    }
    return merges;
  }

  static List<String> apply(List<String> symbols, String left, String right) {
    List<String> result = new ArrayList<>();
    for (int j = 0; j < symbols.size(); j++) {
      boolean fits =
          j + 1 < symbols.size() && symbols.get(j).equals(left) && symbols.get(j + 1).equals(right);
      result.add(fits ? left + right : symbols.get(j));
      j += fits ? 1 : 0;
    }
    return result;
  }

  /// GPT-2's alphabet, written down a second time.
  static List<String> alphabet() {
    List<String> letters = new ArrayList<>();
    int next = 256;
    for (int b = 0; b < 256; b++) {
      boolean keeps = (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || (b >= 174 && b <= 255);
      letters.add(Character.toString(keeps ? b : next++));
    }
    return letters;
  }

  static List<String> bytesAsLetters(String text) {
    List<String> letters = new ArrayList<>();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      letters.add(alphabet().get(b & 0xFF));
    }
    return letters;
  }

  static List<String[]> byteMerges() {
    return learn(bytesAsLetters(SAMPLE), 60);
  }

  /// A byte-level file: `split` is its word pattern, empty for GPT-2's own.
  static String byteLevel(String split, Merges form, boolean wordsFirst) {
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    alphabet().forEach(letter -> vocabulary.put(letter, vocabulary.size()));
    List<String[]> merges = byteMerges();
    merges.forEach(pair -> vocabulary.putIfAbsent(pair[0] + pair[1], vocabulary.size()));
    int end = vocabulary.size();
    Map<String, Object> byteLevel =
        Map.of("type", "ByteLevel", "add_prefix_space", false, "use_regex", split.isEmpty());
    Map<String, Object> words =
        Map.of(
            "type",
            "Split",
            "pattern",
            Map.of("Regex", split),
            "behavior",
            "Isolated",
            "invert",
            false);
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("version", "1.0");
    file.put(
        "added_tokens",
        List.of(
            added(end, "<|start|>", true),
            added(end + 1, "<|end|>", true),
            added(end + 2, "<tool>", false)));
    file.put("normalizer", null);
    file.put(
        "pre_tokenizer",
        split.isEmpty()
            ? byteLevel
            : Map.of("type", "Sequence", "pretokenizers", List.of(words, byteLevel)));
    file.put(
        "post_processor",
        Map.of(
            "type",
            "TemplateProcessing",
            "single",
            List.of(
                Map.of("SpecialToken", Map.of("id", "<|start|>", "type_id", 0)),
                Map.of("Sequence", Map.of("id", "A", "type_id", 0))),
            "special_tokens",
            Map.of("<|start|>", Map.of("id", "<|start|>", "ids", List.of(end)))));
    file.put("decoder", Map.of("type", "ByteLevel"));
    file.put("model", model(vocabulary, merges, form, Map.of("ignore_merges", wordsFirst)));
    return GSON.toJson(file);
  }

  /// A file of characters with byte fallback: Llama 2's stages, or Gemma's.
  static String sentencePiece(boolean gemma) {
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    vocabulary.put("<unk>", 0);
    vocabulary.put("<s>", 1);
    for (int b = 0; b < 256; b++) {
      vocabulary.put("<0x%02X>".formatted(b), vocabulary.size());
    }
    List<String> letters = Arrays.asList("▁ t h e c a n d s o r i k".split(" "));
    letters.forEach(letter -> vocabulary.put(letter, vocabulary.size()));
    List<String> symbols = new ArrayList<>();
    SAMPLE.replace(' ', '▁').codePoints().mapToObj(Character::toString).forEach(symbols::add);
    List<String[]> merges = new ArrayList<>();
    for (String[] pair : learn(symbols, 20)) {
      if (vocabulary.containsKey(pair[0]) && vocabulary.containsKey(pair[1])) {
        merges.add(pair);
        vocabulary.putIfAbsent(pair[0] + pair[1], vocabulary.size());
      }
    }
    Map<String, Object> replace =
        Map.of("type", "Replace", "pattern", Map.of("String", " "), "content", "▁");
    Map<String, Object> restore =
        Map.of("type", "Replace", "pattern", Map.of("String", "▁"), "content", " ");
    Map<String, Object> fallback = Map.of("type", "ByteFallback");
    Map<String, Object> fuse = Map.of("type", "Fuse");
    Map<String, Object> strip = Map.of("type", "Strip", "content", " ", "start", 1, "stop", 0);
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("added_tokens", List.of(added(0, "<unk>", true), added(1, "<s>", true)));
    file.put(
        "normalizer",
        gemma
            ? replace
            : Map.of(
                "type",
                "Sequence",
                "normalizers",
                List.of(Map.of("type", "Prepend", "prepend", "▁"), replace)));
    file.put(
        "pre_tokenizer",
        gemma
            ? Map.of(
                "type",
                "Split",
                "pattern",
                Map.of("String", " "),
                "behavior",
                "MergedWithPrevious",
                "invert",
                false)
            : null);
    file.put(
        "decoder",
        Map.of(
            "type",
            "Sequence",
            "decoders",
            gemma ? List.of(restore, fallback, fuse) : List.of(restore, fallback, fuse, strip)));
    file.put(
        "model",
        model(
            vocabulary,
            merges,
            Merges.TEXTS,
            Map.of("byte_fallback", true, "unk_token", "<unk>", "fuse_unk", true)));
    return GSON.toJson(file);
  }

  private static Map<String, Object> model(
      Map<String, Integer> vocabulary,
      List<String[]> merges,
      Merges form,
      Map<String, Object> more) {
    Map<String, Object> model = new LinkedHashMap<>(more);
    model.put("type", "BPE");
    model.put("dropout", null);
    model.put("vocab", vocabulary);
    model.put(
        "merges",
        switch (form) {
          case TEXTS -> merges.stream().map(pair -> pair[0] + " " + pair[1]).toList();
          case PAIRS -> merges;
        });
    return model;
  }

  static Map<String, Object> added(int token, String text, boolean special) {
    Map<String, Object> added = new LinkedHashMap<>();
    added.put("id", token);
    added.put("content", text);
    added.put("single_word", false);
    added.put("lstrip", false);
    added.put("rstrip", false);
    added.put("normalized", false);
    added.put("special", special);
    return added;
  }
}
