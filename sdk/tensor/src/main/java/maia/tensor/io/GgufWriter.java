package maia.tensor.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maia.base.Stop;
import maia.tensor.Tensor;

/// Writes GGUF version 3 files: metadata, then tensors in the order given, each at a multiple of 32
/// bytes. Whole numbers are written as 32-bit ones where they fit (unsigned where they are not
/// negative), real ones as binary32 where that is exact. Reading a file and writing what was read
/// gives the same bytes.
public final class GgufWriter {
  private static final int ALIGNMENT = 32;
  private static final int MAX_NAME = 64;
  private static final int MAX_DIMENSIONS = 4;

  private GgufWriter() {}

  /// A tensor as it is stored.
  ///
  /// @param name its name, at most 64 bytes
  /// @param type how elements are stored
  /// @param shape sizes, outermost first, at most 4
  /// @param bytes the blocks in row order
  public record Item(String name, GgufType type, long[] shape, byte[] bytes) {
    public Item {
      shape = shape.clone();
      bytes = bytes.clone();
      long elements = Arrays.stream(shape).reduce(1, Math::multiplyExact);
      long last = shape.length == 0 ? 1 : shape[shape.length - 1];
      FileFormatException.check(
          !name.isEmpty()
              && name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME
              && shape.length <= MAX_DIMENSIONS,
          "gguf: a name of 1 to %d bytes and at most %d dimensions, was '%s' %s",
          MAX_NAME,
          MAX_DIMENSIONS,
          name,
          Arrays.toString(shape));
      FileFormatException.check(
          last % type.block() == 0,
          "gguf: tensor '%s': rows of %d elements do not divide into %s blocks of %d",
          name,
          last,
          type,
          type.block());
      FileFormatException.check(
          bytes.length == elements / type.block() * type.blockBytes(),
          "gguf: tensor '%s': %d bytes for %d elements of %s",
          name,
          bytes.length,
          elements,
          type);
    }

    /// `values` stored as `type`: F32, F16, BF16, Q8_0, Q4_0 or MXFP4; others are refused by name.
    public static Item of(String name, GgufType type, Tensor values) {
      long[] shape = values.shape();
      long last = shape.length == 0 ? 1 : shape[shape.length - 1];
      FileFormatException.check(
          last % type.block() == 0,
          "gguf: tensor '%s': rows of %d elements do not divide into %s blocks of %d",
          name,
          last,
          type,
          type.block());
      return new Item(name, type, shape, GgufEncoder.encode(type, name, values.detach().toArray()));
    }

    @Override
    public long[] shape() {
      return shape.clone();
    }

    @Override
    public byte[] bytes() {
      return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Item(var otherName, var otherType, var otherShape, var otherBytes)
          && otherName.equals(name)
          && otherType == type
          && Arrays.equals(otherShape, shape)
          && Arrays.equals(otherBytes, bytes);
    }

    @Override
    public int hashCode() {
      return name.hashCode() * 31 + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return name + " " + type + " " + Arrays.toString(shape);
    }
  }

  /// Writes so that `file` is either the old one or the complete new one.
  public static void write(Path file, Map<String, GgufValue> metadata, List<Item> tensors) {
    Path target = file.toAbsolutePath();
    Path part =
        target.resolveSibling(
            "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
    try {
      Files.createDirectories(target.getParent());
      try {
        Files.write(part, bytes(metadata, tensors));
        Files.move(
            part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("gguf: cannot write " + file, e);
    }
  }

  private static byte[] bytes(Map<String, GgufValue> metadata, List<Item> tensors) {
    Out out = new Out();
    out.uint(0x46554747);
    out.uint(3);
    out.ulong(tensors.size());
    out.ulong(metadata.size());
    metadata.forEach((key, value) -> {
      FileFormatException.check(
          !key.equals("general.alignment"),
          "gguf: files are written with an alignment of %d; leave general.alignment out",
          ALIGNMENT);
      out.text(key);
      int type = type(value);
      out.uint(type);
      out.value(value, type);
    });
    long offset = 0;
    Set<String> names = new HashSet<>();
    for (Item item : tensors) {
      FileFormatException.check(
          names.add(item.name()), "gguf: tensor '%s' appears twice", item.name());
      out.text(item.name());
      out.uint(item.shape().length);
      for (int d = item.shape().length - 1; d >= 0; d--) {
        out.ulong(item.shape()[d]);
      }
      out.uint(item.type().code());
      out.ulong(offset);
      offset += Math.ceilDiv((long) item.bytes().length, ALIGNMENT) * ALIGNMENT;
    }
    for (Item item : tensors) {
      Stop.poll("gguf");
      out.align();
      out.raw(item.bytes());
    }
    out.align();
    return out.bytes();
  }

  /// The number by which a file names the kind of a value.
  private static int type(GgufValue value) {
    return switch (value) {
      case GgufValue.Whole(long whole) ->
          whole >= 0 && whole <= 0xffffffffL ? 4 : whole < 0 && whole >= Integer.MIN_VALUE ? 5 : 11;
      case GgufValue.Real(double real) -> (float) real == real || real != real ? 6 : 12;
      case GgufValue.Truth _ -> 7;
      case GgufValue.Text _ -> 8;
      case GgufValue.Several _ -> 9;
    };
  }

  /// Little-endian bytes.
  private static final class Out {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    void raw(byte[] more) {
      bytes.writeBytes(more);
    }

    void uint(int value) {
      raw(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    }

    void ulong(long value) {
      raw(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    }

    void text(String value) {
      byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
      ulong(utf8.length);
      raw(utf8);
    }

    void value(GgufValue value, int type) {
      switch (value) {
        case GgufValue.Whole(long whole) -> {
          if (type == 11) {
            ulong(whole);
          } else {
            uint((int) whole);
          }
        }
        case GgufValue.Real(double real) -> {
          if (type == 12) {
            ulong(Double.doubleToLongBits(real));
          } else {
            uint(Float.floatToIntBits((float) real));
          }
        }
        case GgufValue.Truth(boolean truth) -> bytes.write(truth ? 1 : 0);
        case GgufValue.Text(String text) -> text(text);
        case GgufValue.Several(List<GgufValue> values) -> several(values);
      }
    }

    /// One type for all: the widest that an element needs.
    private void several(List<GgufValue> values) {
      int type = values.stream().mapToInt(GgufWriter::type).max().orElse(4);
      boolean mixed = values.stream().anyMatch(v -> v.getClass() != values.getFirst().getClass());
      FileFormatException.check(
          !mixed && type != 9, "gguf: an array holds values of one kind, was %s", values);
      boolean hasNegative =
          values.stream().anyMatch(v -> v instanceof GgufValue.Whole w && w.value() < 0);
      boolean hasLarge =
          values.stream()
              .anyMatch(v -> v instanceof GgufValue.Whole w && w.value() > Integer.MAX_VALUE);
      int chosen = hasNegative && hasLarge ? 11 : type;
      uint(chosen);
      ulong(values.size());
      values.forEach(v -> value(v, chosen));
    }

    void align() {
      while (bytes.size() % ALIGNMENT != 0) {
        bytes.write(0);
      }
    }

    byte[] bytes() {
      return bytes.toByteArray();
    }
  }
}
