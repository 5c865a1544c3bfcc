package maia.tensor.io;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import maia.base.Stop;

/// Reads the header of a safetensors file: exactly the JSON that the format allows, nothing more.
final class HeaderReader {
  private static final int MAX_RANK = 64;
  private static final int MAX_DIGITS = 18;

  private final String text;
  private int at;

  private HeaderReader(String text) {
    this.text = text;
  }

  /// What a header says.
  record Header(List<Entry> entries, SortedMap<String, String> metadata) {}

  static Header read(String text) {
    return new HeaderReader(text).header();
  }

  private Header header() {
    List<Entry> entries = new ArrayList<>();
    SortedMap<String, String> metadata = new TreeMap<>();
    FileFormatException.check(
        !text.isEmpty() && text.charAt(0) == '{', "safetensors: the header must start with '{'");
    object(
        "the header",
        name -> {
          Stop.poll("safetensors");
          if (name.equals("__metadata__")) {
            object("__metadata__", key -> metadata.put(key, string()));
          } else {
            entries.add(entry(name));
          }
        });
    skipSpace();
    FileFormatException.check(
        at == text.length(), "safetensors: the header has text after its end, at character %d", at);
    return new Header(entries, metadata);
  }

  /// Reads the value of one key.
  @FunctionalInterface
  private interface Value {
    void read(String key);
  }

  private void object(String what, Value value) {
    Set<String> keys = new HashSet<>();
    expect('{');
    if (next() == '}') {
      at++;
      return;
    }
    do {
      String key = string();
      FileFormatException.check(
          keys.add(key), "safetensors: the name '%s' occurs twice in %s", key, what);
      expect(':');
      value.read(key);
    } while (comma('}'));
  }

  private Entry entry(String name) {
    String[] type = new String[1];
    List<List<Long>> shape = new ArrayList<>();
    List<List<Long>> offsets = new ArrayList<>();
    object(
        "tensor '" + name + "'",
        key -> {
          switch (key) {
            case "dtype" -> type[0] = string();
            case "shape" -> shape.add(numbers(name));
            case "data_offsets" -> offsets.add(numbers(name));
            default ->
                throw FileFormatException.of(
                    "safetensors: tensor '%s': unknown field '%s'; the format has dtype, shape and"
                        + " data_offsets",
                    name, key);
          }
        });
    FileFormatException.check(
        type[0] != null && !shape.isEmpty() && !offsets.isEmpty(),
        "safetensors: tensor '%s': needs dtype, shape and data_offsets",
        name);
    List<Long> bytes = offsets.getFirst();
    FileFormatException.check(
        bytes.size() == 2,
        "safetensors: tensor '%s': data_offsets must be two numbers, got %d",
        name,
        bytes.size());
    Optional<StoredType> stored = StoredType.named(type[0]);
    return new Entry(
        name,
        stored.orElseThrow(() ->
            FileFormatException.of(
                "safetensors: tensor '%s': unknown or unsupported dtype '%s'; supported: %s",
                name, type[0], List.of(StoredType.values()))),
        shape.getFirst(),
        bytes.get(0),
        bytes.get(1));
  }

  private List<Long> numbers(String name) {
    List<Long> numbers = new ArrayList<>();
    expect('[');
    if (next() == ']') {
      at++;
      return numbers;
    }
    do {
      numbers.add(number());
      FileFormatException.check(
          numbers.size() <= MAX_RANK,
          "safetensors: tensor '%s': more than %d dimensions",
          name,
          MAX_RANK);
    } while (comma(']'));
    return numbers;
  }

  private long number() {
    next();
    int from = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    int digits = at - from;
    if (digits == 0 || digits > 1 && text.charAt(from) == '0') {
      throw unexpected(from, "a whole number without sign or leading zeros");
    }
    FileFormatException.check(
        digits <= MAX_DIGITS,
        "safetensors: the number at character %d has %d digits, at most %d are allowed",
        from,
        digits,
        MAX_DIGITS);
    return Long.parseLong(text.substring(from, at));
  }

  private String string() {
    expect('"');
    StringBuilder value = new StringBuilder();
    while (true) {
      FileFormatException.check(at < text.length(), "safetensors: the header ends inside a string");
      char c = text.charAt(at++);
      if (c == '"') {
        return value.toString();
      }
      if (c < ' ') {
        throw unexpected(at - 1, "a string without control characters");
      }
      value.append(c == '\\' ? escape() : c);
    }
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
    for (int i = 0; i < 4; i++) {
      int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
      if (digit < 0 || text.charAt(at) > 'f') {
        throw unexpected(at, "four hexadecimal digits");
      }
      value = value * 16 + digit;
      at++;
    }
    return (char) value;
  }

  /// Whether another element follows; otherwise `close` was read.
  private boolean comma(char close) {
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

  /// The next character that is not white space, or NUL at the end.
  private char next() {
    skipSpace();
    return at < text.length() ? text.charAt(at) : 0;
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private FileFormatException unexpected(int position, String wanted) {
    return FileFormatException.of(
        "safetensors: the header is not the JSON of the format: expected %s at character %d",
        wanted, position);
  }
}
