package maia.models.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Where the rules of the Rust library that writes these files differ from Java's own.
class TokenizerCornersTest {
  private static final String VOCABULARY =
      """
      "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "bc": 4, "σ": 5, "α": 6, "\u0120": 7}\
      """;

  private static Tokenizer tokenizer(String normaliser, String added, String merges) {
    return Tokenizer.parse(
        "corner",
        """
        {"normalizer": %s, "added_tokens": [%s],
         "model": {"type": "BPE", %s, "merges": [%s]}}
        """
            .formatted(normaliser, added, VOCABULARY, merges));
  }

  @Test
  void mergeNamedTwice_hasItsLaterRank() {
    Tokenizer t = tokenizer("null", "", "\"a b\", \"b c\", \"a b\"");
    assertThat(t.encode("abc")).containsExactly(0, 4);
  }

  @Test
  void lowercase_ofASigmaThatEndsAWord_isTheOrdinaryOne() {
    Tokenizer t = tokenizer("{\"type\": \"Lowercase\"}", "", "");
    assertThat(t.encode("ΑΣ")).containsExactly(6, 5);
  }

  @Test
  void addedTokenThatTakesSpaces_takesThoseThatDoNotBreak() {
    String end =
        """
        {"id": 8, "content": "<e>", "special": true, "lstrip": true, "rstrip": true}
        """;
    assertThat(tokenizer("null", end, "").encode("a\u00a0\u2007<e>\u3000\u0085b"))
        .containsExactly(0, 8, 1);
  }
}
