package maia.models.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A cutting of text into the words that merges do not cross.
sealed interface PreTokeniser {
  /// GPT-2's words: contractions, letters, digits or other signs with the space before them.
  Pattern GPT_2 =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  /// What a cut does with the matches of its pattern.
  enum Behaviour {
    ISOLATED,
    REMOVED,
    MERGED_WITH_PREVIOUS,
    MERGED_WITH_NEXT
  }

  /// Adds the words of `text` to `words`.
  ///
  /// @param isStart whether the text begins the whole input
  void cut(String text, boolean isStart, List<String> words);

  /// Cuts at the matches of a pattern.
  ///
  /// @param pattern what is looked for
  /// @param behaviour what becomes of it
  /// @param inverted whether what is between the matches counts as matched instead
  record Split(Pattern pattern, Behaviour behaviour, boolean inverted) implements PreTokeniser {
    @Override
    public void cut(String text, boolean isStart, List<String> words) {
      StringBuilder open = new StringBuilder();
      for (Patterns.Piece piece : Patterns.cut(pattern, text)) {
        boolean matched = piece.matched() != inverted;
        switch (behaviour) {
          case ISOLATED -> words.add(piece.text());
          case REMOVED -> {
            if (!matched) {
              words.add(piece.text());
            }
          }
          case MERGED_WITH_PREVIOUS -> {
            open.append(piece.text());
            if (matched) {
              flush(open, words);
            }
          }
          case MERGED_WITH_NEXT -> {
            if (matched) {
              flush(open, words);
            }
            open.append(piece.text());
          }
        }
      }
      flush(open, words);
    }

    private static void flush(StringBuilder open, List<String> words) {
      if (!open.isEmpty()) {
        words.add(open.toString());
        open.setLength(0);
      }
    }
  }

  /// Bytes as characters of the [ByteAlphabet].
  ///
  /// @param prefixSpace whether a text that begins without a space gets one
  /// @param cuts whether it is cut into GPT-2's words first
  record ByteLevel(boolean prefixSpace, boolean cuts) implements PreTokeniser {
    @Override
    public void cut(String text, boolean isStart, List<String> words) {
      String spaced = prefixSpace && !text.startsWith(" ") ? " " + text : text;
      if (!cuts) {
        words.add(ByteAlphabet.encode(spaced));
        return;
      }
      for (Patterns.Piece piece : Patterns.cut(GPT_2, spaced)) {
        words.add(ByteAlphabet.encode(piece.text()));
      }
    }
  }

  /// Which texts SentencePiece's mark is put before.
  enum Prepend {
    ALWAYS,
    FIRST,
    NEVER
  }

  /// A mark for every space, and before the text.
  ///
  /// @param mark stands for a space
  /// @param prepend which texts get one in front
  /// @param cuts whether a word begins at every mark
  record Metaspace(String mark, Prepend prepend, boolean cuts) implements PreTokeniser {
    @Override
    public void cut(String text, boolean isStart, List<String> words) {
      String marked = text.replace(" ", mark);
      boolean wanted =
          switch (prepend) {
            case ALWAYS -> true;
            case FIRST -> isStart;
            case NEVER -> false;
          };
      if (wanted && !marked.startsWith(mark)) {
        marked = mark + marked;
      }
      if (!cuts) {
        words.add(marked);
        return;
      }
      int from = 0;
      for (int at = marked.indexOf(mark, 1); at >= 0; at = marked.indexOf(mark, at + 1)) {
        words.add(marked.substring(from, at));
        from = at;
      }
      words.add(marked.substring(from));
    }
  }

  /// One after another, each on the words of the one before.
  record Chain(List<PreTokeniser> parts) implements PreTokeniser {
    public Chain {
      parts = List.copyOf(parts);
    }

    @Override
    public void cut(String text, boolean isStart, List<String> words) {
      List<String> current = List.of(text);
      for (PreTokeniser part : parts) {
        List<String> next = new ArrayList<>();
        for (int i = 0; i < current.size(); i++) {
          part.cut(current.get(i), isStart && i == 0, next);
        }
        current = next;
      }
      words.addAll(current);
    }
  }
}
