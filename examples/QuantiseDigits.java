import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import maia.models.Mlp;
import maia.numerics.BlockFormat;
import maia.numerics.ScaleRule;
import maia.quant.Grid;
import maia.quant.Method;
import maia.quant.Outcome;
import maia.quant.Quantize;
import maia.quant.Quantizer;
import maia.quant.Quantizer.Scale;
import maia.quant.Quantizer.Sharing;
import maia.tensor.Tensor;
import maia.tensor.data.Batch;
import maia.tensor.data.DataLoader;
import maia.tensor.data.Digits;
import maia.tensor.io.Safetensors;
import maia.tensor.nn.Sequential;

/// Stores the weights of the digits network in fewer and fewer bits, by several methods, and shows
/// what that does to its predictions. Differences of the loss are paired.
public class QuantiseDigits {
  public static void main(String[] args) {
    Path file = Path.of(args.length > 0 ? args[0] : "datasets/digits/mlp.safetensors");
    Sequential model = Mlp.digits(0);
    model.loadStateDict(Safetensors.read(file));
    Batch test = batch(Digits.Split.TEST, 2_000);
    Tensor calibration = batch(Digits.Split.TRAIN, 512).inputs();
    Tensor original = logits(model, test.inputs());

    System.out.printf("%-38s %8s  %s%n", "weights, method", "accuracy", "loss over fp32");
    for (Map.Entry<String, Quantizer> entry : quantizers().entrySet()) {
      for (Method method : new Method[] {Method.NEAREST, Method.AWQ, Method.GPTQ}) {
        Sequential stored =
            Quantize.of(model)
                .weights(entry.getValue())
                .calibrate(calibration)
                .with(method)
                .apply();
        Outcome outcome = Outcome.of(original, logits(stored, test.inputs()), test.targets());
        System.out.printf(
            "%-38s %6.2f %%  %+.4f +- %.4f nats%n",
            entry.getKey() + ", " + method.label(),
            100 * outcome.accuracy(),
            outcome.difference(),
            outcome.standardError());
      }
    }
  }

  static Map<String, Quantizer> quantizers() {
    Map<String, Quantizer> all = new LinkedHashMap<>();
    all.put("int8 per row", Quantizer.of(new Grid.Ints(8), Sharing.ROWS));
    all.put("int4 per row", Quantizer.of(new Grid.Ints(4), Sharing.ROWS));
    all.put("int3 per row", Quantizer.of(new Grid.Ints(3), Sharing.ROWS));
    Quantizer groups = Quantizer.of(new Grid.Ints(3), Sharing.groups(32));
    all.put("int3 groups of 32", groups.with(Scale.ASYMMETRIC));
    all.put("nf4 groups of 64", Quantizer.of(Grid.NF4, Sharing.groups(64)));
    all.put("mxfp4", Quantizer.of(BlockFormat.MXFP4, ScaleRule.EVEN));
    all.put("nvfp4", Quantizer.of(BlockFormat.NVFP4, ScaleRule.FLOOR));
    return all;
  }

  static Batch batch(Digits.Split split, int images) {
    var data = Digits.generate(Digits.SEED, split, images);
    return DataLoader.inOrder(data, images).epoch(0).iterator().next();
  }

  static Tensor logits(Sequential model, Tensor inputs) {
    return Tensor.noGrad(() -> model.forward(inputs));
  }
}
