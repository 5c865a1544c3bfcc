package maia.tensor.io;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.tensor.Tensor;

/// Reads one `.npy` array, trusting nothing.
final class NpyReader {
  private static final int LARGEST_HEADER = 1 << 16;
  private static final int MAX_DIMENSIONS = 32;

  /// The header is a Python dictionary of exactly these three entries, in any order.
  private static final Pattern TYPE = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");

  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([0-9L,\\s]*)\\)");

  private NpyReader() {}

  static Tensor read(byte[] file, String name) {
    FileFormatException.check(
        file.length >= 10
            && (file[0] & 0xff) == 0x93
            && new String(file, 1, 5, StandardCharsets.US_ASCII).equals("NUMPY"),
        "npy: %s does not begin as an array",
        name);
    int major = file[6];
    FileFormatException.check(
        major >= 1 && major <= 3, "npy: %s has version %d, versions 1 to 3 are read", name, major);
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int start = major == 1 ? 10 : 12;
    FileFormatException.check(
        file.length >= start, "npy: %s has %d bytes, less than a header", name, file.length);
    long length = major == 1 ? bytes.getShort(8) & 0xffff : bytes.getInt(8) & 0xffff_ffffL;
    FileFormatException.check(
        length <= LARGEST_HEADER && length <= file.length - start,
        "npy: %s has a header of %d bytes in a file of %d",
        name,
        length,
        file.length);
    String header = new String(file, start, (int) length, StandardCharsets.ISO_8859_1);
    return new NpyReader.Array(name, header).read(bytes, start + (int) length);
  }

  /// What the header says.
  private static final class Array {
    private final String name;
    private final String type;
    private final boolean columnMajor;
    private final long[] shape;

    Array(String name, String header) {
      this.name = name;
      this.type = field(TYPE, header, "a type of numbers");
      this.columnMajor = field(ORDER, header, "an order").equals("True");
      String rest =
          SHAPE
              .matcher(ORDER.matcher(TYPE.matcher(header).replaceFirst("")).replaceFirst(""))
              .replaceFirst("");
      this.shape = shape(field(SHAPE, header, "a shape"));
      FileFormatException.check(
          rest.matches("\\s*\\{[,\\s]*}\\s*"),
          "npy: %s has a header that is not read: %s",
          name,
          header.strip());
    }

    private String field(Pattern pattern, String header, String what) {
      Matcher matcher = pattern.matcher(header);
      FileFormatException.check(
          matcher.find(), "npy: %s has a header without %s: %s", name, what, header.strip());
      return matcher.group(1);
    }

    private long[] shape(String text) {
      List<Long> sizes = new ArrayList<>();
      for (String size : text.split(",")) {
        String digits = size.strip().replaceAll("L$", "");
        if (!digits.isEmpty()) {
          FileFormatException.check(
              digits.matches("[0-9]{1,18}"), "npy: %s has a size of '%s'", name, size.strip());
          sizes.add(Long.parseLong(digits));
        }
      }
      FileFormatException.check(
          sizes.size() <= MAX_DIMENSIONS,
          "npy: %s has %d dimensions, at most %d are read",
          name,
          sizes.size(),
          MAX_DIMENSIONS);
      return sizes.stream().mapToLong(Long::longValue).toArray();
    }

    Tensor read(ByteBuffer file, int start) {
      FileFormatException.check(
          type.matches("[<>|=][a-zA-Z][0-9]{1,2}"),
          "npy: %s holds '%s'; numbers and truth values are read",
          name,
          type);
      int width = Integer.parseInt(type.substring(2));
      DType dtype = dtype(type.charAt(1), width);
      long count = count();
      FileFormatException.check(
          count <= Integer.MAX_VALUE && count * width == file.limit() - start,
          "npy: %s of shape %s takes %s bytes, the file has %d",
          name,
          java.util.Arrays.toString(shape),
          count > Integer.MAX_VALUE ? "more than 2^31" : String.valueOf(count * width),
          file.limit() - start);
      file.order(type.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
      HostArray array = HostArray.zeros(dtype, columnMajor ? reversed(shape) : shape);
      MemorySegment to = array.segment();
      ByteBuffer out = to.asByteBuffer().order(ByteOrder.nativeOrder());
      for (int i = 0; i < count; i++) {
        put(file, start + i * width, type.charAt(1), width, out);
      }
      Tensor tensor = Npy.tensor(array);
      return columnMajor ? tensor.permute(backwards(shape.length)) : tensor;
    }

    private long count() {
      try {
        long count = 1;
        for (long size : shape) {
          count = Math.multiplyExact(count, size);
        }
        return count;
      } catch (ArithmeticException overflow) {
        return Long.MAX_VALUE;
      }
    }

    private DType dtype(char kind, int width) {
      return switch ("" + kind + width) {
        case "f8" -> DType.F64;
        case "f4" -> DType.F32;
        case "f2" -> DType.F16;
        case "i8", "u8", "u4" -> DType.I64;
        case "i4", "u2" -> DType.I32;
        case "i2" -> DType.I16;
        case "i1" -> DType.I8;
        case "u1" -> DType.U8;
        case "b1" -> DType.BOOL;
        default ->
            throw FileFormatException.of(
                "npy: %s holds '%s'; numbers of 1 to 8 bytes and truth values are read",
                name, type);
      };
    }

    private void put(ByteBuffer from, int at, char kind, int width, ByteBuffer out) {
      switch (width) {
        case 1 -> out.put(kind == 'b' && from.get(at) != 0 ? 1 : from.get(at));
        case 2 -> {
          if (kind == 'u') {
            out.putInt(Short.toUnsignedInt(from.getShort(at)));
          } else {
            out.putShort(from.getShort(at));
          }
        }
        case 4 -> {
          if (kind == 'u') {
            out.putLong(Integer.toUnsignedLong(from.getInt(at)));
          } else {
            out.putInt(from.getInt(at));
          }
        }
        default -> {
          long value = from.getLong(at);
          FileFormatException.check(
              kind != 'u' || value >= 0,
              "npy: %s holds %s, above the largest signed number",
              name,
              Long.toUnsignedString(value));
          out.putLong(value);
        }
      }
    }

    private static long[] reversed(long[] shape) {
      long[] back = new long[shape.length];
      for (int i = 0; i < back.length; i++) {
        back[i] = shape[back.length - 1 - i];
      }
      return back;
    }

    private static int[] backwards(int rank) {
      int[] order = new int[rank];
      for (int i = 0; i < rank; i++) {
        order[i] = rank - 1 - i;
      }
      return order;
    }
  }
}
