package maia.tensor.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import maia.base.Stop;
import maia.tensor.io.Gguf.Info;

/// Reads the part of a GGUF file before the data, trusting nothing.
///
/// @param metadata the key-value pairs
/// @param tensors the tensors
record GgufHeader(Map<String, GgufValue> metadata, SequencedMap<String, Info> tensors) {
  private static final int MAGIC = 0x46554747;
  private static final int VERSION = 3;
  private static final int MAX_DIMENSIONS = 4;
  private static final int MAX_NAME = 64;
  private static final int MAX_ALIGNMENT = 1 << 20;
  private static final int ARRAY = 9;

  /// The least bytes of a key-value pair and of a tensor: what a count is checked against.
  private static final int LEAST_PAIR = 8 + 4 + 1;

  private static final int LEAST_TENSOR = 8 + 4 + 4 + 8;

  static GgufHeader read(MemorySegment file) {
    return new Reader(file).header();
  }

  /// A place in the file.
  private static final class Reader {
    private static final ValueLayout.OfInt INT =
        ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG =
        ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfShort SHORT =
        ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment file;
    private long at;

    Reader(MemorySegment file) {
      this.file = file;
    }

    GgufHeader header() {
      FileFormatException.check(
          file.byteSize() >= 24, "gguf: the file has %d bytes, a header takes 24", file.byteSize());
      int magic = uint();
      FileFormatException.check(
          magic == MAGIC, "gguf: the file begins with %08x, not with 'GGUF'", magic);
      int version = uint();
      FileFormatException.check(
          version == VERSION,
          "gguf: version %d is not read, version %d is%s",
          version,
          VERSION,
          Integer.reverseBytes(version) == VERSION ? "; the file is big-endian" : "");
      long tensorCount = count("tensors", LEAST_TENSOR);
      long pairCount = count("metadata entries", LEAST_PAIR);
      Map<String, GgufValue> metadata = new LinkedHashMap<>();
      for (long i = 0; i < pairCount; i++) {
        Stop.poll("gguf");
        String key = text("a metadata key");
        FileFormatException.check(
            metadata.put(key, value(uint(), key)) == null,
            "gguf: the metadata key '%s' appears twice",
            key);
      }
      List<Declared> declared = new ArrayList<>();
      for (long i = 0; i < tensorCount; i++) {
        Stop.poll("gguf");
        declared.add(declared());
      }
      return new GgufHeader(metadata, placed(declared, alignment(metadata)));
    }

    private long count(String what, int least) {
      long count = ulong();
      FileFormatException.check(
          count >= 0 && count <= file.byteSize() / least,
          "gguf: %s %s do not fit into a file of %d bytes",
          Long.toUnsignedString(count),
          what,
          file.byteSize());
      return count;
    }

    private static long alignment(Map<String, GgufValue> metadata) {
      GgufValue given = metadata.get("general.alignment");
      if (given == null) {
        return 32;
      }
      FileFormatException.check(
          given instanceof GgufValue.Whole(long value)
              && value > 0
              && value <= MAX_ALIGNMENT
              && Long.bitCount(value) == 1,
          "gguf: general.alignment must be a power of two up to %d, was %s",
          MAX_ALIGNMENT,
          given);
      return ((GgufValue.Whole) given).value();
    }

    private void need(long bytes, String what) {
      FileFormatException.check(
          bytes >= 0 && bytes <= file.byteSize() - at,
          "gguf: %s takes %s bytes at byte %d, the file has %d",
          what,
          Long.toUnsignedString(bytes),
          at,
          file.byteSize());
    }

    private int uint() {
      need(4, "a number");
      int value = file.get(INT, at);
      at += 4;
      return value;
    }

    private long ulong() {
      need(8, "a number");
      long value = file.get(LONG, at);
      at += 8;
      return value;
    }

    private String text(String what) {
      long length = ulong();
      need(length, what);
      FileFormatException.check(
          length <= Integer.MAX_VALUE - 8, "gguf: %s has %d bytes", what, length);
      byte[] bytes = file.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
      at += length;
      try {
        return StandardCharsets.UTF_8
            .newDecoder()
            .decode(java.nio.ByteBuffer.wrap(bytes))
            .toString();
      } catch (CharacterCodingException e) {
        throw FileFormatException.of("gguf: %s at byte %d is not UTF-8", what, at - length);
      }
    }

    private GgufValue value(int type, String key) {
      if (type == ARRAY) {
        return several(key);
      }
      int bytes = size(type, key);
      need(bytes, "the value of '" + key + "'");
      long from = at;
      at += bytes;
      return switch (type) {
        case 0 -> new GgufValue.Whole(file.get(ValueLayout.JAVA_BYTE, from) & 0xff);
        case 1 -> new GgufValue.Whole(file.get(ValueLayout.JAVA_BYTE, from));
        case 2 -> new GgufValue.Whole(Short.toUnsignedInt(file.get(SHORT, from)));
        case 3 -> new GgufValue.Whole(file.get(SHORT, from));
        case 4 -> new GgufValue.Whole(Integer.toUnsignedLong(file.get(INT, from)));
        case 5 -> new GgufValue.Whole(file.get(INT, from));
        case 6 -> new GgufValue.Real(Float.intBitsToFloat(file.get(INT, from)));
        case 7 -> truth(file.get(ValueLayout.JAVA_BYTE, from), key);
        case 8 -> new GgufValue.Text(text("the text of '" + key + "'"));
        case 10, 11 -> {
          long value = file.get(LONG, from);
          FileFormatException.check(
              type == 11 || value >= 0,
              "gguf: '%s' is %s, above the largest signed number",
              key,
              Long.toUnsignedString(value));
          yield new GgufValue.Whole(value);
        }
        case 12 -> new GgufValue.Real(Double.longBitsToDouble(file.get(LONG, from)));
        default -> throw new IllegalStateException("bug in GgufHeader: type " + type);
      };
    }

