package maia.models;

import com.google.gson.JsonElement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import maia.base.Check;
import maia.base.Progress;
import maia.models.json.Fields;
import maia.tensor.Device;
import maia.tensor.Tensor;
import maia.tensor.io.Safetensors;
import maia.tensor.nn.Init;

/// Checkpoints in the layout of Hugging Face: a folder with `config.json` and `model.safetensors`,
/// or the latter in several files with an index.
public final class Checkpoint {
  private static final String WHOLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final String END = "eos_token_id";
  private static final long LARGEST_INDEX = 64L << 20;

  private Checkpoint() {}

  /// The decoder of a folder, on the host.
  public static Decoder load(Path folder) throws IOException {
    return load(folder, Device.cpu(), Progress.SILENT);
  }

  /// The decoder of a folder on `device`, its parameters in the types of the files; [Device#meta]
  /// reads the config alone. Tensors that are missing, unknown or of another shape are refused by
  /// name.
  public static Decoder load(Path folder, Device device, Progress progress) throws IOException {
    Check.argument(
        Files.isDirectory(folder),
        "checkpoint: '%s' is not a folder; give the one that holds config.json",
        folder);
    DecoderConfig config = DecoderConfig.read(folder);
    if (device.equals(Device.meta())) {
      return Init.shapesOnly(() -> new Decoder(config, 0));
    }
    SequencedMap<String, Tensor> named = CheckpointNames.toOurs(config, tensors(folder, progress));
    Decoder decoder = Init.shapesOnly(() -> new Decoder(config, 0));
    decoder.adoptStateDict(named);
    decoder.eval();
    return device.equals(Device.cpu()) ? decoder : (Decoder) decoder.to(device);
  }

  /// The tokens that end a text, as the config names them; none where it does not.
  public static int[] endTokens(Path folder) throws IOException {
    Fields config = Fields.read(folder.resolve("config.json"), DecoderConfig.LARGEST_FILE);
    if (!config.has(END)) {
      return new int[0];
    }
    return config.json().get(END).isJsonArray()
        ? config.array(END).stream()
            .mapToInt(value -> Fields.whole(config.place(), END, value))
            .toArray()
        : new int[] {config.number(END)};
  }

  /// Every tensor of the files of a folder.
  private static SequencedMap<String, Tensor> tensors(Path folder, Progress progress)
      throws IOException {
    Path index = folder.resolve(INDEX);
    if (!Files.isRegularFile(index)) {
      Path whole = folder.resolve(WHOLE);
      Check.argument(
          Files.isRegularFile(whole),
          "checkpoint: '%s' has neither %s nor %s",
          folder,
          WHOLE,
          INDEX);
      return Safetensors.read(whole);
    }
    Map<String, String> places = places(Fields.read(index, LARGEST_INDEX));
    Set<String> files = new LinkedHashSet<>(places.values());
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    int done = 0;
    for (String file : files) {
      Check.argument(
          Files.isRegularFile(folder.resolve(file)),
          "checkpoint: %s names the file '%s', which is not there",
          index,
          file);
      Safetensors.read(folder.resolve(file))
          .forEach((name, tensor) -> {
            Check.argument(
                file.equals(places.get(name)),
                "checkpoint: tensor '%s' is in '%s', but %s says %s",
                name,
                file,
                INDEX,
                String.valueOf(places.get(name)));
            tensors.put(name, tensor);
          });
      progress.report("reading " + file, ++done, files.size());
    }
    for (String name : places.keySet()) {
      Check.argument(
          tensors.containsKey(name),
          "checkpoint: tensor '%s' is not in '%s', where %s has it",
          name,
          places.get(name),
          INDEX);
    }
    return tensors;
  }

  /// The file of every tensor; only plain names, so that no index reads beyond its folder.
  private static Map<String, String> places(Fields index) {
    Map<String, String> places = new HashMap<>();
    Fields map = index.object("weight_map");
    for (Map.Entry<String, JsonElement> entry : map.json().entrySet()) {
      String file = map.text(entry.getKey());
      Check.argument(
          file.matches("[A-Za-z0-9_.-]+\\.safetensors"),
          "%s: '%s' is not a plain name of a safetensors file",
          map.place(),
          file);
      places.put(entry.getKey(), file);
    }
    return places;
  }
}
