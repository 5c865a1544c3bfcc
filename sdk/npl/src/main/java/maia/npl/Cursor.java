package maia.npl;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import maia.base.Origin;
import maia.numerics.DType;

/// A reading position in one line of program text.
final class Cursor {
  /// Deepest nesting of expressions and blocks the text form accepts.
  static final int MAX_DEPTH = 200;

  /// Words that mean something where an operand is expected.
  private static final List<String> RESERVED = List.of("hbm", "chip", "nan", "inf");

  private final String text;
  private final int line;
  private int at;
  private int depth;

  Cursor(String text, int line) {
    this.text = text;
    this.line = line;
  }

  /// A syntax mistake at the current position.
  NplException expected(String what) {
    skip();
    String found = at >= text.length() ? "the line ends" : "'" + rest() + "' follows";
    return error("expected " + what + ", but " + found);
  }

  NplException error(String message) {
    return new NplException(
        NplException.Category.SYNTAX,
        "line %d, column %d: %s".formatted(line, at + 1, message),
        new Origin("text", line, ""));
  }

  private String rest() {
    String rest = text.substring(at);
    return rest.length() > 20 ? rest.substring(0, 20) + "..." : rest;
  }

  void enter() {
    if (++depth > MAX_DEPTH) {
      throw error("nested deeper than %d levels; split the expression".formatted(MAX_DEPTH));
    }
  }

  void leave() {
    depth--;
  }

  private void skip() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  boolean atEnd() {
    skip();
    return at >= text.length();
  }

  void end() {
    if (!atEnd()) {
      throw expected("the end of the line");
    }
  }

  /// Whether `symbol` comes next; a word must end there.
  boolean sees(String symbol) {
    skip();
    if (!text.startsWith(symbol, at)) {
      return false;
    }
    int end = at + symbol.length();
    boolean word = isNamePart(symbol.charAt(symbol.length() - 1));
    return !word || end >= text.length() || !isNamePart(text.charAt(end));
  }

  boolean accept(String symbol) {
    boolean seen = sees(symbol);
    if (seen) {
      at += symbol.length();
    }
    return seen;
  }

  void expect(String symbol) {
    if (!accept(symbol)) {
      throw expected("'" + symbol + "'");
    }
  }

  /// The first of `symbols` that comes next, consumed.
  Optional<String> acceptAny(List<String> symbols) {
    return symbols.stream().filter(this::accept).findFirst();
  }

  /// The character that comes next, or 0 at the end.
  char peek() {
    skip();
    return at < text.length() ? text.charAt(at) : 0;
  }

  /// The character `offset` places behind the next one, or 0.
  char peek(int offset) {
    skip();
    return at + offset < text.length() ? text.charAt(at + offset) : 0;
  }

  boolean seesName() {
    char c = peek();
    return c == '"' || isNameStart(c);
  }

  /// A plain name or a quoted one.
  String name() {
    if (peek() == '"') {
      return quoted();
    }
    if (!isNameStart(peek())) {
      throw expected("a name");
    }
    int from = at;
    while (at < text.length() && isNamePart(text.charAt(at))) {
      at++;
    }
    return text.substring(from, at);
  }

  private String quoted() {
    at++;
    var out = new StringBuilder();
    while (true) {
      if (at >= text.length()) {
        throw error("a quoted name is not closed");
      }
      char c = text.charAt(at++);
      if (c == '"') {
        return out.toString();
      }
      out.append(c == '\\' ? escape() : c);
    }
  }

  private char escape() {
    if (at + 1 <= text.length()) {
      char c = text.charAt(at++);
      if (c == '"' || c == '\\') {
        return c;
      }
      if (c == 'u' && at + 4 <= text.length()) {
        String hex = text.substring(at, at + 4);
        if (hex.chars().allMatch(h -> Character.digit(h, 16) >= 0 && h < 128)) {
          at += 4;
          return (char) Integer.parseInt(hex, 16);
        }
      }
    }
    throw error("an escape must be \\\", \\\\ or \\u with four hexadecimal digits");
  }

  long integer() {
    skip();
    int from = at;
    if (at < text.length() && text.charAt(at) == '-') {
      at++;
    }
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    String digits = text.substring(from, at);
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      at = from;
      throw digits.isEmpty() || digits.equals("-")
          ? expected("an integer")
          : error("integer %s does not fit 64 bits".formatted(digits));
    }
  }

  int smallInteger() {
    int from = at;
    long value = integer();
    if (value != (int) value) {
      at = from;
      throw error("integer %d does not fit 32 bits".formatted(value));
    }
    return (int) value;
  }

  /// A float: digits, `nan`, `inf` or `-inf`.
  float number() {
    if (accept("nan")) {
      return Float.NaN;
    }
    if (accept("inf")) {
      return Float.POSITIVE_INFINITY;
    }
    if (accept("-inf")) {
      return Float.NEGATIVE_INFINITY;
    }
    skip();
    int from = at;
    while (at < text.length() && "0123456789+-.eE".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    try {
      return Float.parseFloat(text.substring(from, at));
    } catch (NumberFormatException e) {
      at = from;
      throw expected("a number");
    }
  }

  DType type() {
    int from = at;
    String label = name();
    for (DType type : DType.values()) {
      if (type.label().equals(label)) {
        return type;
      }
    }
    at = from;
    throw error("unknown element type '%s'".formatted(label));
  }

  /// One of the constants of an enum, written in lower case.
  <E extends Enum<E>> E constant(Class<E> kind) {
    int from = at;
    String label = name();
    for (E e : kind.getEnumConstants()) {
      if (e.name().toLowerCase(Locale.ROOT).equals(label)) {
        return e;
      }
    }
    at = from;
    throw error(
        "'%s' is none of %s"
            .formatted(
                label, List.of(kind.getEnumConstants()).toString().toLowerCase(Locale.ROOT)));
  }

  /// The trailing `@ program:line (source)`, or no origin.
  Origin origin() {
    if (!accept("@")) {
      return Origin.NONE;
    }
    String program = name();
    expect(":");
    int number = smallInteger();
    if (number < 0) {
      throw error("an origin line must not be negative, was %d".formatted(number));
    }
    String source = "";
    if (accept("(")) {
      if (peek() == '"') {
        source = quoted();
        expect(")");
      } else {
        int close = text.indexOf(')', at);
        if (close < 0) {
          throw error("expected ')' after the source of an origin");
        }
        source = text.substring(at, close);
        at = close + 1;
      }
    }
    return new Origin(program, number, source);
  }

  static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  static boolean isNameStart(char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  static boolean isNamePart(char c) {
    return isNameStart(c) || isDigit(c);
  }

  /// `name` as the text form writes it: plain, or quoted with escapes.
  static String quote(String name) {
    if (!name.isEmpty()
        && !RESERVED.contains(name)
        && isNameStart(name.charAt(0))
        && name.chars().allMatch(c -> isNamePart((char) c))) {
      return name;
    }
    return quoteAlways(name);
  }

  static String quoteAlways(String name) {
    var out = new StringBuilder("\"");
    for (char c : name.toCharArray()) {
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
