package maia.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import maia.models.Decoder;
import maia.models.DecoderConfig;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.quant.Gptq;
import maia.quant.Grid;
import maia.quant.Method;
import maia.quant.Quantize;
import maia.quant.QuantizedModel;
import maia.quant.Quantizer;
import maia.quant.Quantizer.Scale;
import maia.quant.Quantizer.Sharing;
import maia.tensor.Tensor;
import maia.tensor.data.DataLoader;
import maia.tensor.data.Part;
import maia.tensor.data.Stories;
import maia.tensor.io.Safetensors;
import maia.tensor.nn.Module;

/// What quantising the small decoder of stories costs, beside what it may cost: `QuantTable
/// [datasets/stories]`. Each line is the first run in this process and the best of three more; data
/// are generated before.
public final class QuantTable {
  private QuantTable() {}

  /// Prints the table.
  ///
  /// @param args the folder of the weights
  public static void main(String[] args) {
    Path folder = Path.of(args.length > 0 ? args[0] : "datasets/stories");
    Decoder model = new Decoder(DecoderConfig.stories(), 0);
    Map<String, Tensor> state = new LinkedHashMap<>();
    Safetensors.read(folder.resolve("ordinary-1.safetensors"))
        .forEach((name, t) -> state.put(name, t.to(DType.F32)));
    model.loadStateDict(state);
    model.eval();
    Tensor data =
        DataLoader.inOrder(Stories.generate(Stories.SEED, Part.TRAIN, 24), 24)
            .epoch(0)
            .iterator()
            .next()
            .inputs();
    Quantizer mx4 = Quantizer.of(BlockFormat.MXFP4, ScaleRule.FLOOR);
    Quantizer int3 = Quantizer.of(new Grid.Ints(3), Sharing.ROWS);
    Quantizer nf4 = Quantizer.of(Grid.NF4, Sharing.groups(64)).with(Scale.DOUBLED);
    System.out.printf(
        Locale.ROOT, "%-44s %10s %10s %10s%n", "small decoder, seconds", "first", "warm", "bar");
    line("MXFP4 weights", 1, () -> of(model).weights(mx4).apply());
    line(
        "MXFP4 weights, MSE",
        1,
        () -> of(model).weights(Quantizer.of(BlockFormat.MXFP4, ScaleRule.MSE)).apply());
    line(
        "NVFP4 weights and inputs",
        1,
        () -> both(model, Quantizer.of(BlockFormat.NVFP4, ScaleRule.FLOOR)));
    line(
        "INT4 g32 weights",
        1,
        () -> of(model).weights(Quantizer.of(new Grid.Ints(4), Sharing.groups(32))).apply());
    line("NF4 g64 weights, doubled scales", 1, () -> of(model).weights(nf4).apply());
    line(
        "GPTQ INT3 per row",
        10,
        () -> of(model).weights(int3).calibrate(data).with(Gptq.defaults()).apply());
    line(
        "GPTQ MXFP4",
        10,
        () -> of(model).weights(mx4).calibrate(data).with(Gptq.defaults()).apply());
    line(
        "AWQ INT3 per row",
        10,
        () -> of(model).weights(int3).calibrate(data).with(Method.AWQ).apply());
  }

  private static Quantize<QuantizedModel> of(Decoder model) {
    return Quantize.of((Module) model).keep("lm_head");
  }

  private static QuantizedModel both(Decoder model, Quantizer q) {
    return of(model).weights(q).activations(q).apply();
  }

  private static void line(String what, double bar, Supplier<QuantizedModel> way) {
    double first = seconds(way);
    double best = first;
    for (int i = 0; i < 3; i++) {
      best = Math.min(best, seconds(way));
    }
    System.out.printf(Locale.ROOT, "%-44s %10.3f %10.3f %10.0f%n", what, first, best, bar);
  }

  private static double seconds(Supplier<QuantizedModel> way) {
    long start = System.nanoTime();
    QuantizedModel made = way.get();
    if (made.layers().isEmpty()) {
      throw new IllegalStateException("bug in QuantTable: nothing was quantised");
    }
    return (System.nanoTime() - start) * 1e-9;
  }
}
