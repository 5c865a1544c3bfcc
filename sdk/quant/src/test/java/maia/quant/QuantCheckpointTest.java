package maia.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import maia.numerics.BlockFormat;
import maia.numerics.BlockRules;
import maia.numerics.DType;
import maia.numerics.NvOrder;
import maia.numerics.Rounding;
import maia.numerics.ScaleRule;
import maia.quant.Quantizer.Range;
import maia.quant.Quantizer.Scale;
import maia.quant.Quantizer.Sharing;
import maia.tensor.Tensor;
import maia.tensor.io.FileFormatException;
import maia.tensor.io.Gguf;
import maia.tensor.io.GgufWriter;
import maia.tensor.io.Safetensors;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantCheckpointTest {
  private static final List<Quantizer> QUANTIZERS =
      List.of(
          Quantizer.of(new Grid.Ints(4), Sharing.groups(16)).with(Scale.ASYMMETRIC),
          Quantizer.of(new Grid.Ints(3), Sharing.groups(16)).with(Scale.AFFINE),
          Quantizer.of(new Grid.Ints(8), Sharing.ROWS).with(Range.MSE),
          Quantizer.of(new Grid.Ints(6), Sharing.TENSOR).with(new Range.Percentile(0.99)),
          Quantizer.of(new Grid.Floats(DType.FP8_E4M3), Sharing.blocks(16, 16)),
          Quantizer.of(new Grid.Floats(DType.FP8_E5M2), Sharing.ROWS).with(Rounding.TOWARD_ZERO),
          Quantizer.of(Grid.NF4, Sharing.groups(16)),
          Quantizer.of(Grid.NF4, Sharing.groups(16)).with(Scale.DOUBLED),
          Quantizer.of(Grid.NF4, Sharing.groups(8)).with(new Scale.Doubled(new Grid.Ints(8), 256)),
          Quantizer.of(BlockFormat.MXFP4, ScaleRule.EVEN),
          Quantizer.of(BlockFormat.MXFP6_E3M2, ScaleRule.RCEIL),
          Quantizer.of(BlockFormat.MXFP8_E4M3, ScaleRule.MSE),
          Quantizer.of(BlockFormat.MXINT8, ScaleRule.CEIL),
          Quantizer.of(BlockFormat.NVFP4, BlockRules.OCP.with(NvOrder.RECIPROCAL)),
          GgufExport.Q4_0.with(Rounding.stochastic(4)));

  @TempDir Path folder;

  private final Residual model = new Residual(3);
  private final Tensor x = Tensor.randn(DType.F32, 5, 10, 32);

  @Test
  void everyQuantizer_writtenAndRead_givesTheSameBitsAndBytes() throws IOException {
    for (Quantizer q : QUANTIZERS) {
      QuantizedModel stored =
          Quantize.of((Module) model).weights(q).activations(DType.FP8_E4M3).keep("head").apply();
      Path first = folder.resolve("first.safetensors");
      QuantCheckpoint.write(first, stored);
      QuantizedModel read = QuantCheckpoint.read(first, new Residual(99));
      assertThat(read.forward(x).toArray()).as(q.label()).isEqualTo(stored.forward(x).toArray());
      assertThat(read.bitsPerWeight()).isEqualTo(stored.bitsPerWeight());
      assertThat(((StoredLinear) read.layers().get("first")).stored().quantizer()).isEqualTo(q);
      Path second = folder.resolve("second.safetensors");
      QuantCheckpoint.write(second, read);
      assertThat(Files.readAllBytes(second)).as(q.label()).isEqualTo(Files.readAllBytes(first));
    }
  }

  @Test
  void smoothedRotatedAndStaticLayers_roundTrip() throws IOException {
    QuantizedModel stored =
        Quantize.of((Module) model)
            .weights(QUANTIZERS.getFirst())
            .activations(Quantizer.of(new Grid.Ints(8), Sharing.heads(8)), Observer.MSE)
            .calibrate(x)
            .with(Method.SMOOTH)
            .with(Method.ROTATE)
            .with(Gptq.defaults())
            .apply();
    Path file = folder.resolve("prepared.safetensors");
    QuantCheckpoint.write(file, stored);
    QuantizedModel read = QuantCheckpoint.read(file, new Residual(99));
    assertThat(read.forward(x).toArray()).isEqualTo(stored.forward(x).toArray());
    Path again = folder.resolve("again.safetensors");
    QuantCheckpoint.write(again, read);
    assertThat(Files.readAllBytes(again)).isEqualTo(Files.readAllBytes(file));
  }

  @Test
  void config_parsesWhatItPrints() {
    for (Quantizer q : QUANTIZERS) {
      assertThat(QuantizerConfig.parse(QuantizerConfig.print(q))).isEqualTo(q);
    }
    assertThat(QuantizerConfig.print(QUANTIZERS.get(9)))
        .isEqualTo(
            "grid=float:fp4_e2m1 sharing=groups:32 scale=e8m0:EVEN range=minmax rounding=NEAREST_EVEN");
  }

  @Test
  void unknownNames_areRefused() {
    String good = "grid=int:4 sharing=rows scale=symmetric range=minmax rounding=NEAREST_EVEN";
    assertThatThrownBy(() -> QuantizerConfig.parse(good.replace("int:4", "trit:3")))
        .isInstanceOf(FileFormatException.class)
        .hasMessage(
            "quantised checkpoint: unknown grid 'trit'; known are float, int, fixed, table");
    assertThatThrownBy(() -> QuantizerConfig.parse(good.replace("symmetric", "e8m0:SIDEWAYS")))
        .hasMessage(
            "quantised checkpoint: unknown scale rule 'SIDEWAYS'; known are [FLOOR, RCEIL, EVEN, CEIL, MSE]");
    assertThatThrownBy(() -> QuantizerConfig.parse(good.replace("int:4", "int:99")))
        .hasMessageContaining("integers have 2 to 8 bits, was 99");
    assertThatThrownBy(() -> QuantizerConfig.parse("grid=int:4"))
        .hasMessage("quantised checkpoint: the quantiser has no 'sharing', it has [grid]");
    for (String text :
        List.of("", "=", "grid", good.replace("int:4", "int"), good.replace("int:4", "int:x"))) {
      assertThatThrownBy(() -> QuantizerConfig.parse(text)).isInstanceOf(FileFormatException.class);
    }
  }

  @Test
  void damagedFiles_areRefusedByName() {
    QuantizedModel stored =
        Quantize.of((Module) model)
            .weights(Quantizer.of(Grid.NF4, Sharing.groups(16)))
            .keep("head", "second")
            .apply();
    Path file = folder.resolve("nf4.safetensors");
    QuantCheckpoint.write(file, stored);
    Map<String, Tensor> tensors = new LinkedHashMap<>(Safetensors.read(file));
    Map<String, String> config = new TreeMap<>(Safetensors.metadata(file));

    refuse(
        tensors,
        Map.of(),
        "quantised checkpoint: the file holds no quantised model, its header has no 'quant.version'; read plain weights with Safetensors.read");
    refuse(
        tensors,
        Map.of("quant.version", "7"),
        "quantised checkpoint: version 7 is not read, version 1 is");
    Map<String, Tensor> without = new LinkedHashMap<>(tensors);
    without.remove("first.scales");
    refuse(without, config, "quantised checkpoint: no tensor 'first.scales'");
    Map<String, Tensor> infinite = new LinkedHashMap<>(tensors);
    infinite.put("first.scales", tensors.get("first.scales").mul(Float.POSITIVE_INFINITY));
    refuse(infinite, config, "quantised checkpoint: layer 'first' holds Infinity");
    Map<String, Tensor> few = new LinkedHashMap<>(tensors);
    few.put("first.codes", Tensor.zeros(DType.U8, 7));
    refuse(few, config, "quantised checkpoint: 'first.codes' must be 512 codes as u8, was 7 as u8");
    Map<String, String> other = new TreeMap<>(config);
    other.put("quant.layer.tail", other.get("quant.layer.first"));
    refuse(
        tensors,
        other,
        "quantised checkpoint: the model has no linear layer 'tail'; it has [first, second, head]");
    Map<String, String> large = new TreeMap<>(config);
    large.put(
        "quant.layer.first", large.get("quant.layer.first").replace("outputs=32", "outputs=64"));
    refuse(
        tensors,
        large,
        "quantised checkpoint: layer 'first' is 64 x 32 in the file and 32 x 32 in the model");
  }

  @Test
  void oneLayerAlone_roundTrips() {
    Linear alone = new Linear(32, 8, 4);
    QuantizedModel stored = Quantize.of((Module) alone).weights(QUANTIZERS.getFirst()).apply();
    Path file = folder.resolve("alone.safetensors");
    QuantCheckpoint.write(file, stored);
    QuantizedModel read = QuantCheckpoint.read(file, new Linear(32, 8, 9));
    assertThat(read.forward(x).toArray()).isEqualTo(stored.forward(x).toArray());
  }

  private void refuse(Map<String, Tensor> tensors, Map<String, String> config, String message) {
    Path file = folder.resolve("damaged.safetensors");
    Safetensors.write(file, tensors, config);
    assertThatThrownBy(() -> QuantCheckpoint.read(file, new Residual(1)))
        .isInstanceOf(FileFormatException.class)
        .hasMessage(message);
  }

  @Test
  void gguf_holdsTheCodesAsTheyAre() {
    float[] w = Tensor.randn(DType.F32, 8, 6, 64).toArray();
    for (Quantizer q :
        List.of(
            GgufExport.Q8_0,
            GgufExport.Q4_0.with(Range.MSE),
            Quantizer.of(BlockFormat.MXFP4, ScaleRule.RCEIL))) {
      Quantized stored = q.quantize(w, 6, 64);
      Path file = folder.resolve("w.gguf");
      GgufWriter.write(file, Map.of(), List.of(GgufExport.item("w", stored)));
      assertThat(Gguf.open(file).read("w").toArray()).as(q.label()).isEqualTo(stored.values());
    }
    Quantized nf4 = Quantizer.of(Grid.NF4, Sharing.groups(64)).quantize(w, 6, 64);
    assertThatThrownBy(() -> GgufExport.item("w", nf4))
        .hasMessage("gguf: nf4 g64 has no tensor type here; GgufExport.Q8_0, Q4_0 and MXFP4 have");
  }
}
