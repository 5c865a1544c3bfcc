package maia.models.text;

import java.util.Map;

/// Turns a word into tokens.
sealed interface Vocabulary permits BytePairs, WholeWords {
  /// The number of every token by its text.
  Map<String, Integer> tokens();

  /// Adds the tokens of `word` to `out`.
  void encode(String word, IntList out);
}
