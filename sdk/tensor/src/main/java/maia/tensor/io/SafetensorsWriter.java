package maia.tensor.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import maia.base.Stop;
import maia.numerics.DType;
import maia.tensor.Device;
import maia.tensor.Tensor;

/// Writes safetensors files the way the reference library does: tensors sorted by descending type,
/// then name; the header padded with spaces to a multiple of 8.
final class SafetensorsWriter {
  private static final long CHUNK = 1 << 24;

  private SafetensorsWriter() {}

  /// A tensor to be written, dense and on the host.
  private record Item(String name, StoredType type, Tensor values) {
    long bytes() {
      return type.type().bytes(values.elements());
    }
  }

  static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
    List<Item> items = new ArrayList<>();
    tensors.forEach((name, tensor) -> items.add(item(name, tensor)));
    items.sort(
        Comparator.comparing(Item::type, Comparator.reverseOrder()).thenComparing(Item::name));
    byte[] header = header(items, new TreeMap<>(metadata));
    FileFormatException.check(
        header.length <= Safetensors.MAX_HEADER_BYTES,
        "safetensors: the header would have %d bytes, at most %d are allowed",
        header.length,
        Safetensors.MAX_HEADER_BYTES);
    AtomicFile.write("safetensors", file, part -> writeAll(part, header, items));
  }

  private static Item item(String name, Tensor tensor) {
    FileFormatException.check(
        !name.equals("__metadata__"), "safetensors: a tensor cannot be named '__metadata__'");
    FileFormatException.check(
        !tensor.isMeta(), "safetensors: tensor '%s' is on device meta and has no values", name);
    FileFormatException.check(
        tensor.type() instanceof DType type && StoredType.of(type).isPresent(),
        "safetensors: tensor '%s': the format does not hold %s; convert it first, as in to(F32) or"
            + " dequantize()",
        name,
        tensor.type().label());
    StoredType type = StoredType.of(tensor.dtype()).orElseThrow();
    long bits = tensor.elements() * type.type().bits();
    FileFormatException.check(
        bits % 8 == 0,
        "safetensors: tensor '%s': %d elements of %s take %d bits, which are not whole bytes",
        name,
        tensor.elements(),
        type,
        bits);
    return new Item(name, type, Tensor.noGrad(() -> dense(tensor)));
  }

  private static Tensor dense(Tensor tensor) {
    boolean ready =
        tensor.device().equals(Device.cpu()) && tensor.isContiguous() && tensor.offset() == 0;
    return ready ? tensor : Device.cpu().backend().store(tensor);
  }

  private static byte[] header(List<Item> items, Map<String, String> metadata) {
    List<String> parts = new ArrayList<>();
    if (!metadata.isEmpty()) {
      parts.add(
          metadata.entrySet().stream()
              .map(e -> quote(e.getKey()) + ":" + quote(e.getValue()))
              .collect(Collectors.joining(",", "\"__metadata__\":{", "}")));
    }
    long at = 0;
    for (Item item : items) {
      List<Long> shape = Arrays.stream(item.values().shape()).boxed().toList();
      Entry entry = new Entry(item.name(), item.type(), shape, at, at + item.bytes());
      parts.add(
          "%s:{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
              .formatted(
                  quote(entry.name()), entry.type(), entry.text(), entry.begin(), entry.end()));
      at = entry.end();
    }
    String json = "{" + String.join(",", parts) + "}";
    int bytes = json.getBytes(StandardCharsets.UTF_8).length;
    return (json + " ".repeat(-bytes & 7)).getBytes(StandardCharsets.UTF_8);
  }

  /// `text` as a string of JSON.
  static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      switch (c) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\r' -> quoted.append("\\r");
        case '\t' -> quoted.append("\\t");
        case '\b' -> quoted.append("\\b");
        case '\f' -> quoted.append("\\f");
        default -> quoted.append(c < ' ' ? "\\u%04x".formatted((int) c) : String.valueOf(c));
      }
    }
    return quoted.append('"').toString();
  }

  private static void writeAll(Path part, byte[] header, List<Item> items) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            part,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer length = ByteBuffer.allocate(Safetensors.LENGTH_BYTES);
      length.order(ByteOrder.LITTLE_ENDIAN).putLong(0, header.length);
      write(channel, length);
      write(channel, ByteBuffer.wrap(header));
      for (Item item : items) {
        MemorySegment bytes = item.values().segment();
        for (long at = 0; at < item.bytes(); at += CHUNK) {
          Stop.poll("safetensors");
          write(channel, bytes.asSlice(at, Math.min(CHUNK, item.bytes() - at)).asByteBuffer());
        }
      }
      channel.force(true);
    }
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
