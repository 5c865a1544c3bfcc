package maia.machine;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;

/// JSON as the standard has it: no comments, no NaN, no name twice, and no deeper than a chip is.
final class StrictJson {
  private static final int DEPTH = 8;
  private static final int DIGITS = 40;

  private final JsonReader in;

  private StrictJson(String text) {
    in = new JsonReader(new StringReader(text));
    in.setStrictness(Strictness.STRICT);
  }

  static JsonElement parse(String text) throws IOException {
    StrictJson json = new StrictJson(text);
    JsonElement value = json.value(0);
    if (json.in.peek() != JsonToken.END_DOCUMENT) {
      throw new IOException("text after the end at " + json.in.getPath());
    }
    return value;
  }

  private JsonElement value(int depth) throws IOException {
    if (depth > DEPTH) {
      throw new IOException("nested deeper than " + DEPTH + " at " + in.getPath());
    }
    return switch (in.peek()) {
      case BEGIN_OBJECT -> object(depth);
      case BEGIN_ARRAY -> array(depth);
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

  private JsonObject object(int depth) throws IOException {
    JsonObject object = new JsonObject();
    in.beginObject();
    while (in.hasNext()) {
      String name = in.nextName();
      if (object.has(name)) {
        throw new IOException("'" + name + "' is given twice at " + in.getPath());
      }
      object.add(name, value(depth + 1));
    }
    in.endObject();
    return object;
  }

  private JsonArray array(int depth) throws IOException {
    JsonArray array = new JsonArray();
    in.beginArray();
    while (in.hasNext()) {
      array.add(value(depth + 1));
    }
    in.endArray();
    return array;
  }
}
