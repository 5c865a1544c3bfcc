package maia.tensor.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import maia.numerics.DType;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsTest {
  @TempDir Path folder;

  @Test
  void write_layout_isTheReferenceLibrarys() throws IOException {
    Path file = folder.resolve("t.safetensors");
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("b", Tensor.of(1).to(DType.BF16));
    tensors.put("z", Tensor.of(new float[] {1, 2}, 1, 2));
    tensors.put("a", Tensor.scalar(-1));
    tensors.put("i", Tensor.ofLongs(3));
    Safetensors.write(file, tensors, Map.of("who", "a \"b\""));
    byte[] bytes = Files.readAllBytes(file);
    String header =
        "{\"__metadata__\":{\"who\":\"a \\\"b\\\"\"},"
            + "\"i\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[8,12]},"
            + "\"z\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[12,20]},"
            + "\"b\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[20,22]}}";
    int padded = (header.length() + 7) / 8 * 8;

    assertThat(bytes.length).isEqualTo(8 + padded + 22);
    assertThat(new String(bytes, 8, padded, StandardCharsets.UTF_8))
        .isEqualTo(header + " ".repeat(padded - header.length()));
    assertThat(bytes[0]).isEqualTo((byte) padded);
    assertThat(bytes[8 + padded]).isEqualTo((byte) 3);
    assertThat(List.of(bytes[8 + padded + 20], bytes[8 + padded + 21]))
        .containsExactly((byte) 0x80, (byte) 0x3f);
    assertThat(Safetensors.metadata(file)).containsExactly(Map.entry("who", "a \"b\""));
  }

  @ParameterizedTest
  @EnumSource(StoredType.class)
  void read_invertsWrite_everyType(StoredType type) {
    Path file = folder.resolve("t.safetensors");
    Tensor x = Tensor.of(new float[] {1, 0, 1, 1, 0, 1, 1, 1}, 2, 4).to(type.type());
    Safetensors.write(file, Map.of("x", x.t(), "empty", Tensor.zeros(type.type(), 0, 3)));
    Map<String, Tensor> back = Safetensors.read(file);

    assertThat(back.get("x").type()).isEqualTo(type.type());
    assertThat(back.get("x").shape()).containsExactly(4, 2);
    assertThat(back.get("x").toArray()).isEqualTo(x.t().toArray());
    assertThat(back.get("empty").shape()).containsExactly(0, 3);
  }

  @Test
  void write_again_sameBytesAndNothingLeftOver() throws IOException {
    Path file = folder.resolve("t.safetensors");
    Map<String, Tensor> tensors = Map.of("p", Tensor.randn(DType.F32, 1, 5), "q", Tensor.ones(3));
    Safetensors.write(file, tensors);
    byte[] first = Files.readAllBytes(file);
    Safetensors.write(file, new java.util.TreeMap<>(tensors));

    assertThat(Files.readAllBytes(file)).isEqualTo(first);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void read_names_unescaped() {
    Path file = folder.resolve("t.safetensors");
    String name = "tab\t quote\" back\\ snow\u2603 bell\u0007 clef\ud834\udd1e";
    Safetensors.write(file, Map.of(name, Tensor.ones(1)));

    assertThat(Safetensors.read(file)).containsOnlyKeys(name);
  }

  @Test
  void read_file_outlivesIt() throws IOException {
    Path file = folder.resolve("t.safetensors");
    Safetensors.write(file, Map.of("x", Tensor.of(4, 5)));
    Tensor x = Safetensors.read(file).get("x");
    Files.delete(file);

    assertThat(x.toArray()).containsExactly(4, 5);
  }
}
