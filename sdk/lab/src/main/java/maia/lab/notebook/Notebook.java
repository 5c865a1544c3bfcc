package maia.lab.notebook;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import maia.base.Check;

/// A notebook file as JSON, written the way nbformat writes it.
final class Notebook {
  private static final Gson GSON =
      new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

  private final JsonObject root;

  private Notebook(JsonObject root) {
    this.root = root;
  }

  static Notebook read(Path file) {
    try {
      JsonElement root = JsonParser.parseString(Files.readString(file));
      Check.argument(
          root.isJsonObject() && root.getAsJsonObject().has("cells"),
          "%s is no notebook: it has no cells",
          file);
      return new Notebook(root.getAsJsonObject());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /// The code cells in order.
  List<Cell> codeCells() {
    List<Cell> cells = new ArrayList<>();
    for (JsonElement cell : root.getAsJsonArray("cells")) {
      if (cell.getAsJsonObject().get("cell_type").getAsString().equals("code")) {
        cells.add(new Cell(cell.getAsJsonObject()));
      }
    }
    return cells;
  }

  void write(Path file) {
    StringWriter text = new StringWriter();
    JsonWriter writer = new JsonWriter(text);
    writer.setIndent(" ");
    writer.setHtmlSafe(false);
    GSON.toJson(root, writer);
    try {
      Files.writeString(file, text + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /// A text as nbformat stores it: a list of lines that keep their line ends.
  static JsonArray lines(String text) {
    JsonArray lines = new JsonArray();
    int start = 0;
    for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      lines.add(text.substring(start, end + 1));
      start = end + 1;
    }
    if (start < text.length()) {
      lines.add(text.substring(start));
    }
    return lines;
  }

  /// The text of a string or a list of lines.
  static String text(JsonElement element) {
    if (!element.isJsonArray()) {
      return element.getAsString();
    }
    StringBuilder text = new StringBuilder();
    element.getAsJsonArray().forEach(line -> text.append(line.getAsString()));
    return text.toString();
  }

  /// One code cell.
  record Cell(JsonObject json) {
    String source() {
      return text(json.get("source"));
    }

    boolean hasTag(String tag) {
      JsonObject metadata = json.getAsJsonObject("metadata");
      return metadata != null
          && metadata.has("tags")
          && metadata.getAsJsonArray("tags").asList().stream()
              .anyMatch(t -> t.getAsString().equals(tag));
    }

    JsonArray outputs() {
      return json.has("outputs") ? json.getAsJsonArray("outputs") : new JsonArray();
    }

    void store(JsonArray outputs, int count) {
      json.add("outputs", outputs);
      json.addProperty("execution_count", count);
    }
  }
}
