package maia.models.json;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import maia.base.Check;
import maia.base.StrictJson;

/// The fields of one JSON object of a file. Everything that is missing or of the wrong kind is
/// refused with [IllegalArgumentException] that names the place and the field.
///
/// @param place what the messages start with: the file, and where in it
/// @param json the object
public record Fields(String place, JsonObject json) {
  private static final int DEPTH = 64;

  /// The object that `file` holds, of at most `largestBytes`.
  public static Fields read(Path file, long largestBytes) throws IOException {
    Check.argument(
        Files.isRegularFile(file), "%s: there is no such file; give the path of one", file);
    long bytes = Files.size(file);
    Check.argument(
        bytes <= largestBytes,
        "%s: may have at most %,d bytes, has %,d",
        file,
        largestBytes,
        bytes);
    try {
      return parse(file.toString(), Files.readString(file));
    } catch (CharacterCodingException malformed) {
      throw new IllegalArgumentException("%s: is not UTF-8 text".formatted(file), malformed);
    }
  }

  /// The object that `text` holds, and nothing else.
  public static Fields parse(String place, String text) {
    JsonElement root;
    try {
      root = StrictJson.parse(text, DEPTH);
    } catch (IOException malformed) {
      String why = String.valueOf(malformed.getMessage()).lines().findFirst().orElse("");
      throw new IllegalArgumentException(
          "%s: is not valid JSON: %s".formatted(place, why), malformed);
    }
    Check.argument(root.isJsonObject(), "%s: must be a JSON object", place);
    return new Fields(place, root.getAsJsonObject());
  }

  /// Whether the field is there and not null.
  public boolean has(String field) {
    return json.has(field) && !json.get(field).isJsonNull();
  }

  /// The text of a field.
  public String text(String field) {
    return textIfAny(field).orElseThrow(() -> missing(field));
  }

  /// The text of a field, empty where it is missing or null.
  public Optional<String> textIfAny(String field) {
    if (!has(field)) {
      return Optional.empty();
    }
    JsonElement value = json.get(field);
    boolean isText = value.isJsonPrimitive() && value.getAsJsonPrimitive().isString();
    Check.argument(isText, "%s: the field '%s' must be a text, was %s", place, field, brief(value));
    return Optional.of(value.getAsString());
  }

  /// The whole number of a field.
  public int number(String field) {
    if (!has(field)) {
      throw missing(field);
    }
    return number(field, 0);
  }

  /// The whole number of a field, `byDefault` where it is missing or null.
  public int number(String field, int byDefault) {
    return has(field) ? whole(place, field, json.get(field)) : byDefault;
  }

  /// The whole number that `value` is.
  public static int whole(String place, String field, JsonElement value) {
    try {
      Check.argument(isNumber(value), "not a number");
      return value.getAsBigDecimal().intValueExact();
    } catch (ArithmeticException | IllegalArgumentException notWhole) {
      throw new IllegalArgumentException(
          "%s: the field '%s' must be a whole number, was %s".formatted(place, field, brief(value)),
          notWhole);
    }
  }

  private static boolean isNumber(JsonElement value) {
    return value.isJsonPrimitive()
        && value.getAsJsonPrimitive().isNumber()
        && value.getAsString().length() <= 30;
  }

  /// The finite number of a field, `byDefault` where it is missing or null.
  public double decimal(String field, double byDefault) {
    if (!has(field)) {
      return byDefault;
    }
    JsonElement value = json.get(field);
    double number = isNumber(value) ? value.getAsDouble() : Double.NaN;
    Check.argument(
        Double.isFinite(number),
        "%s: the field '%s' must be a finite number, was %s",
        place,
        field,
        brief(value));
    return number;
  }

  /// The truth value of a field, `byDefault` where it is missing or null.
  public boolean truth(String field, boolean byDefault) {
    if (!has(field)) {
      return byDefault;
    }
    JsonElement value = json.get(field);
    Check.argument(
        value.isJsonPrimitive() && value.getAsJsonPrimitive().isBoolean(),
        "%s: the field '%s' must be true or false, was %s",
        place,
        field,
        brief(value));
    return value.getAsBoolean();
  }

  /// The object of a field.
  public Fields object(String field) {
    return objectIfAny(field).orElseThrow(() -> missing(field));
  }

  /// The object of a field, empty where it is missing or null.
  public Optional<Fields> objectIfAny(String field) {
    return has(field)
        ? Optional.of(object(place + ", " + field, json.get(field)))
        : Optional.empty();
  }

  private static Fields object(String place, JsonElement value) {
    Check.argument(value.isJsonObject(), "%s: must be an object, was %s", place, brief(value));
    return new Fields(place, value.getAsJsonObject());
  }

  /// The array of a field, empty where it is missing or null.
  public List<JsonElement> array(String field) {
    if (!has(field)) {
      return List.of();
    }
    JsonElement value = json.get(field);
    Check.argument(
        value.isJsonArray(),
        "%s: the field '%s' must be an array, was %s",
        place,
        field,
        brief(value));
    List<JsonElement> elements = new ArrayList<>();
    value.getAsJsonArray().forEach(elements::add);
    return elements;
  }

  /// The objects of an array field, none where it is missing or null.
  public List<Fields> objects(String field) {
    List<Fields> objects = new ArrayList<>();
    for (JsonElement value : array(field)) {
      objects.add(object("%s, %s[%d]".formatted(place, field, objects.size()), value));
    }
    return objects;
  }

  /// The whole numbers by name that an object field holds.
  public SequencedMap<String, Integer> numbers(String field) {
    SequencedMap<String, Integer> numbers = new LinkedHashMap<>();
    Fields object = object(field);
    for (Map.Entry<String, JsonElement> entry : object.json.entrySet()) {
      numbers.put(entry.getKey(), whole(object.place, entry.getKey(), entry.getValue()));
    }
    return numbers;
  }

  private IllegalArgumentException missing(String field) {
    return new IllegalArgumentException("%s: the field '%s' is missing".formatted(place, field));
  }

  /// `value` in at most 40 characters.
  public static String brief(JsonElement value) {
    String text =
        value.isJsonObject() ? "an object" : value.isJsonArray() ? "an array" : value.toString();
    return text.length() <= 40 ? text : text.substring(0, 37) + "...";
  }
}
