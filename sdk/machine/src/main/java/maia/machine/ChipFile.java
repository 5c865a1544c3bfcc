package maia.machine;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import maia.base.Nearest;
import maia.base.StrictJson;
import maia.numerics.DType;

/// A chip as a JSON file whose fields are the components of [Machine] and its parts, by name. A
/// file that `extends` a chip of the catalogue gives only what differs.
final class ChipFile {
  private static final String FORMAT = "maia4j-chip-1";
  private static final long LARGEST = 1 << 20;
  private static final int DEPTH = 8;
  private static final Set<String> HEAD = Set.of("format", "extends");

  private final String file;
  private final Set<String> given = new TreeSet<>();

  private ChipFile(String file) {
    this.file = file;
  }

  // ---------------------------------------------------------------- write

  static void write(Machine machine, Path path) {
    JsonObject root = new JsonObject();
    root.addProperty("format", FORMAT);
    object(machine).entrySet().forEach(e -> root.add(e.getKey(), e.getValue()));
    String text =
        new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(root) + "\n";
    try {
      Path folder = path.toAbsolutePath().getParent();
      Path draft = Files.createTempFile(folder, "chip", ".part");
      try {
        Files.writeString(draft, text);
        Files.move(draft, path, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(draft);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("chip file %s cannot be written".formatted(path), e);
    }
  }

  private static JsonObject object(Record part) {
    JsonObject object = new JsonObject();
    for (RecordComponent component : part.getClass().getRecordComponents()) {
      object.add(component.getName(), json(read(component, part)));
    }
    return object;
  }

  private static Object read(RecordComponent component, Record part) {
    try {
      return component.getAccessor().invoke(part);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("chip file: cannot read " + component, e);
    }
  }

  private static JsonElement json(Object value) {
    return switch (value) {
      case Record part -> object(part);
      case DType type -> new JsonPrimitive(type.label());
      case Enum<?> constant -> new JsonPrimitive(constant.name());
      case Number number -> new JsonPrimitive(plain(number));
      case String text -> new JsonPrimitive(text);
      case List<?> list -> {
        JsonArray array = new JsonArray();
        list.forEach(v -> array.add(json(v)));
        yield array;
      }
      case Map<?, ?> map -> {
        JsonObject object = new JsonObject();
        map.forEach((key, v) ->
            object.add(key instanceof DType type ? type.label() : key.toString(), json(v)));
        yield object;
      }
      default -> throw new IllegalStateException("chip file: no form for " + value.getClass());
    };
  }

  private static BigDecimal plain(Number number) {
    BigDecimal exact = new BigDecimal(number.toString());
    return exact.scale() <= 0 || exact.stripTrailingZeros().scale() <= 0
        ? new BigDecimal(exact.toBigInteger())
        : exact;
  }

  // ---------------------------------------------------------------- read

  static Machine read(Path path) {
    ChipFile file = new ChipFile(path.getFileName().toString());
    try {
      long size = Files.size(path);
      if (size > LARGEST) {
        throw file.fault("%d bytes, more than the %d a description may have", size, LARGEST);
      }
      JsonElement root = StrictJson.parse(Files.readString(path), DEPTH);
      if (!(root instanceof JsonObject object)) {
        throw file.fault("must hold one object, as `Chip.save` writes it");
      }
      return file.machine(object);
    } catch (IOException | com.google.gson.JsonParseException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "chip file %s cannot be read: %s".formatted(path.getFileName(), e.getMessage()), e);
    }
  }

  private Machine machine(JsonObject root) {
    if (!root.has("format") || !FORMAT.equals(text(root.get("format"), "format"))) {
      throw fault("'format' must be \"%s\"", FORMAT);
    }
    Optional<Record> base =
        Optional.ofNullable(root.get("extends")).map(e -> Chip.named(text(e, "extends")));
    JsonObject body = new JsonObject();
    root.entrySet().stream()
        .filter(e -> !HEAD.contains(e.getKey()) && !e.getKey().equals("sources"))
        .forEach(e -> body.add(e.getKey(), e.getValue()));
    body.add("sources", new JsonObject());
    Machine machine = (Machine) part(Machine.class, body, "", base);
    return machine.withSources(sources(root, machine, base));
  }

  /// Every number keeps a source: the file's, else the extended chip's where the number is
  /// inherited, else that this file says so.
  private Map<String, Source> sources(JsonObject root, Machine machine, Optional<Record> base) {
    Map<String, Source> sources = new LinkedHashMap<>();
    base.ifPresent(b -> sources.putAll(((Machine) b).sources()));
    for (String path : numbers(machine, "")) {
      if (given.contains(path) || !sources.containsKey(path)) {
        sources.put(
            path, new Source(Source.Mark.ASSUMED, "given in " + file + " without a source"));
      }
    }
    sources.keySet().retainAll(numbers(machine, ""));
    if (root.has("sources")) {
      for (Map.Entry<String, JsonElement> entry : map(root.get("sources"), "sources").entrySet()) {
        String path = entry.getKey();
        if (!sources.containsKey(path)) {
          throw fault(
              "sources: '%s' is no number of this chip%s",
              path, Nearest.hint(path, sources.keySet()));
        }
        String at = "sources." + path;
        JsonObject source = map(entry.getValue(), at);
        sources.put(path, (Source) part(Source.class, source, at, Optional.empty()));
      }
    }
    return sources;
  }

  /// The paths of all numbers below `part`, tables by type included.
  private static List<String> numbers(Record part, String at) {
    List<String> paths = new ArrayList<>();
    for (RecordComponent component : part.getClass().getRecordComponents()) {
      String path = at.isEmpty() ? component.getName() : at + "." + component.getName();
      switch (read(component, part)) {
        case Record nested -> paths.addAll(numbers(nested, path));
        case Map<?, ?> map -> {
          for (Object key : map.keySet()) {
            if (key instanceof DType type) {
              paths.add(path + "." + type.label());
            }
          }
        }
        case String _ -> {}
        default -> paths.add(path);
      }
    }
    return paths;
  }

  private Record part(
      Class<?> type, JsonObject object, String at, Optional<? extends Record> inherited) {
    RecordComponent[] components = type.getRecordComponents();
    List<String> names = Arrays.stream(components).map(RecordComponent::getName).toList();
    for (String name : object.keySet()) {
      if (!names.contains(name)) {
        throw fault("unknown field '%s'%s", join(at, name), Nearest.hint(name, names));
      }
    }
    List<String> missing =
        names.stream().filter(n -> !object.has(n)).map(n -> join(at, n)).toList();
    if (inherited.isEmpty() && !missing.isEmpty()) {
      throw fault(
          "missing fields: %s; give them, or \"extends\" a chip", String.join(", ", missing));
    }
    Object[] values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      RecordComponent component = components[i];
      Optional<Object> before = inherited.map(r -> read(component, r));
      values[i] =
          object.has(component.getName())
              ? value(
                  component.getGenericType(),
                  object.get(component.getName()),
                  join(at, component.getName()),
                  before)
              : before.orElseThrow();
    }
    return construct(type, components, values, file);
  }

