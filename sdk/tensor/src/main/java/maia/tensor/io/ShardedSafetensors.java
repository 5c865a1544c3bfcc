package maia.tensor.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import maia.base.Check;
import maia.base.Stop;
import maia.numerics.DType;
import maia.tensor.Tensor;

/// Checkpoints of several safetensors files and an index, `NAME.safetensors.index.json`, as Hugging
/// Face writes them.
///
/// The index is at most 100 MB of strict JSON; the files it names must lie beside it; a tensor that
/// its file does not hold is refused before any tensor is read. Tensors of a file that the index
/// does not name are left out.
public final class ShardedSafetensors {
  private static final String INDEX = ".safetensors.index.json";

  private ShardedSafetensors() {}

  /// The tensors that an index file names, in the order of the files and of the bytes in them;
  /// copies that outlive the files.
  public static SequencedMap<String, Tensor> read(Path index) {
    return collect(index, Safetensors.Access.COPY);
  }

  /// The tensors that an index file names, in the memory of the mapped files: see
  /// [Safetensors#map].
  public static SequencedMap<String, Tensor> map(Path index) {
    return collect(index, Safetensors.Access.MAP);
  }

  private static SequencedMap<String, Tensor> collect(Path index, Safetensors.Access access) {
    SortedMap<String, String> places = places(index);
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    SortedMap<String, List<String>> shards = byShard(places);
    for (String shard : shards.keySet()) {
      Path file = index.resolveSibling(shard);
      FileFormatException.check(
          Files.isRegularFile(file),
          "safetensors: the index names the file '%s', which is not there",
          shard);
      List<String> absent =
          missing(Check.present(shards.get(shard), "ShardedSafetensors", shard), file);
      FileFormatException.check(
          absent.isEmpty(),
          "safetensors: the index names tensors that '%s' does not hold: %s",
          shard,
          absent);
    }
    shards
        .keySet()
        .forEach(shard ->
            Safetensors.load(index.resolveSibling(shard), access)
                .forEach((name, tensor) -> {
                  if (shard.equals(places.get(name))) {
                    tensors.put(name, tensor);
                  }
                }));
    return tensors;
  }

  private static List<String> missing(List<String> wanted, Path file) {
    Set<String> there = Set.copyOf(Safetensors.names(file));
    return wanted.stream().filter(name -> !there.contains(name)).limit(10).toList();
  }

  private static SortedMap<String, List<String>> byShard(SortedMap<String, String> places) {
    return places.entrySet().stream()
        .collect(
            Collectors.groupingBy(
                Map.Entry::getValue,
                TreeMap::new,
                Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
  }

  private static SortedMap<String, String> places(Path index) {
    try {
      long size = Files.size(index);
      FileFormatException.check(
          size <= Safetensors.MAX_HEADER_BYTES,
          "safetensors: the index has %d bytes, at most %d are allowed",
          size,
          Safetensors.MAX_HEADER_BYTES);
      SortedMap<String, String> places =
          IndexReader.read(Safetensors.utf8(Files.readAllBytes(index)));
      places.forEach(ShardedSafetensors::checkPlace);
      return places;
    } catch (IOException e) {
      throw new UncheckedIOException("safetensors: cannot read " + index, e);
    }
  }

  /// A name of a file, not a path: nothing outside the folder of the index is opened.
  private static void checkPlace(String tensor, String shard) {
    boolean plain =
        !shard.isEmpty()
            && !shard.startsWith(".")
            && shard.chars().allMatch(c -> c > ' ' && c != '/' && c != '\\' && c != ':' && c < 127);
    FileFormatException.check(
        plain && shard.endsWith(".safetensors"),
        "safetensors: tensor '%s' is said to be in '%s'; only names of .safetensors files beside the"
            + " index are allowed",
        tensor,
        shard);
  }

  /// Writes tensors to `folder` as files of at most `shardBytes` bytes of data each (more where one
  /// tensor alone has more), `name-00001-of-0000N.safetensors`, and an index, and returns its path.
  /// The index comes last, so that it never names what is not there.
  public static Path write(Path folder, String name, Map<String, Tensor> tensors, long shardBytes) {
    Check.argument(
        shardBytes > 0, "safetensors: bytes per file must be positive, were %d", shardBytes);
    List<SequencedMap<String, Tensor>> shards = split(tensors, shardBytes);
    SortedMap<String, String> places = new TreeMap<>();
    for (int i = 0; i < shards.size(); i++) {
      Stop.poll("safetensors");
      String file =
          String.format(Locale.ROOT, "%s-%05d-of-%05d.safetensors", name, i + 1, shards.size());
      shards.get(i).keySet().forEach(tensor -> places.put(tensor, file));
      Safetensors.write(folder.resolve(file), shards.get(i), Map.of("format", "pt"));
    }
    long total = tensors.values().stream().mapToLong(ShardedSafetensors::bytes).sum();
    String map =
        places.entrySet().stream()
            .map(e ->
                "    %s: %s"
                    .formatted(
                        SafetensorsWriter.quote(e.getKey()), SafetensorsWriter.quote(e.getValue())))
            .collect(Collectors.joining(",\n"));
    String json =
        "{\n  \"metadata\": {\n    \"total_size\": %d\n  },\n  \"weight_map\": {\n%s\n  }\n}\n"
            .formatted(total, map);
    Path index = folder.resolve(name + INDEX);
    AtomicFile.write(
        "safetensors", index, file -> Files.writeString(file, json, StandardCharsets.UTF_8));
    return index;
  }

  private static List<SequencedMap<String, Tensor>> split(
      Map<String, Tensor> tensors, long shardBytes) {
    List<SequencedMap<String, Tensor>> shards = new ArrayList<>();
    long filled = 0;
    for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
      long bytes = bytes(entry.getValue());
      if (shards.isEmpty() || filled + bytes > shardBytes) {
        shards.add(new LinkedHashMap<>());
        filled = 0;
      }
      shards.getLast().put(entry.getKey(), entry.getValue());
      filled += bytes;
    }
    return shards;
  }

  private static long bytes(Tensor tensor) {
    return tensor.type() instanceof DType type ? type.bytes(tensor.elements()) : 0;
  }
}
