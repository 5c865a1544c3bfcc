package maia.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import maia.numerics.DType;
import maia.quant.Quantizer.Sharing;
import maia.tensor.ShapeException;
import maia.tensor.Tensor;
import maia.tensor.TensorException;
import maia.tensor.io.FileFormatException;
import maia.tensor.io.Safetensors;
import maia.tensor.nn.Module;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damaged and hostile files are refused by a named exception, or read as a model that runs.
class HostileCheckpointTest {
  private static final Tensor X = Tensor.randn(DType.F32, 5, 2, 32);

  @TempDir Path folder;
  private Path file;
  private byte[] bytes;

  @BeforeEach
  void write() throws IOException {
    Quantizer int8 = Quantizer.of(new Grid.Ints(8), Sharing.TENSOR);
    QuantizedModel stored =
        Quantize.of((Module) new Residual(3))
            .weights(Quantizer.of(new Grid.Ints(4), Sharing.groups(16)))
            .activations(int8, Observer.MIN_MAX)
            .calibrate(X)
            .apply();
    file = folder.resolve("model.safetensors");
    QuantCheckpoint.write(file, stored);
    bytes = Files.readAllBytes(file);
  }

  /// Whether the file is read; anything but a named refusal fails the test.
  private boolean isRead(byte[] damaged) throws IOException {
    Path other = folder.resolve("damaged.safetensors");
    Files.write(other, damaged);
    try {
      QuantizedModel model = QuantCheckpoint.read(other, new Residual(1));
      assertThat(Tensor.noGrad(() -> model.forward(X)).shape()).containsExactly(2, 8);
      return true;
    } catch (FileFormatException
        | ShapeException
        | TensorException
        | IllegalArgumentException refused) {
      assertThat(refused.getClass()).isNotEqualTo(NumberFormatException.class);
      assertThat(refused).hasMessageContaining(" ");
      return false;
    }
  }

  @Test
  void everyTruncation_isRefused() throws IOException {
    assertThat(isRead(bytes)).isTrue();
    for (int length = 0; length < bytes.length; length += 61) {
      assertThat(isRead(Arrays.copyOf(bytes, length))).as("%d bytes", length).isFalse();
    }
  }

  @Test
  void changedBytesOfTheHeader_areRefusedOrHarmless() throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    int header = new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf("}}") + 2;
    int refused = 0;
    for (int i = 0; i < 400; i++) {
      byte[] damaged = bytes.clone();
      for (int n = random.nextInt(1, 4); n > 0; n--) {
        damaged[random.nextInt(header)] = (byte) random.nextInt(32, 127);
      }
      refused += isRead(damaged) ? 0 : 1;
    }
    assertThat(refused).isGreaterThan(200);
  }

  @Test
  void changedWordsOfTheConfig_areRefusedOrHarmless() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>(Safetensors.read(file));
    Map<String, String> config = new LinkedHashMap<>(Safetensors.metadata(file));
    String[] words = {
      "0",
      "-1",
      "1",
      "999999999",
      "99999999999",
      "NaN",
      "",
      "=",
      ":",
      "grid=",
      "tensor",
      "rows",
      "groups:0",
      "blocks:0:1",
      "blocks:2147483647:2147483647",
      "float:f32",
      "table:x:0,1",
      "asymmetric",
      "affine",
      "e8m0:EVEN",
      "activations",
      "rounded:bf16",
      "e4m3xf32:DIVIDE"
    };
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 300; i++) {
      String key = "quant.layer." + new String[] {"first", "second", "head"}[i % 3];
      String[] parts = config.get(key).split("(?<=[ =:])|(?=[ =:])");
      parts[random.nextInt(parts.length)] = words[random.nextInt(words.length)];
      Map<String, String> hostile = new LinkedHashMap<>(config);
      hostile.put(key, String.join("", parts));
      Path other = folder.resolve("config.safetensors");
      Safetensors.write(other, tensors, hostile);
      isRead(Files.readAllBytes(other));
    }
  }

  @Test
  void tensorsThatDoNotFit_areRefusedByName() {
    refuse(
        "first.bias",
        Tensor.zeros(DType.F32, 7),
        "quantised checkpoint: layer 'first' has a bias of 32 in the model, the file has one of [7]");
    refuse(
        "first.input_scales",
        Tensor.zeros(DType.F32, 3, 5),
        "quantised checkpoint: 'first.input_scales' must be 5 input scales as f32, was 15 as f32");
    refuse(
        "first.scales",
        Tensor.zeros(DType.F32, 3),
        "quantised checkpoint: 'first.scales' must be 64 scales as f32, was 3 as f32");
  }

  @Test
  void tensorsOfNobody_andOtherShapes_areRefusedByName() {
    refuse(
        "third.codes",
        Tensor.zeros(DType.U8, 7),
        "quantised checkpoint: neither the model nor its quantised layers have [third.codes]");
    refuse(
        "first.input_scales",
        Tensor.zeros(DType.F32, 5, 1),
        "quantised checkpoint: 'first.input_scales' must be [groups, 5], was [5, 1]");
    refuse(
        "first.factors",
        Tensor.zeros(DType.F32, 32),
        "quantised checkpoint: layer 'first' divides by the factor 0");
  }

  /// Two gigabytes that the header promises are neither read nor given a place: the scheme is
  /// refused from the header alone.
  @Test
  void anUnknownSchemeOverMuchData_isRefusedFromTheHeader() throws IOException {
    long data = 1L << 31;
    String header =
        "{\"__metadata__\":{\"quant.version\":\"1\",\"quant.layer.first\":\"grid=trit:3 sharing=rows\"},"
            + "\"first.codes\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
                .formatted(data, data);
    header += " ".repeat(8 - header.length() % 8);
    Path huge = folder.resolve("huge.safetensors");
    try (RandomAccessFile out = new RandomAccessFile(huge.toFile(), "rw")) {
      out.writeLong(Long.reverseBytes(header.length()));
      out.write(header.getBytes(StandardCharsets.UTF_8));
      out.setLength(8 + header.length() + data);
    }
    assertThatThrownBy(() -> QuantCheckpoint.read(huge, new Residual(1)))
        .isInstanceOf(FileFormatException.class)
        .hasMessage(
            "quantised checkpoint: unknown grid 'trit'; known are float, int, fixed, table");
  }

  private void refuse(String name, Tensor value, String message) {
    Map<String, Tensor> tensors = new LinkedHashMap<>(Safetensors.read(file));
    tensors.put(name, value);
    Path other = folder.resolve("tensors.safetensors");
    Safetensors.write(other, tensors, Safetensors.metadata(file));
    assertThatThrownBy(() -> QuantCheckpoint.read(other, new Residual(1)))
        .isInstanceOf(FileFormatException.class)
        .hasMessage(message);
  }
}
