package maia.models.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import maia.base.Check;
import maia.base.Stop;

/// Regular expressions out of files: compiled or refused, and stopped when they take too long.
final class Patterns {
  private static final int LONGEST = 4_096;

  /// Looks at one character a pattern may take for each of the text, and before that.
  private static final long LOOKS_PER_CHARACTER = 2_000;

  private static final long LOOKS = 4_000_000;

  private Patterns() {}

  /// `regex` with Unicode classes, as the tokenizers' own engine reads it.
  static Pattern compile(String place, String regex) {
    Check.argument(
        regex.length() <= LONGEST,
        "%s: a pattern may have at most %,d characters, has %,d",
        place,
        LONGEST,
        regex.length());
    try {
      return Pattern.compile(regex, Pattern.UNICODE_CHARACTER_CLASS);
    } catch (PatternSyntaxException malformed) {
      throw new IllegalArgumentException(
          "%s: the pattern does not compile: %s near index %d"
              .formatted(place, malformed.getDescription(), malformed.getIndex()),
          malformed);
    } catch (StackOverflowError deep) {
      throw new IllegalArgumentException("%s: the pattern is nested too deeply".formatted(place));
    }
  }

  /// A piece of a text.
  ///
  /// @param text the piece
  /// @param matched whether the pattern matched it, else it stood between matches
  record Piece(String text, boolean matched) {}

  /// The matches of `pattern` in `text` and what is between them, in order; empty ones left out.
  static List<Piece> cut(Pattern pattern, String text) {
    List<Piece> pieces = new ArrayList<>();
    Matcher matcher = pattern.matcher(new Watched(text, pattern));
    int at = 0;
    try {
      while (matcher.find()) {
        add(pieces, text, at, matcher.start(), false);
        add(pieces, text, matcher.start(), matcher.end(), true);
        at = matcher.end();
      }
    } catch (StackOverflowError deep) {
      throw new IllegalArgumentException(
          "tokenizer: the pattern '%s' needs too much depth on a text of %,d characters; split the text"
              .formatted(pattern, text.length()));
    }
    add(pieces, text, at, text.length(), false);
    return pieces;
  }

  private static void add(List<Piece> pieces, String text, int from, int to, boolean matched) {
    if (to > from) {
      pieces.add(new Piece(text.substring(from, to), matched));
    }
  }

  /// A text that counts how often it is looked at.
  private static final class Watched implements CharSequence {
    private final String text;
    private final Pattern pattern;
    private long left;

    Watched(String text, Pattern pattern) {
      this.text = text;
      this.pattern = pattern;
      this.left = LOOKS + LOOKS_PER_CHARACTER * text.length();
    }

    @Override
    public char charAt(int index) {
      if ((--left & 0xFFFF) == 0) {
        Stop.poll("tokenizer");
        Check.argument(
            left > 0,
            "tokenizer: the pattern '%s' takes too many steps on a text of %,d characters",
            pattern,
            text.length());
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int from, int to) {
      return text.substring(from, to);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
