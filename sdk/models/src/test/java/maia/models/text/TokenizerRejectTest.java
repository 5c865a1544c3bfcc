package maia.models.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerRejectTest {
  @TempDir Path folder;

  private static void assertRefused(String json, String message) {
    assertThatThrownBy(() -> Tokenizer.parse("t.json", json))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static String bpe(String vocabulary, String merges) {
    return "{\"model\": {\"type\": \"BPE\", \"vocab\": {%s}, \"merges\": [%s]}}"
        .formatted(vocabulary, merges);
  }

  @Test
  void parse_noModel_namesTheField() {
    assertRefused("{}", "t.json: the field 'model' is missing");
  }

  @Test
  void parse_unknownModel_namesTheBuiltOnes() {
    assertRefused(
        "{\"model\": {\"type\": \"Unigram\"}}",
        "t.json, model: a model of type 'Unigram' is not built; BPE and WordLevel are");
  }

  @Test
  void parse_mergeOfUnknownToken_namesIt() {
    assertRefused(
        bpe("\"a\": 0, \"b\": 1", "\"a b\""),
        "t.json, model: merge 0 needs 'ab', which is not in the vocabulary");
  }

  @Test
  void parse_mergeOfThree_isRefused() {
    assertRefused(
        bpe("\"a\": 0", "[\"a\", \"a\", \"a\"]"),
        "t.json, model: merge 0 must join two tokens, was an array");
  }

  @Test
  void parse_mergeIsNumber_isRefused() {
    assertRefused(
        bpe("\"a\": 0", "7"), "t.json, model: merge 0 must be a text or two texts, was 7");
  }

  @Test
  void parse_tokenTwice_isRefused() {
    assertRefused(
        bpe("\"a\": 0, \"b\": 0", ""), "t.json, model: token 0 stands for two texts, one is 'b'");
  }

  @Test
  void parse_tokenBeyondTheLimit_isRefusedBeforeMemoryIsTaken() {
    assertRefused(
        bpe("\"a\": 2147483647", ""),
        "t.json, model: the token of 'a' must be 0 to 4,194,303, was 2147483647");
    assertRefused(
        bpe("\"a\": 1e99", ""),
        "t.json, model, vocab: the field 'a' must be a whole number, was 1E+99");
  }

  @Test
  void parse_addedTokenWithTheNumberOfAnother_isRefused() {
    assertRefused(
        "{\"added_tokens\": [{\"id\": 0, \"content\": \"<s>\"}], "
            + bpe("\"a\": 0", "").substring(1),
        "t.json, added_tokens[0]: token 0 is 'a' already, and now '<s>'");
  }

  @Test
  void parse_unknownStage_namesTheBuiltOnes() {
    assertRefused(
        "{\"pre_tokenizer\": {\"type\": \"Bert\"}, " + bpe("\"a\": 0", "").substring(1),
        "t.json, pre_tokenizer: a pre-tokeniser of type 'Bert' is not built; ByteLevel, Metaspace,"
            + " Split, Digits, Whitespace, WhitespaceSplit and Sequence are");
  }

  @Test
  void parse_malformedPattern_isRefused() {
    assertRefused(
        "{\"pre_tokenizer\": {\"type\": \"Split\", \"behavior\": \"Isolated\", \"pattern\":"
            + " {\"Regex\": \"(a\"}}, "
            + bpe("\"a\": 0", "").substring(1),
        "t.json, pre_tokenizer: the pattern does not compile: Unclosed group near index 2");
  }

  @Test
  void encode_patternThatBacktracksForever_isStopped() {
    Tokenizer tokenizer =
        Tokenizer.parse(
            "t.json",
            "{\"pre_tokenizer\": {\"type\": \"Split\", \"behavior\": \"Isolated\", \"pattern\":"
                + " {\"Regex\": \"(.*a){12}c\"}}, "
                + bpe("\"a\": 0, \"b\": 1", "").substring(1));
    assertThatThrownBy(() -> tokenizer.encode("a".repeat(60) + "b"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "tokenizer: the pattern '(.*a){12}c' takes too many steps on a text of 61 characters");
  }

  @Test
  void encode_patternThatRecursesDeeply_isRefused() {
    Tokenizer tokenizer =
        Tokenizer.parse(
            "t.json",
            "{\"pre_tokenizer\": {\"type\": \"Split\", \"behavior\": \"Isolated\", \"pattern\":"
                + " {\"Regex\": \"(a|b)*c\"}}, "
                + bpe("\"a\": 0, \"b\": 1, \"c\": 2", "").substring(1));
    String text = "ab".repeat(200_000) + "c";
    assertThatThrownBy(() -> tokenizer.encode(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("needs too much depth");
  }

  @Test
  void parse_deepNesting_isRefused() {
    assertThatThrownBy(() -> Tokenizer.parse("t.json", "{\"a\":" + "[".repeat(1_000_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("t.json: is not valid JSON: ");
  }

  @Test
  void read_missingFile_isNamed() {
    Path file = folder.resolve("none.json");
    assertThatThrownBy(() -> Tokenizer.read(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(file + ": there is no such file; give the path of one");
  }

  /// Random damage: every file is read or refused with the one exception for it.
  @Test
  void read_damagedFiles_neverFailOtherwise() throws IOException {
    SplittableRandom random = new SplittableRandom(5);
    byte[] good =
        TokenizerFiles.sentencePiece(false).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Path file = folder.resolve("t.json");
    int refused = 0;
    for (int i = 0; i < 150; i++) {
      byte[] bad = good.clone();
      for (int j = 0; j < 3; j++) {
        bad[random.nextInt(bad.length)] =
            (byte) (i % 2 == 0 ? random.nextInt(256) : "\"{}[],:0".charAt(random.nextInt(8)));
      }
      Files.write(file, bad);
      try {
        Tokenizer.read(file).encode("the cat é");
      } catch (IllegalArgumentException named) {
        refused++;
        assertThat(named.getMessage()).isNotBlank();
      }
    }
    assertThat(refused).isGreaterThan(20);
  }
}
