package maia.tensor.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.tensor.Device;
import maia.tensor.Tensor;

/// NumPy's `.npy` and `.npz` files: arrays of numbers and truth values in row-major or column-major
/// order, of either byte order. Objects, texts, dates and complex numbers are refused by name;
/// nothing in a file is executed.
///
/// Headers are strictly parsed and sizes checked against the bytes that are there before memory is
/// taken. Unsigned integers of 16, 32 and 64 bits become the next wider signed type, I64 at most.
public final class Npy {
  /// The largest array that is read: what one array of Java bytes holds.
  private static final long LARGEST = Integer.MAX_VALUE - 64;

  private Npy() {}

  /// The array of an `.npy` file.
  public static Tensor read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      long size = Files.size(file);
      FileFormatException.check(
          size <= LARGEST, "npy: %s has %d bytes, at most %d are read", file, size, LARGEST);
      return NpyReader.read(in.readAllBytes(), file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException("npy: cannot read " + file, e);
    }
  }

  /// The arrays of an `.npz` file by name, in the file's order.
  public static SequencedMap<String, Tensor> readAll(Path file) {
    SequencedMap<String, Tensor> arrays = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        String name = entry.getName().replaceAll("\\.npy$", "");
        FileFormatException.check(
            entry.getName().endsWith(".npy"), "npz: '%s' is not an array", entry.getName());
        FileFormatException.check(
            entry.getSize() >= 0 && entry.getSize() <= LARGEST,
            "npz: '%s' has %d bytes, at most %d are read",
            entry.getName(),
            entry.getSize(),
            LARGEST);
        try (InputStream in = zip.getInputStream(entry)) {
          arrays.put(name, NpyReader.read(inflated(in, entry), entry.getName()));
        }
      }
    } catch (ZipException e) {
      throw FileFormatException.of(
          "npz: %s is not a zip file: %s", file, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException("npz: cannot read " + file, e);
    }
    return arrays;
  }

  /// Reads no more than the entry says it holds, taking memory as bytes arrive.
  private static byte[] inflated(InputStream in, ZipEntry entry) throws IOException {
    byte[] bytes = in.readNBytes((int) entry.getSize());
    FileFormatException.check(
        bytes.length == entry.getSize() && in.read() < 0,
        "npz: '%s' says it has %d bytes and has %s",
        entry.getName(),
        entry.getSize(),
        bytes.length < entry.getSize() ? String.valueOf(bytes.length) : "more");
    return bytes;
  }

  /// Writes a tensor as `.npy`, so that `file` is either the old one or the complete new one. Types
  /// that NumPy lacks are refused.
  public static void write(Path file, Tensor tensor) {
    replace(file, out -> out.write(bytes("the tensor", tensor)));
  }

  /// Writes tensors as an uncompressed `.npz`, so that `file` is either the old one or the complete
  /// new one.
  public static void writeAll(Path file, Map<String, Tensor> tensors) {
    replace(
        file,
        out -> {
          ZipOutputStream zip = new ZipOutputStream(out);
          for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            byte[] bytes = bytes("'" + entry.getKey() + "'", entry.getValue());
            ZipEntry stored = new ZipEntry(entry.getKey() + ".npy");
            stored.setTime(0);
            zip.putNextEntry(stored);
            zip.write(bytes);
            zip.closeEntry();
          }
          zip.finish();
        });
  }

  /// Something that writes.
  private interface Writer {
    void to(OutputStream out) throws IOException;
  }

  private static void replace(Path file, Writer writer) {
    AtomicFile.write(
        "npy",
        file,
        part -> {
          try (OutputStream out = Files.newOutputStream(part)) {
            writer.to(out);
          }
        });
  }

  private static byte[] bytes(String what, Tensor tensor) {
    FileFormatException.check(
        tensor.type() instanceof DType,
        "npy: %s is %s; dequantise it first",
        what,
        tensor.type().label());
    String code = code(what, tensor.dtype());
    Tensor dense = Tensor.noGrad(() -> Device.cpu().backend().store(tensor.to(Device.cpu())));
    String shape =
        tensor.rank() == 1
            ? "(" + tensor.size(0) + ",)"
            : Arrays.toString(tensor.shape()).replace('[', '(').replace(']', ')');
    String header = "{'descr': '%s', 'fortran_order': False, 'shape': %s, }".formatted(code, shape);
    int length = Math.ceilDiv(10 + header.length() + 1, 64) * 64;
    String padded = header + " ".repeat(length - 10 - header.length() - 1) + "\n";
    long size = tensor.dtype().bytes(tensor.elements());
    FileFormatException.check(
        size + length <= LARGEST,
        "npy: %s has %d bytes, at most %d are written",
        what,
        size,
        LARGEST);
    ByteBuffer out = ByteBuffer.allocate((int) (length + size)).order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 0x93)
        .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
        .put((byte) 1)
        .put((byte) 0);
    out.putShort((short) (length - 10)).put(padded.getBytes(StandardCharsets.US_ASCII));
    out.put(dense.segment().asSlice(0, size).asByteBuffer());
    return out.array();
  }

  private static String code(String what, DType type) {
    return switch (type) {
      case F64 -> "<f8";
      case F32 -> "<f4";
      case F16 -> "<f2";
      case I64 -> "<i8";
      case I32 -> "<i4";
      case I16 -> "<i2";
      case I8 -> "|i1";
      case U8 -> "|u1";
      case BOOL -> "|b1";
      case TF32, BF16, FP8_E4M3, FP8_E5M2, FP8_E4M3FNUZ, FP8_E5M2FNUZ, FP8_E4M3IEEE, FP8_E3M4 ->
          throw refusal(what, type);
      case FP6_E2M3, FP6_E3M2, FP4_E2M1, E8M0, UE4M3 -> throw refusal(what, type);
    };
  }

  private static FileFormatException refusal(String what, DType type) {
    return FileFormatException.of(
        "npy: %s is %s, which NumPy does not have; convert it first, as in to(F32)",
        what, type.label());
  }

  static Tensor tensor(HostArray array) {
    return Tensor.on(Device.cpu(), array);
  }
}