  private static Record construct(
      Class<?> type, RecordComponent[] components, Object[] values, String file) {
    try {
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      return (Record) constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IllegalArgumentException(
          "chip file %s: %s".formatted(file, cause.getMessage()), cause);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("chip file: cannot make " + type, e);
    }
  }

  private Object value(Type type, JsonElement json, String at, Optional<Object> inherited) {
    if (type instanceof ParameterizedType generic) {
      return table(generic, json, at);
    }
    Class<?> raw = (Class<?>) type;
    if (raw.isRecord()) {
      return part(raw, map(json, at), at, inherited.map(Record.class::cast));
    }
    given.add(at);
    if (raw == String.class) {
      return text(json, at);
    }
    if (raw.isEnum()) {
      return constant(raw, text(json, at), at);
    }
    return number(raw, json, at);
  }

  /// A list of numbers, or numbers by element type; sources are read apart.
  private Object table(ParameterizedType generic, JsonElement json, String at) {
    Class<?> last =
        (Class<?>) generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
    given.add(at);
    if (generic.getRawType() == List.class) {
      if (!(json instanceof JsonArray array) || array.size() == 0) {
        throw fault("%s must be a list of numbers", at);
      }
      List<Object> numbers = new ArrayList<>();
      array.forEach(e -> numbers.add(number(last, e, at)));
      return List.copyOf(numbers);
    }
    if (last == Source.class) {
      return Map.of();
    }
    Map<DType, Object> table = new EnumMap<>(DType.class);
    for (Map.Entry<String, JsonElement> entry : map(json, at).entrySet()) {
      String path = at + "." + entry.getKey();
      given.add(path);
      table.put(type(entry.getKey(), at), number(last, entry.getValue(), path));
    }
    return table;
  }

  private DType type(String label, String at) {
    return Arrays.stream(DType.values())
        .filter(t -> t.label().equals(label))
        .findFirst()
        .orElseThrow(() ->
            fault(
                "%s: unknown type '%s'%s",
                at,
                label,
                Nearest.hint(label, Arrays.stream(DType.values()).map(DType::label).toList())));
  }

  private Object number(Class<?> type, JsonElement json, String at) {
    if (!(json instanceof JsonPrimitive primitive) || !primitive.isNumber()) {
      throw fault("%s must be a number, was %s", at, json);
    }
    BigDecimal exact = primitive.getAsBigDecimal();
    if (type == double.class || type == Double.class) {
      double value = exact.doubleValue();
      if (!Double.isFinite(value)) {
        throw fault("%s is out of range: %s", at, json);
      }
      return value;
    }
    boolean wide = type == long.class || type == Long.class;
    try {
      long value =
          exact.precision() - exact.scale() > 19 ? exact.intValueExact() : exact.longValueExact();
      return wide ? (Object) value : (Object) Math.toIntExact(value);
    } catch (ArithmeticException e) {
      throw fault("%s must be a whole number of %d bits, was %s", at, wide ? 64 : 32, json);
    }
  }

  private Object constant(Class<?> type, String text, String at) {
    List<String> names =
        Arrays.stream(type.getEnumConstants()).map(c -> ((Enum<?>) c).name()).toList();
    int index = names.indexOf(text);
    if (index < 0) {
      throw fault("%s must be one of %s, was '%s'", at, names, text);
    }
    return type.getEnumConstants()[index];
  }

  private JsonObject map(JsonElement json, String at) {
    if (json instanceof JsonObject object) {
      return object;
    }
    throw fault("%s must be an object, was %s", at, json);
  }

  private String text(JsonElement json, String at) {
    if (json instanceof JsonPrimitive primitive && primitive.isString()) {
      return primitive.getAsString();
    }
    throw fault("%s must be a text, was %s", at, json);
  }

  private static String join(String at, String name) {
    return at.isEmpty() ? name : at + "." + name;
  }

  private IllegalArgumentException fault(String format, Object... args) {
    return new IllegalArgumentException("chip file " + file + ": " + format.formatted(args));
  }
}
