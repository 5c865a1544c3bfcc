package maia.lab.notebook;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import maia.lab.Host;
import maia.lab.cells.CellException;

/// Collects what the cells of a notebook put out, in the form nbformat stores. What is shown and
/// later replaced is kept in its last state.
final class Outputs implements Host {
  private final Map<String, JsonObject> shown = new HashMap<>();
  private JsonArray cell = new JsonArray();

  /// Starts a cell and returns the list its outputs go to.
  synchronized JsonArray startCell() {
    cell = new JsonArray();
    return cell;
  }

  @Override
  public synchronized String display(Map<String, String> bundle) {
    JsonObject output = bundleOutput("display_data", bundle);
    cell.add(output);
    String id = "shown-" + shown.size();
    shown.put(id, output);
    return id;
  }

  @Override
  public synchronized void update(String id, Map<String, String> bundle) {
    Objects.requireNonNull(shown.get(id), () -> "nothing was shown as " + id)
        .add("data", data(bundle));
  }

  @Override
  public String name() {
    return "runner";
  }

  synchronized void result(Map<String, String> bundle, int count) {
    JsonObject output = bundleOutput("execute_result", bundle);
    output.addProperty("execution_count", count);
    cell.add(output);
  }

  synchronized void error(CellException failure) {
    JsonArray traceback = new JsonArray();
    failure.lines().forEach(traceback::add);
    JsonObject output = new JsonObject();
    output.addProperty("ename", failure.name());
    output.addProperty("evalue", failure.getMessage());
    output.addProperty("output_type", "error");
    output.add("traceback", traceback);
    cell.add(output);
  }

  /// Appends to the last output when that is the same stream.
  synchronized void stream(String stream, String text) {
    JsonElement last = cell.isEmpty() ? JsonNull.INSTANCE : cell.get(cell.size() - 1);
    if (last instanceof JsonObject output
        && output.has("name")
        && output.get("name").getAsString().equals(stream)) {
      output.add("text", Notebook.lines(Notebook.text(output.get("text")) + text));
      return;
    }
    JsonObject output = new JsonObject();
    output.addProperty("name", stream);
    output.addProperty("output_type", "stream");
    output.add("text", Notebook.lines(text));
    cell.add(output);
  }

  /// The outputs of a cell as plain text, the form in which runs are compared.
  static String plain(JsonArray outputs) {
    StringBuilder text = new StringBuilder();
    for (JsonElement element : outputs) {
      JsonObject output = element.getAsJsonObject();
      switch (output.get("output_type").getAsString()) {
        case "stream" -> text.append(Notebook.text(output.get("text")));
        case "error" ->
            text.append(output.get("ename").getAsString())
                .append(": ")
                .append(output.get("evalue").getAsString())
                .append('\n');
        default ->
            text.append(Notebook.text(output.getAsJsonObject("data").get("text/plain")))
                .append('\n');
      }
    }
    return text.toString();
  }

  private static JsonObject bundleOutput(String type, Map<String, String> bundle) {
    JsonObject output = new JsonObject();
    output.add("data", data(bundle));
    output.add("metadata", new JsonObject());
    output.addProperty("output_type", type);
    return output;
  }

  private static JsonObject data(Map<String, String> bundle) {
    JsonObject data = new JsonObject();
    new TreeMap<>(bundle)
        .forEach((type, content) -> {
          if (type.startsWith("text/") || type.endsWith("xml")) {
            data.add(type, Notebook.lines(content));
          } else {
            data.addProperty(type, content);
          }
        });
    return data;
  }
}