    private static GgufValue truth(byte value, String key) {
      FileFormatException.check(
          value == 0 || value == 1, "gguf: '%s' must be 0 or 1, was %d", key, value);
      return new GgufValue.Truth(value == 1);
    }

    /// Bytes of a scalar; of a text none, as its length is read with it.
    private static int size(int type, String key) {
      return switch (type) {
        case 0, 1, 7 -> 1;
        case 2, 3 -> 2;
        case 4, 5, 6 -> 4;
        case 10, 11, 12 -> 8;
        case 8 -> 0;
        default ->
            throw FileFormatException.of(
                "gguf: '%s' has the unknown value type %s", key, Integer.toUnsignedString(type));
      };
    }

    private GgufValue several(String key) {
      int type = uint();
      FileFormatException.check(
          type != ARRAY, "gguf: '%s' is an array of arrays, which is not read", key);
      long length = ulong();
      int least = type == 8 ? 8 : size(type, key);
      FileFormatException.check(
          length >= 0 && length <= (file.byteSize() - at) / least,
          "gguf: '%s' has %s values, the rest of the file %d bytes",
          key,
          Long.toUnsignedString(length),
          file.byteSize() - at);
      List<GgufValue> values = new ArrayList<>();
      for (long i = 0; i < length; i++) {
        if ((i & 0xffff) == 0) {
          Stop.poll("gguf");
        }
        values.add(value(type, key));
      }
      return new GgufValue.Several(values);
    }

    /// A tensor before its place is known.
    private record Declared(String name, GgufType type, long[] shape, long offset, long bytes) {}

    private Declared declared() {
      String name = text("a tensor name");
      FileFormatException.check(
          name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME,
          "gguf: a tensor name has %d bytes, at most %d are allowed",
          name.getBytes(StandardCharsets.UTF_8).length,
          MAX_NAME);
      int dimensions = uint();
      FileFormatException.check(
          dimensions >= 0 && dimensions <= MAX_DIMENSIONS,
          "gguf: tensor '%s' has %s dimensions, at most %d are allowed",
          name,
          Integer.toUnsignedString(dimensions),
          MAX_DIMENSIONS);
      long[] shape = new long[dimensions];
      for (int d = dimensions - 1; d >= 0; d--) {
        shape[d] = ulong();
      }
      int code = uint();
      GgufType type =
          GgufType.of(code)
              .orElseThrow(() ->
                  FileFormatException.of(
                      "gguf: tensor '%s' is stored as type %s, which is not read; %s are",
                      name, Integer.toUnsignedString(code), List.of(GgufType.values())));
      long offset = ulong();
      return new Declared(name, type, shape, offset, bytes(name, type, shape));
    }

    private static long bytes(String name, GgufType type, long[] shape) {
      long last = shape.length == 0 ? 1 : shape[shape.length - 1];
      FileFormatException.check(
          last % type.block() == 0,
          "gguf: tensor '%s': rows of %d elements do not divide into %s blocks of %d",
          name,
          last,
          type,
          type.block());
      try {
        long elements = 1;
        for (long size : shape) {
          FileFormatException.check(
              size >= 0, "gguf: tensor '%s' has a size of %s", name, Long.toUnsignedString(size));
          elements = Math.multiplyExact(elements, size);
        }
        return Math.multiplyExact(elements / type.block(), (long) type.blockBytes());
      } catch (ArithmeticException overflow) {
        throw FileFormatException.of(
            "gguf: tensor '%s' of shape %s has more elements than 64-bit numbers count",
            name, java.util.Arrays.toString(shape));
      }
    }

    private SequencedMap<String, Info> placed(List<Declared> declared, long alignment) {
      long start = Math.ceilDiv(at, alignment) * alignment;
      SequencedMap<String, Info> tensors = new LinkedHashMap<>();
      for (Declared d : declared) {
        FileFormatException.check(
            d.offset() >= 0 && d.offset() % alignment == 0,
            "gguf: tensor '%s' begins at byte %s of the data, not at a multiple of %d",
            d.name(),
            Long.toUnsignedString(d.offset()),
            alignment);
        long room = file.byteSize() - start;
        FileFormatException.check(
            d.offset() <= room && d.bytes() <= room - d.offset(),
            "gguf: tensor '%s' takes bytes %d to %s of the data, the file holds %d",
            d.name(),
            d.offset(),
            Long.toUnsignedString(d.offset() + d.bytes()),
            Math.max(0, room));
        Info info = new Info(d.name(), d.type(), d.shape(), start + d.offset(), d.bytes());
        FileFormatException.check(
            tensors.put(d.name(), info) == null, "gguf: tensor '%s' appears twice", d.name());
      }
      checkApart(tensors);
      return tensors;
    }

    private static void checkApart(SequencedMap<String, Info> tensors) {
      List<Info> ordered = new ArrayList<>(tensors.values());
      ordered.removeIf(info -> info.bytes() == 0);
      ordered.sort(Comparator.comparingLong(Info::offset));
      for (int i = 1; i < ordered.size(); i++) {
        Info before = ordered.get(i - 1);
        Info after = ordered.get(i);
        FileFormatException.check(
            before.offset() + before.bytes() <= after.offset(),
            "gguf: tensors '%s' and '%s' overlap",
            before.name(),
            after.name());
      }
    }
  }
}
