package maia.lab.manifest;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import maia.base.Check;
import maia.base.Nearest;
import maia.base.StrictJson;

/// What a run was given and what it gave.
///
/// @param command the command of the launcher, or `sweep`
/// @param arguments its words; of a sweep its axes
/// @param inputs digest of each file and folder that the arguments name
/// @param seeds seeds that the arguments name; others are part of the code
/// @param chips digest of each described chip
/// @param versions of the SDK, of its code as a digest, and of Java
/// @param environment the machine, as far as results could depend on it if something were wrong
/// @param outputs digest of what was printed and of each file written
public record Manifest(
    String command,
    List<String> arguments,
    SequencedMap<String, String> inputs,
    SequencedMap<String, String> seeds,
    SequencedMap<String, String> chips,
    SequencedMap<String, String> versions,
    SequencedMap<String, String> environment,
    SequencedMap<String, String> outputs) {
  /// The key of what was printed among the outputs.
  public static final String PRINTED = "standard output";

  private static final String FORMAT = "maia4j-manifest-1";
  private static final long LARGEST = 1 << 20;
  private static final int DEPTH = 3;
  private static final Set<String> TEXT_FIELDS = Set.of("format", "command");
  private static final List<String> MAPS =
      List.of("inputs", "seeds", "chips", "versions", "environment", "outputs");
  private static final Set<String> OF_DIGESTS = Set.of("inputs", "chips", "outputs");

  public Manifest {
    arguments = List.copyOf(arguments);
    inputs = copy(inputs);
    seeds = copy(seeds);
    chips = copy(chips);
    versions = copy(versions);
    environment = copy(environment);
    outputs = copy(outputs);
  }

  private static SequencedMap<String, String> copy(Map<String, String> map) {
    return Collections.unmodifiableSequencedMap(new LinkedHashMap<>(map));
  }

  /// The manifest of a run of this SDK on this machine.
  public static Manifest of(
      String command,
      List<String> arguments,
      SequencedMap<String, String> inputs,
      SequencedMap<String, String> seeds,
      SequencedMap<String, String> outputs) {
    return new Manifest(
        command,
        arguments,
        inputs,
        seeds,
        Surroundings.chips(),
        Surroundings.versions(),
        Surroundings.environment(),
        outputs);
  }

  /// Reads a file that [#write] made. Anything else is refused with the field that is wrong.
  public static Manifest read(Path file) {
    try {
      Check.argument(Files.isRegularFile(file), "manifest: there is no file %s", file);
      Check.argument(
          Files.size(file) <= LARGEST,
          "manifest %s: %d bytes, at most %d are read",
          file,
          Files.size(file),
          LARGEST);
      return parse(String.valueOf(file.getFileName()), Files.readString(file));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "manifest %s: cannot be read: %s".formatted(file, e.getMessage()), e);
    }
  }

  static Manifest parse(String name, String text) {
    JsonElement json;
    try {
      json = StrictJson.parse(text, DEPTH);
    } catch (IOException e) {
      throw new IllegalArgumentException("manifest %s: %s".formatted(name, e.getMessage()), e);
    }
    Check.argument(json.isJsonObject(), "manifest %s: is no object", name);
    JsonObject object = json.getAsJsonObject();
    checkFields(name, object);
    String format = text(name, "format", object.get("format"));
    Check.argument(
        format.equals(FORMAT), "manifest %s: format is '%s', must be '%s'", name, format, FORMAT);
    List<String> arguments = new ArrayList<>();
    JsonElement list = object.get("arguments");
    Check.argument(list.isJsonArray(), "manifest %s: arguments is no list", name);
    list.getAsJsonArray().forEach(word -> arguments.add(text(name, "arguments", word)));
    List<SequencedMap<String, String>> maps =
        MAPS.stream().map(field -> map(name, field, object.get(field))).toList();
    return new Manifest(
        text(name, "command", object.get("command")),
        arguments,
        maps.get(0),
        maps.get(1),
        maps.get(2),
        maps.get(3),
        maps.get(4),
        maps.get(5));
  }

  private static void checkFields(String name, JsonObject object) {
    Set<String> known = new TreeSet<>(MAPS);
    known.addAll(TEXT_FIELDS);
    known.add("arguments");
    for (Map.Entry<String, JsonElement> field : object.entrySet()) {
      Check.argument(
          known.contains(field.getKey()),
          "manifest %s: unknown field '%s'%s",
          name,
          field.getKey(),
          Nearest.hint(field.getKey(), known));
    }
    for (String field : known) {
      Check.argument(object.has(field), "manifest %s: the field '%s' is missing", name, field);
    }
  }

  private static SequencedMap<String, String> map(String name, String field, JsonElement json) {
    Check.argument(json.isJsonObject(), "manifest %s: %s is no object", name, field);
    SequencedMap<String, String> map = new LinkedHashMap<>();
    for (Map.Entry<String, JsonElement> entry : json.getAsJsonObject().entrySet()) {
      String value = text(name, field + "." + entry.getKey(), entry.getValue());
      Check.argument(
          !OF_DIGESTS.contains(field) || value.matches("[0-9a-f]{64}"),
          "manifest %s: %s.%s is '%s', must be 64 hexadecimal digits",
          name,
          field,
          entry.getKey(),
          value);
      map.put(entry.getKey(), value);
    }
    return map;
  }

  private static String text(String name, String field, JsonElement json) {
    Check.argument(
        json.isJsonPrimitive() && json.getAsJsonPrimitive().isString(),
        "manifest %s: %s is no text",
        name,
        field);
    return json.getAsString();
  }

  /// Writes the manifest as JSON; a file that is there is replaced as a whole.
  public void write(Path file) {
    try {
      Path draft = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(draft, json());
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("manifest: " + file + " cannot be written", e);
    }
  }

  String json() {
    JsonObject json = new JsonObject();
    json.addProperty("format", FORMAT);
    json.addProperty("command", command);
    JsonArray words = new JsonArray();
    arguments.forEach(words::add);
    json.add("arguments", words);
    List<SequencedMap<String, String>> maps =
        List.of(inputs, seeds, chips, versions, environment, outputs);
    for (int i = 0; i < MAPS.size(); i++) {
      JsonObject map = new JsonObject();
      maps.get(i).forEach(map::addProperty);
      json.add(MAPS.get(i), map);
    }
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(json) + "\n";
  }
}
