package maia.tensor.io;

import java.util.List;
import java.util.stream.Collectors;

/// One tensor in a file.
///
/// @param name its name
/// @param type its element type
/// @param shape its sizes, each at least 0
/// @param begin the first byte, counted from the end of the header
/// @param end the byte after the last one
record Entry(String name, StoredType type, List<Long> shape, long begin, long end) {
  Entry {
    shape = List.copyOf(shape);
  }

  /// Refuses bytes that do not fit type and shape, or do not lie in `dataBytes` bytes.
  void check(long dataBytes) {
    FileFormatException.check(
        begin >= 0 && begin <= end && end <= dataBytes,
        "safetensors: tensor '%s': bytes %d to %d do not lie in the %d bytes of data",
        name,
        begin,
        end,
        dataBytes);
    long bits = bits();
    FileFormatException.check(
        bits % 8 == 0,
        "safetensors: tensor '%s': %s of shape %s takes %d bits, which are not whole bytes",
        name,
        type,
        text(),
        bits);
    FileFormatException.check(
        bits / 8 == end - begin,
        "safetensors: tensor '%s': %s of shape %s takes %d bytes, bytes %d to %d are %d",
        name,
        type,
        text(),
        bits / 8,
        begin,
        end,
        end - begin);
  }

  private long bits() {
    try {
      long bits = type.type().bits();
      for (long size : shape) {
        bits = Math.multiplyExact(bits, size);
      }
      return bits;
    } catch (ArithmeticException overflow) {
      throw FileFormatException.of(
          "safetensors: tensor '%s': %s of shape %s has more bits than 64-bit numbers count",
          name, type, text());
    }
  }

  /// Sizes as `[2,3]`.
  String text() {
    return shape.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
  }
}
