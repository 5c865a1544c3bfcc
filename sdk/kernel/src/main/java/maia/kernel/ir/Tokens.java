package maia.kernel.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import maia.base.Origin;
import maia.numerics.DType;

/// The words of one line of a text, read from left to right.
final class Tokens {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(\"(?:[^\"\\\\]|\\\\.)*\"|[A-Za-z_%][\\w.%]*|\\d+(?:x\\d+)+"
              + "|-?\\d+(?:\\.\\d+)?(?:E-?\\d+)?|-Infinity|->|\\S)");

  private final List<String> words = new ArrayList<>();
  private final int line;
  private int next;

  /// The words of `text`, which is line `line` of a larger text.
  Tokens(String text, int line) {
    this.line = line;
    Matcher m = TOKEN.matcher(text.strip());
    while (m.find()) {
      words.add(m.group(1));
    }
  }

  boolean isAtEnd() {
    return next >= words.size();
  }

  String peek() {
    return isAtEnd() ? "" : words.get(next);
  }

  String take() {
    if (isAtEnd()) {
      throw error("the line ends too early");
    }
    return words.get(next++);
  }

  boolean accept(String token) {
    boolean here = peek().equals(token);
    next += here ? 1 : 0;
    return here;
  }

  void expect(String token) {
    if (!accept(token)) {
      throw error("expected '" + token + "' but found '" + peek() + "'");
    }
  }

  int number() {
    return Integer.parseInt(take());
  }

  DType dtype() {
    return DType.valueOf(take().toUpperCase(Locale.ROOT));
  }

  KernelException error(String message) {
    return new KernelException(
        Mistake.BAD_TEXT, "line %d of the text: %s".formatted(line, message), Origin.NONE);
  }
}
