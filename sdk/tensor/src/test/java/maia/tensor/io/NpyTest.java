package maia.tensor.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import maia.numerics.DType;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NpyTest {
  @TempDir Path folder;

  private Path npy(String header, byte[] data) throws IOException {
    ByteBuffer file =
        ByteBuffer.allocate(10 + header.length() + data.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 0x93)
        .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
        .put((byte) 1)
        .put((byte) 0);
    file.putShort((short) header.length())
        .put(header.getBytes(StandardCharsets.US_ASCII))
        .put(data);
    return Files.write(folder.resolve("a.npy"), file.array());
  }

  private static byte[] floats(ByteOrder order, float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(order);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F64", "F32", "F16", "I64", "I32", "I16", "I8", "U8", "BOOL"})
  void roundTrip_keepsTypeShapeAndValues(DType type) {
    Tensor tensor = Tensor.of(new float[] {1, 0, 1, 1, 0, 1}, 2, 3).to(type);
    Path file = folder.resolve("x.npy");
    Npy.write(file, tensor);
    Tensor back = Npy.read(file);
    assertThat(back.dtype()).isEqualTo(type);
    assertThat(back.shape()).containsExactly(2, 3);
    assertThat(back.toArray()).isEqualTo(tensor.toArray());
  }

  @Test
  void scalarEmptyAndTransposed_roundTrip() {
    Path file = folder.resolve("x.npy");
    Npy.write(file, Tensor.scalar(7));
    assertThat(Npy.read(file).shape()).isEmpty();
    assertThat(Npy.read(file).item()).isEqualTo(7);
    Npy.write(file, Tensor.zeros(0, 4));
    assertThat(Npy.read(file).shape()).containsExactly(0, 4);
    Npy.write(file, Tensor.of(new float[] {1, 2, 3, 4}, 2, 2).transpose(0, 1));
    assertThat(Npy.read(file).toArray()).containsExactly(1, 3, 2, 4);
  }

  @Test
  void written_isWhatNumPyWrites() throws IOException {
    Path file = folder.resolve("x.npy");
    Npy.write(file, Tensor.of(1, 2));
    byte[] bytes = Files.readAllBytes(file);
    assertThat(bytes).hasSize(128 + 8);
    assertThat(new String(bytes, 10, 118, StandardCharsets.US_ASCII))
        .isEqualTo(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }" + " ".repeat(60) + "\n");
  }

  @Test
  void columnMajorAndBigEndian_areRead() throws IOException {
    Path file =
        npy(
            "{'descr': '>f4', 'fortran_order': True, 'shape': (2, 3), }\n",
            floats(ByteOrder.BIG_ENDIAN, 1, 4, 2, 5, 3, 6));
    assertThat(Npy.read(file).shape()).containsExactly(2, 3);
    assertThat(Npy.read(file).toArray()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @Test
  void unsigned_becomesTheNextWiderType() throws IOException {
    Path file =
        npy("{'descr': '<u2', 'fortran_order': False, 'shape': (1,), }\n", new byte[] {-1, -1});
    assertThat(Npy.read(file).dtype()).isEqualTo(DType.I32);
    assertThat(Npy.read(file).item()).isEqualTo(65_535);
  }

  @Test
  void npz_roundTrips_inOrder() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("weight", Tensor.of(new float[] {1, 2}, 1, 2));
    tensors.put("bias", Tensor.of(3));
    Path file = folder.resolve("x.npz");
    Npy.writeAll(file, tensors);
    Map<String, Tensor> back = Npy.readAll(file);
    assertThat(back.keySet()).containsExactly("weight", "bias");
    assertThat(back.get("weight").shape()).containsExactly(1, 2);
    assertThat(back.get("bias").toArray()).containsExactly(3);
  }

  private void refused(Path file, String message) {
    assertThatThrownBy(() -> Npy.read(file))
        .isInstanceOf(FileFormatException.class)
        .hasMessage(message.replace("FILE", file.toString()));
  }

  @Test
  void objects_areRefused() throws IOException {
    refused(
        npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n", new byte[8]),
        "npy: FILE holds '|O'; numbers and truth values are read");
    refused(
        npy("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }\n", new byte[8]),
        "npy: FILE holds '<c8'; numbers of 1 to 8 bytes and truth values are read");
  }

  @Test
  void shapeBeyondTheFile_isRefused() throws IOException {
    refused(
        npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }\n", new byte[8]),
        "npy: FILE of shape [3] takes 12 bytes, the file has 8");
    refused(
        npy(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (999999999999, 999999999999), }\n",
            new byte[8]),
        "npy: FILE of shape [999999999999, 999999999999] takes more than 2^31 bytes, the file has 8");
  }

  @Test
  void codeInTheHeader_isRefused() throws IOException {
    Path file =
        npy(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': __import__('os')}\n",
            new byte[4]);
    assertThatThrownBy(() -> Npy.read(file))
        .isInstanceOf(FileFormatException.class)
        .hasMessageContaining("has a header that is not read");
  }

  @Test
  void otherFiles_areRefused() throws IOException {
    refused(
        Files.writeString(folder.resolve("a.npy"), "no array at all"),
        "npy: FILE does not begin as an array");
    Path zip = Files.writeString(folder.resolve("a.npz"), "no zip at all");
    assertThatThrownBy(() -> Npy.readAll(zip))
        .isInstanceOf(FileFormatException.class)
        .hasMessageStartingWith("npz: " + zip + " is not a zip file");
  }

  @Test
  void bf16_isRefusedWithTheWayOut() {
    assertThatThrownBy(() -> Npy.write(folder.resolve("x.npy"), Tensor.zeros(DType.BF16, 2)))
        .isInstanceOf(FileFormatException.class)
        .hasMessage(
            "npy: the tensor is bf16, which NumPy does not have; convert it first, as in to(F32)");
  }
}
