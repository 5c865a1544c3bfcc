package maia.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads JSON strictly: what it accepts, trace viewers accept.
final class JsonReader {
  private final String text;
  private int at;

  private JsonReader(String text) {
    this.text = text;
  }

  /// Maps, lists, strings, doubles and booleans.
  static Object parse(String text) {
    var reader = new JsonReader(text);
    Object value = reader.value();
    reader.blank();
    if (reader.at != text.length()) {
      throw reader.error("text after the end");
    }
    return value;
  }

  private IllegalArgumentException error(String what) {
    return new IllegalArgumentException(what + " at " + at);
  }

  private void blank() {
    while (at < text.length() && " \n\r\t".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char next() {
    blank();
    if (at == text.length()) {
      throw error("the end");
    }
    return text.charAt(at);
  }

  private void expect(char c) {
    if (next() != c) {
      throw error("no " + c);
    }
    at++;
  }

  private Object value() {
    return switch (next()) {
      case '{' -> object();
      case '[' -> list();
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      default -> number();
    };
  }

  private Object word(String word, Object value) {
    if (!text.startsWith(word, at)) {
      throw error("no " + word);
    }
    at += word.length();
    return value;
  }

  private Map<String, Object> object() {
    var map = new LinkedHashMap<String, Object>();
    expect('{');
    if (next() != '}') {
      do {
        next();
        String name = string();
        expect(':');
        map.put(name, value());
      } while (goesOn());
    }
    expect('}');
    return map;
  }

  private List<Object> list() {
    var list = new ArrayList<Object>();
    expect('[');
    if (next() != ']') {
      do {
        list.add(value());
      } while (goesOn());
    }
    expect(']');
    return list;
  }

  private boolean goesOn() {
    if (next() != ',') {
      return false;
    }
    at++;
    return true;
  }

  private String string() {
    expect('"');
    var out = new StringBuilder();
    while (text.charAt(at) != '"') {
      char c = text.charAt(at++);
      if (c < ' ') {
        throw error("a control character");
      }
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escaped = text.charAt(at++);
      switch (escaped) {
        case '"', '\\', '/' -> out.append(escaped);
        case 'n' -> out.append('\n');
        case 'u' -> {
          out.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
          at += 4;
        }
        default -> throw error("an unknown escape");
      }
    }
    at++;
    return out.toString();
  }

  private Double number() {
    int from = at;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String digits = text.substring(from, at);
    if (!digits.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?")) {
      throw error("no number: " + digits);
    }
    return Double.parseDouble(digits);
  }
}
