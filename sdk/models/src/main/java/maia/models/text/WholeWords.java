package maia.models.text;

import java.util.Map;
import java.util.OptionalInt;
import maia.base.Check;

/// A vocabulary of whole words.
///
/// @param tokens the number of every word
/// @param unknown the token of a word that is not there
record WholeWords(Map<String, Integer> tokens, OptionalInt unknown) implements Vocabulary {
  WholeWords {
    tokens = Map.copyOf(tokens);
  }

  @Override
  public void encode(String word, IntList out) {
    Integer token = tokens.get(word);
    Check.argument(
        token != null || unknown.isPresent(),
        "tokenizer: the word '%s' is not in the vocabulary of %,d words, which has no token for unknown"
            + " words",
        word,
        tokens.size());
    out.add(token == null ? unknown.getAsInt() : token);
  }
}
