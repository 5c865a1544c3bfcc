package maia.tensor.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import maia.base.Stop;
import maia.tensor.Tensor;

/// A GGUF file of version 3, read only: metadata, and tensors whose values are decoded to fp32.
///
/// The file is mapped, and everything it says is checked against its size before memory is taken:
/// counts, lengths of texts, types, sizes, places, overlaps.
public final class Gguf {
  private static final int BLOCKS_PER_POLL = 1 << 14;

  /// A tensor as the file describes it.
  ///
  /// @param name its name
  /// @param type how its elements are stored
  /// @param shape its sizes, outermost first (files list the innermost first)
  /// @param offset first byte, from the start of the file
  /// @param bytes how many bytes
  public record Info(String name, GgufType type, long[] shape, long offset, long bytes) {
    public Info {
      shape = shape.clone();
    }

    @Override
    public long[] shape() {
      return shape.clone();
    }

    /// Number of elements.
    public long elements() {
      return bytes / type.blockBytes() * type.block();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Info that
          && name.equals(that.name)
          && type == that.type
          && java.util.Arrays.equals(shape, that.shape)
          && offset == that.offset
          && bytes == that.bytes;
    }

    @Override
    public int hashCode() {
      return Objects.hash(name, type, java.util.Arrays.hashCode(shape), offset, bytes);
    }

    @Override
    public String toString() {
      return name + " " + type + java.util.Arrays.toString(shape);
    }
  }

  private final MemorySegment file;
  private final Map<String, GgufValue> metadata;
  private final SequencedMap<String, Info> tensors;

  private Gguf(
      MemorySegment file, Map<String, GgufValue> metadata, SequencedMap<String, Info> tensors) {
    this.file = file;
    this.metadata = Collections.unmodifiableMap(metadata);
    this.tensors = Collections.unmodifiableSequencedMap(tensors);
  }

  /// Opens and checks a file; it stays mapped as long as this object is used.
  public static Gguf open(Path path) {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      MemorySegment file =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
      GgufHeader header = GgufHeader.read(file);
      return new Gguf(file, header.metadata(), header.tensors());
    } catch (IOException e) {
      throw new UncheckedIOException("gguf: cannot read " + path, e);
    }
  }

  /// The metadata by key, in the file's order.
  public Map<String, GgufValue> metadata() {
    return metadata;
  }

  /// The tensors by name, in the file's order.
  public SequencedMap<String, Info> tensors() {
    return tensors;
  }

  /// The values of a tensor in fp32; an unknown name is refused.
  public Tensor read(String name) {
    Info info = tensors.get(name);
    FileFormatException.check(
        info != null,
        "gguf: no tensor '%s'; the file has %d, the first is '%s'",
        name,
        tensors.size(),
        tensors.isEmpty() ? "" : tensors.firstEntry().getKey());
    Info known = Objects.requireNonNull(info);
    FileFormatException.check(
        known.elements() <= Integer.MAX_VALUE - 8,
        "gguf: tensor '%s' has %d elements; at most 2^31 - 9 are read at once",
        name,
        known.elements());
    float[] values = new float[(int) known.elements()];
    GgufType type = known.type();
    long blocks = known.bytes() / type.blockBytes();
    for (long first = 0; first < blocks; first += BLOCKS_PER_POLL) {
      Stop.poll("gguf");
      int count = (int) Math.min(BLOCKS_PER_POLL, blocks - first);
      ByteBuffer bytes =
          file.asSlice(known.offset() + first * type.blockBytes(), (long) count * type.blockBytes())
              .asByteBuffer()
              .order(ByteOrder.LITTLE_ENDIAN);
      for (int b = 0; b < count; b++) {
        GgufBlocks.decode(
            type, bytes, b * type.blockBytes(), values, (int) (first + b) * type.block());
      }
    }
    return Tensor.of(values, known.shape());
  }

  /// A tensor as it is stored; an unknown name is refused.
  public GgufWriter.Item item(String name) {
    Info info = tensors.get(name);
    FileFormatException.check(info != null, "gguf: no tensor '%s'", name);
    Info known = Objects.requireNonNull(info);
    FileFormatException.check(
        known.bytes() <= Integer.MAX_VALUE - 8,
        "gguf: tensor '%s' has %d bytes; at most 2^31 - 9 are read at once",
        name,
        known.bytes());
    byte[] bytes =
        file.asSlice(known.offset(), known.bytes())
            .toArray(java.lang.foreign.ValueLayout.JAVA_BYTE);
    return new GgufWriter.Item(name, known.type(), known.shape(), bytes);
  }

  /// Every tensor in fp32, by name.
  public SequencedMap<String, Tensor> readAll() {
    SequencedMap<String, Tensor> all = new LinkedHashMap<>();
    tensors.keySet().forEach(name -> all.put(name, read(name)));
    return all;
  }

  /// Counts of tensors and metadata.
  @Override
  public String toString() {
    return "gguf: %d tensors, %d metadata entries".formatted(tensors.size(), metadata.size());
  }
}
