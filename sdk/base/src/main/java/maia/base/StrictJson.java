package maia.base;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;

/// Reads JSON from outside: no comments, no NaN, no name twice, nothing after the end, numbers of
/// at most 40 characters, and no deeper than the caller allows, so that no text overflows a stack.
///
/// Only what Gson 2.8.5 has is used: a notebook kernel may bring that version in front of ours.
public final class StrictJson {
  private static final int DIGITS = 40;

  private final JsonReader in;
  private final int depth;

  private StrictJson(String text, int depth) {
    in = new JsonReader(new StringReader(text));
    this.depth = depth;
  }

  /// The value that `text` holds.
  ///
  /// @param text one JSON value
  /// @param depth how many objects and arrays may stand inside each other
  /// @return the value; numbers are [BigDecimal]
  /// @throws IOException where the text is not JSON, or is beyond these limits; the message says
  ///   what and where
  public static JsonElement parse(String text, int depth) throws IOException {
    StrictJson json = new StrictJson(text, depth);
    try {
      JsonElement value = json.value(0);
      if (json.in.peek() != JsonToken.END_DOCUMENT) {
        throw new IOException("text after the end at " + json.in.getPath());
      }
      return value;
    } catch (NumberFormatException e) {
      throw new IOException("not a number at " + json.in.getPath(), e);
    }
  }

  private JsonElement value(int level) throws IOException {
    if (level > depth) {
      throw new IOException("nested deeper than " + depth + " at " + in.getPath());
    }
    return switch (in.peek()) {
      case BEGIN_OBJECT -> object(level);
      case BEGIN_ARRAY -> array(level);
      case STRING -> new JsonPrimitive(in.nextString());
      case NUMBER -> number();
      case BOOLEAN -> new JsonPrimitive(in.nextBoolean());
      case NULL -> {
        in.nextNull();
        yield JsonNull.INSTANCE;
      }
      case END_OBJECT, END_ARRAY, END_DOCUMENT, NAME ->
          throw new IOException("a value is missing at " + in.getPath());
    };
  }

  private JsonPrimitive number() throws IOException {
    String text = in.nextString();
    if (text.length() > DIGITS) {
      throw new IOException("a number of " + text.length() + " characters at " + in.getPath());
    }
    return new JsonPrimitive(new BigDecimal(text));
  }

  private JsonObject object(int level) throws IOException {
    JsonObject object = new JsonObject();
    in.beginObject();
    while (in.hasNext()) {
      String name = in.nextName();
      if (object.has(name)) {
        throw new IOException("'" + name + "' is given twice at " + in.getPath());
      }
      object.add(name, value(level + 1));
    }
    in.endObject();
    return object;
  }

  private JsonArray array(int level) throws IOException {
    JsonArray array = new JsonArray();
    in.beginArray();
    while (in.hasNext()) {
      array.add(value(level + 1));
    }
    in.endArray();
    return array;
  }
}
