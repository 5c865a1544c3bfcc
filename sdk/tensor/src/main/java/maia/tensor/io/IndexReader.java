package maia.tensor.io;

import java.util.SortedMap;
import java.util.TreeMap;
import maia.base.Stop;

/// Reads the index of a checkpoint of several files: an object with `weight_map`, the file of each
/// tensor, and anything else, which is passed over.
final class IndexReader {
  private static final int MAX_DEPTH = 16;

  private final String text;
  private int at;

  private IndexReader(String text) {
    this.text = text;
  }

  /// Tensor to file.
  static SortedMap<String, String> read(String text) {
    return new IndexReader(text).index();
  }

  private SortedMap<String, String> index() {
    SortedMap<String, String> places = new TreeMap<>();
    boolean[] found = new boolean[1];
    object(key -> {
      if (key.equals("weight_map")) {
        FileFormatException.check(!found[0], "safetensors: the index has 'weight_map' twice");
        found[0] = true;
        object(name ->
            FileFormatException.check(
                places.put(name, string()) == null,
                "safetensors: the index names tensor '%s' twice",
                name));
      } else {
        skip(1);
      }
    });
    space();
    FileFormatException.check(
        at == text.length(), "safetensors: the index has text after its end, at character %d", at);
    FileFormatException.check(found[0], "safetensors: the index has no 'weight_map'");
    return places;
  }

  /// Reads the value of one key.
  @FunctionalInterface
  private interface Value {
    void read(String key);
  }

  private void object(Value value) {
    expect('{');
    if (next() == '}') {
      at++;
      return;
    }
    do {
      Stop.poll("safetensors");
      String key = string();
      expect(':');
      value.read(key);
    } while (another('}'));
  }

  private void skip(int depth) {
    FileFormatException.check(
        depth <= MAX_DEPTH, "safetensors: the index is nested more than %d deep", MAX_DEPTH);
    switch (next()) {
      case '{' -> object(key -> skip(depth + 1));
      case '[' -> {
        at++;
        if (next() == ']') {
          at++;
          return;
        }
        do {
          skip(depth + 1);
        } while (another(']'));
      }
      case '"' -> string();
      default -> word();
    }
  }

  /// A number, `true`, `false` or `null`.
  private void word() {
    int from = at;
    while (at < text.length()
        && (Character.isLetterOrDigit(text.charAt(at)) || "+-.".indexOf(text.charAt(at)) >= 0)) {
      at++;
    }
    String word = text.substring(from, at);
    if (!word.matches("true|false|null|-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
      throw unexpected(from, "a value");
    }
  }

  private String string() {
    expect('"');
    StringBuilder value = new StringBuilder();
    while (at < text.length() && text.charAt(at) != '"') {
      char c = text.charAt(at++);
      if (c < ' ') {
        throw unexpected(at - 1, "a string without control characters");
      }
      value.append(c == '\\' ? escape() : c);
    }
    expect('"');
    return value.toString();
  }

  private char escape() {
    char c = at < text.length() ? text.charAt(at++) : ' ';
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw unexpected(at - 1, "an escape of JSON");
    };
  }

  private char unicode() {
    int value = 0;
    for (int i = 0; i < 4; i++, at++) {
      int digit =
          at < text.length() && text.charAt(at) <= 'f' ? Character.digit(text.charAt(at), 16) : -1;
      if (digit < 0) {
        throw unexpected(at, "four hexadecimal digits");
      }
      value = value * 16 + digit;
    }
    return (char) value;
  }

  /// Whether another element follows; otherwise `close` was read.
  private boolean another(char close) {
    char c = next();
    if (c != ',' && c != close) {
      throw unexpected(at, "',' or '" + close + "'");
    }
    at++;
    return c == ',';
  }

  private void expect(char wanted) {
    if (next() != wanted) {
      throw unexpected(at, "'" + wanted + "'");
    }
    at++;
  }

  private char next() {
    space();
    return at < text.length() ? text.charAt(at) : 0;
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private static FileFormatException unexpected(int position, String wanted) {
    return FileFormatException.of(
        "safetensors: the index is not JSON: expected %s at character %d", wanted, position);
  }
}
