package maia.tensor.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import maia.base.Stop;
import maia.numerics.HostArray;
import maia.tensor.Device;
import maia.tensor.Tensor;

/// The safetensors format: a JSON header with names, types, shapes and places, then the bytes.
///
/// A reader cannot trust the file: the header is at most 100 MB and strictly parsed, every tensor's
/// bytes must fit its type and shape, and the tensors must cover the data exactly, without holes,
/// overlaps or a rest. All of that is checked against the size of the file before memory is taken.
public final class Safetensors {
  /// The largest header, in bytes.
  public static final long MAX_HEADER_BYTES = 100_000_000;

  static final int LENGTH_BYTES = 8;

  private Safetensors() {}

  /// Where the values of tensors lie after reading.
  enum Access {
    /// In memory of their own.
    COPY,
    /// In the file, which is mapped into memory.
    MAP,
  }

  /// The tensors of a file by name, in the order of their bytes; copies that outlive the file.
  public static SequencedMap<String, Tensor> read(Path file) {
    return load(file, Access.COPY);
  }

  /// The tensors of a file by name, in the order of their bytes, in the memory of the mapped file:
  /// nothing is read until it is used, and files of any size can be opened. They cannot be written
  /// to, and the file must not change while they are in use. The mapping ends when no tensor of it
  /// is reachable.
  public static SequencedMap<String, Tensor> map(Path file) {
    return load(file, Access.MAP);
  }

  static SequencedMap<String, Tensor> load(Path file, Access access) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        Arena confined = Arena.ofConfined()) {
      Contents contents = contents(channel);
      Arena arena = access == Access.MAP ? Arena.ofAuto() : confined;
      MemorySegment bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
      for (Entry entry : contents.header().entries()) {
        Stop.poll("safetensors");
        tensors.put(
            entry.name(),
            access == Access.MAP
                ? mapped(bytes, contents.dataStart(), entry)
                : load(bytes, contents.dataStart(), entry));
      }
      return tensors;
    } catch (IOException e) {
      throw new UncheckedIOException("safetensors: cannot read " + file, e);
    }
  }

  /// The names of the tensors of a file.
  static List<String> names(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return contents(channel).header().entries().stream().map(Entry::name).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("safetensors: cannot read " + file, e);
    }
  }

  /// The free texts of a file's header.
  public static SortedMap<String, String> metadata(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return contents(channel).header().metadata();
    } catch (IOException e) {
      throw new UncheckedIOException("safetensors: cannot read " + file, e);
    }
  }

  /// Writes tensors so that `file` is either the old one or the complete new one.
  public static void write(Path file, Map<String, Tensor> tensors) {
    write(file, tensors, Map.of());
  }

  /// Writes tensors and free texts so that `file` is either the old one or the complete new one.
  /// The bytes depend only on the arguments.
  public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
    SafetensorsWriter.write(file, tensors, metadata);
  }

  /// What a file holds, checked.
  private record Contents(HeaderReader.Header header, long dataStart) {}

  private static Contents contents(FileChannel channel) throws IOException {
    long size = channel.size();
    FileFormatException.check(
        size >= LENGTH_BYTES,
        "safetensors: the file has %d bytes, the length of the header alone takes %d",
        size,
        LENGTH_BYTES);
    long length = bytes(channel, 0, LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN).getLong();
    FileFormatException.check(
        length >= 0 && length <= MAX_HEADER_BYTES,
        "safetensors: the header has %s bytes, at most %d are allowed",
        Long.toUnsignedString(length),
        MAX_HEADER_BYTES);
    FileFormatException.check(
        length <= size - LENGTH_BYTES,
        "safetensors: the header has %d bytes, the file only %d",
        length,
        size);
    String text = utf8(bytes(channel, LENGTH_BYTES, (int) length).array());
    long dataStart = LENGTH_BYTES + length;
    HeaderReader.Header header = HeaderReader.read(text);
    List<Entry> ordered = checkedOrder(header.entries(), size - dataStart);
    return new Contents(new HeaderReader.Header(ordered, header.metadata()), dataStart);
  }

  /// The entries in the order of their bytes, which must follow one another without a gap.
  private static List<Entry> checkedOrder(List<Entry> entries, long dataBytes) {
    entries.forEach(entry -> entry.check(dataBytes));
    List<Entry> ordered = new ArrayList<>(entries);
    ordered.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long end = 0;
    for (Entry entry : ordered) {
      FileFormatException.check(
          entry.begin() >= end,
          "safetensors: tensor '%s' begins at byte %d, inside the tensor before it, which ends at %d",
          entry.name(),
          entry.begin(),
          end);
      FileFormatException.check(
          entry.begin() == end,
          "safetensors: no tensor covers bytes %d to %d, before '%s'",
          end,
          entry.begin(),
          entry.name());
      end = entry.end();
    }
    FileFormatException.check(
        end == dataBytes,
        "safetensors: no tensor covers bytes %d to %d, at the end",
        end,
        dataBytes);
    return ordered;
  }

  private static ByteBuffer bytes(FileChannel channel, long from, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, from + buffer.position()) < 0) {
        throw new EOFException("the file shrank while it was read");
      }
    }
    return buffer.flip();
  }

  static String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw FileFormatException.of("safetensors: the header is not UTF-8");
    }
  }

  /// A tensor in the mapped file.
  private static Tensor mapped(MemorySegment file, long dataStart, Entry entry) {
    long[] shape = shape(entry);
    long[] strides = new long[shape.length];
    long step = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      strides[d] = step;
      step *= Math.max(1, shape[d]);
    }
    MemorySegment bytes = file.asSlice(dataStart + entry.begin(), entry.end() - entry.begin());
    return Tensor.on(
        Device.cpu(),
        HostArray.view(entry.type().type(), shape, strides, 0, bytes, Optional.empty(), 1));
  }

  private static long[] shape(Entry entry) {
    return entry.shape().stream().mapToLong(Long::longValue).toArray();
  }

  private static Tensor load(MemorySegment file, long dataStart, Entry entry) {
    long[] shape = shape(entry);
    HostArray array = HostArray.zeros(entry.type().type(), shape);
    MemorySegment.copy(
        file, dataStart + entry.begin(), array.segment(), 0, entry.end() - entry.begin());
    return Tensor.on(Device.cpu(), array);
  }
}
