package maia.tensor.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufWriterTest {
  @TempDir Path folder;

  private final Tensor x = Tensor.randn(DType.F32, 4, 3, 64);

  private static Map<String, GgufValue> metadata() {
    Map<String, GgufValue> all = new LinkedHashMap<>();
    all.put("general.architecture", new GgufValue.Text("llama"));
    all.put("llama.block_count", new GgufValue.Whole(3));
    all.put("negative", new GgufValue.Whole(-5));
    all.put("large", new GgufValue.Whole(1L << 40));
    all.put("epsilon", new GgufValue.Real(1e-5f));
    all.put("fine", new GgufValue.Real(0.1));
    all.put("flag", new GgufValue.Truth(true));
    all.put(
        "tokens",
        new GgufValue.Several(List.of(new GgufValue.Text("a"), new GgufValue.Text("bc"))));
    all.put("ids", new GgufValue.Several(List.of(new GgufValue.Whole(-1), new GgufValue.Whole(7))));
    return all;
  }

  @Test
  void writtenFile_readAndWrittenAgain_isTheSameBytes() throws IOException {
    List<GgufWriter.Item> items =
        List.of(
                GgufType.F32,
                GgufType.F16,
                GgufType.BF16,
                GgufType.Q8_0,
                GgufType.Q4_0,
                GgufType.MXFP4)
            .stream()
            .map(type -> GgufWriter.Item.of("w." + type, type, x))
            .toList();
    Path first = folder.resolve("first.gguf");
    GgufWriter.write(first, metadata(), items);
    Gguf read = Gguf.open(first);
    assertThat(read.metadata()).isEqualTo(metadata());
    Path second = folder.resolve("second.gguf");
    GgufWriter.write(
        second, read.metadata(), read.tensors().keySet().stream().map(read::item).toList());
    assertThat(Files.readAllBytes(second)).isEqualTo(Files.readAllBytes(first));
    assertThat(read.read("w.F32").toArray()).isEqualTo(x.toArray());
  }

  @Test
  void q8_0_followsTheReferenceOrder() {
    Path file = folder.resolve("q8.gguf");
    GgufWriter.write(file, Map.of(), List.of(GgufWriter.Item.of("w", GgufType.Q8_0, x)));
    float[] in = x.toArray();
    float[] out = Gguf.open(file).read("w").toArray();
    for (int block = 0; block < in.length; block += 32) {
      float most = 0;
      for (int i = block; i < block + 32; i++) {
        most = Math.max(most, Math.abs(in[i]));
      }
      float d = most / 127f;
      float stored = Float.float16ToFloat(Float.floatToFloat16(d));
      for (int i = block; i < block + 32; i++) {
        long q = Math.round(Math.abs((double) (in[i] * (1f / d))));
        assertThat(out[i]).isEqualTo(stored * (in[i] < 0 ? -q : q));
      }
    }
  }

  @Test
  void q4_0_largestValueBecomesTheCodeZero() {
    float[] in = new float[32];
    in[3] = -4;
    in[20] = 3;
    GgufWriter.Item item = GgufWriter.Item.of("w", GgufType.Q4_0, Tensor.of(in, 1, 32));
    assertThat(item.bytes()[2 + 3] & 15).isZero();
    assertThat(item.bytes()[2 + 4] >> 4 & 15).isEqualTo(14);
    Path file = folder.resolve("q4.gguf");
    GgufWriter.write(file, Map.of(), List.of(item));
    float[] out = Gguf.open(file).read("w").toArray();
    assertThat(out[3]).isEqualTo(-4);
    assertThat(out[20]).isEqualTo(3);
    assertThat(out[0]).isZero();
  }

  @Test
  void mxfp4_isTheBlockCodecs() {
    Path file = folder.resolve("mx.gguf");
    GgufWriter.write(file, Map.of(), List.of(GgufWriter.Item.of("w", GgufType.MXFP4, x)));
    assertThat(Gguf.open(file).read("w").toArray())
        .isEqualTo(x.quantize(BlockFormat.MXFP4, ScaleRule.FLOOR).dequantize().toArray());
  }

  @Test
  void whatCannotBeWritten_isRefusedByName() {
    assertThatThrownBy(() -> GgufWriter.Item.of("w", GgufType.Q4_K, Tensor.zeros(1, 256)))
        .isInstanceOf(FileFormatException.class)
        .hasMessage(
            "gguf: tensor 'w': Q4_K is read but not written; F32, F16, BF16, Q8_0, Q4_0 and MXFP4 are");
    assertThatThrownBy(() -> GgufWriter.Item.of("w", GgufType.Q8_0, Tensor.zeros(2, 40)))
        .hasMessage("gguf: tensor 'w': rows of 40 elements do not divide into Q8_0 blocks of 32");
    GgufWriter.Item item = GgufWriter.Item.of("w", GgufType.F32, x);
    assertThatThrownBy(
            () -> GgufWriter.write(folder.resolve("twice.gguf"), Map.of(), List.of(item, item)))
        .hasMessage("gguf: tensor 'w' appears twice");
    assertThat(folder.resolve("twice.gguf")).doesNotExist();
  }
}
