package maia.tensor.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import maia.numerics.DType;
import maia.tensor.Messages;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardedSafetensorsTest {
  @TempDir Path folder;

  private static SequencedMap<String, Tensor> tensors() {
    SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("a.weight", Tensor.randn(DType.F32, 1, 10, 10));
    tensors.put("a.bias", Tensor.randn(DType.BF16, 2, 10));
    tensors.put("b.weight", Tensor.randn(DType.F32, 3, 5, 4).t());
    tensors.put("count", Tensor.ofLongs(7));
    tensors.put("empty", Tensor.zeros(0, 3));
    return tensors;
  }

  private Path written() {
    return ShardedSafetensors.write(folder, "model", tensors(), 500);
  }

  @Test
  void write_thenReadAndMap_giveTheTensorsBack() {
    Path index = written();

    assertThat(folder.resolve("model-00001-of-00002.safetensors")).exists();
    for (var tensors : List.of(ShardedSafetensors.read(index), ShardedSafetensors.map(index))) {
      assertThat(tensors.keySet()).containsExactlyInAnyOrderElementsOf(tensors().keySet());
      tensors()
          .forEach((name, tensor) -> {
            assertThat(tensors.get(name).type()).isEqualTo(tensor.type());
            assertThat(tensors.get(name).shape()).isEqualTo(tensor.shape());
            assertThat(tensors.get(name).to(DType.F32).toArray())
                .isEqualTo(tensor.to(DType.F32).toArray());
          });
    }
  }

  @Test
  void map_writeToIt_refused() {
    Tensor mapped = ShardedSafetensors.map(written()).get("a.weight");

    Messages.tensorRefusal(() -> mapped.assign(Tensor.zeros(10, 10)))
        .isEqualTo(
            "assign: this tensor lies in a file that is mapped for reading; write to a clone() of"
                + " it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|safetensors: the index has no 'weight_map'",
        "{\"weight_map\": {\"x\": \"../x.safetensors\"}}|safetensors: tensor 'x' is said to be in"
            + " '../x.safetensors'; only names of .safetensors files beside the index are allowed",
        "{\"weight_map\": {\"x\": \"gone.safetensors\"}}|safetensors: the index names the file"
            + " 'gone.safetensors', which is not there",
        "{\"weight_map\": {\"x\": \"model-00001-of-00002.safetensors\"}}|safetensors: the index names"
            + " tensors that 'model-00001-of-00002.safetensors' does not hold: [x]",
        "{\"weight_map\": {\"x\": 1}}|safetensors: the index is not JSON: expected '\"' at character"
            + " 21",
        "{\"weight_map\": {}} x|safetensors: the index has text after its end, at character 19"
      })
  void index_hostile_refused(String json, String message) throws IOException {
    Files.writeString(written(), json);

    assertThatThrownBy(
            () -> ShardedSafetensors.read(folder.resolve("model.safetensors.index.json")))
        .isInstanceOf(FileFormatException.class)
        .hasMessage(message);
  }

  @Test
  void index_nestedWithoutEnd_refused() throws IOException {
    Path index = written();
    Files.writeString(index, "{\"metadata\": " + "[".repeat(100_000));

    assertThatThrownBy(() -> ShardedSafetensors.read(index))
        .hasMessage("safetensors: the index is nested more than 16 deep");
  }

  @Test
  void files_mutatedAnywhere_areReadOrRefusedByTheFormat() throws IOException {
    Path index = written();
    Path shard = folder.resolve("model-00001-of-00002.safetensors");
    SplittableRandom random = new SplittableRandom(4);
    for (Path file : new Path[] {index, shard}) {
      byte[] whole = Files.readAllBytes(file);
      for (int i = 0; i < 300; i++) {
        byte[] changed =
            random.nextInt(8) == 0
                ? Arrays.copyOf(whole, random.nextInt(whole.length))
                : whole.clone();
        for (int n = random.nextInt(4); n >= 0 && changed.length > 0; n--) {
          changed[random.nextInt(Math.min(changed.length, 400))] = (byte) random.nextInt(256);
        }
        Files.write(file, changed);
        assertThatCode(
                () -> {
                  try {
                    ShardedSafetensors.map(index);
                  } catch (FileFormatException refused) {
                    assertThat(refused).hasMessageStartingWith("safetensors: ");
                  }
                })
            .doesNotThrowAnyException();
      }
      Files.write(file, whole);
    }
    assertThat(ShardedSafetensors.read(index)).hasSize(5);
  }

  @Test
  void map_fileOverTwoGigabytes_readsItsEnd() throws IOException {
    // a sparse file: 2^31 + 8 bytes of U8, of which only the last are written
    long elements = (1L << 31) + 8;
    String header =
        "{\"big\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(elements, elements);
    Path file = folder.resolve("big.safetensors");
    try (var out = new RandomAccessFile(file.toFile(), "rw")) {
      out.writeLong(Long.reverseBytes(header.length()));
      out.writeBytes(header);
      out.setLength(8 + header.length() + elements);
      out.seek(8 + header.length() + elements - 1);
      out.write(42);
    }
    Tensor big = Safetensors.map(file).get("big");

    assertThat(big.elements()).isEqualTo(elements);
    assertThat(big.narrow(0, elements - 2, 2).toLongs()).containsExactly(0, 42);
  }

  @Test
  void write_emptyMap_isAnIndexOfNothing() {
    Path index = ShardedSafetensors.write(folder, "none", Map.of(), 10);

    assertThat(ShardedSafetensors.read(index)).isEmpty();
  }
}
