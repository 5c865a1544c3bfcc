package maia.runtime.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import maia.numerics.BlockFormat;
import maia.numerics.BlockRules;
import maia.numerics.DType;
import maia.numerics.NvOrder;
import maia.numerics.Rounding;
import maia.numerics.ScaleRule;
import maia.quant.Gptq;
import maia.quant.Grid;
import maia.quant.Method;
import maia.quant.Observer;
import maia.quant.Quantize;
import maia.quant.QuantizedModel;
import maia.quant.Quantizer;
import maia.quant.Quantizer.Range;
import maia.quant.Quantizer.Scale;
import maia.quant.Quantizer.Sharing;
import maia.quant.Scheme;
import maia.runtime.Session;
import maia.tensor.Functional;
import maia.tensor.Tensor;
import maia.tensor.TensorException;
import maia.tensor.Window;
import maia.tensor.nn.Bias;
import maia.tensor.nn.Conv2d;
import maia.tensor.nn.ConvTranspose2d;
import maia.tensor.nn.Embedding;
import maia.tensor.nn.LSTM;
import maia.tensor.nn.Linear;
import maia.tensor.nn.Module;
import maia.testkit.Golden;
import org.junit.jupiter.api.Test;

/// Quantised layers on the chip against the host, every way to store them in every kind of layer:
/// the page `QUANTISED.md` is what was measured. A part of it in every build, all with
/// `-Dconformance.device=true`.
class QuantisedLayersTest {
  private static final Path PAGE = Path.of("QUANTISED.md");
  private static final boolean IS_FULL = Boolean.getBoolean("conformance.device");

  /// What kernels of other orders of addition may differ by, over the largest magnitude.
  private static final double ROUNDING = 0x1p-18;

  /// What a code that falls the other way after such a difference may change, likewise.
  private static final double CODE = 0x1p-4;

  private record Kind(String name, Module model, Tensor x) {}

  private static final class Attending extends Module {
    private final Linear queries = child("q", new Linear(64, 64, 1));
    private final Linear keys = child("k", new Linear(64, 64, 2));
    private final Linear values = child("v", new Linear(64, 64, 3));
    private final Linear output = child("o", new Linear(64, 64, 4));

    private static Tensor heads(Tensor x) {
      return x.reshape(x.size(0), x.size(1), 2, 32).transpose(1, 2);
    }

    @Override
    public Tensor forward(Tensor x) {
      Tensor seen =
          Functional.scaledDotProductAttention(
              heads(queries.forward(x)), heads(keys.forward(x)), heads(values.forward(x)));
      return output.forward(seen.transpose(1, 2).reshape(x.shape()));
    }
  }

  private static final class Head extends Module {
    private final Embedding embedding = child("embedding", new Embedding(11, 64, 5));
    private final Linear head = child("head", new Linear(64, 11, Bias.NONE, 6));

    @Override
    public Tensor forward(Tensor tokens) {
      return head.forward(embedding.forward(tokens));
    }
  }

  private static final class Around extends Module {
    private final Module inner;

    Around(Module inner) {
      this.inner = child("inner", inner);
    }

    @Override
    public Tensor forward(Tensor x) {
      return inner.forward(x);
    }
  }

  private static final List<Kind> KINDS =
      List.of(
          new Kind("linear", new Linear(64, 16, 1), Tensor.randn(DType.F32, 1, 5, 64)),
          new Kind(
              "batched, ragged blocks", new Linear(70, 9, 2), Tensor.randn(DType.F32, 2, 2, 3, 70)),
          new Kind(
              "convolution",
              new Around(new Conv2d(3, 8, 3, Window.of().padding(1), Bias.LEARNED, 3)),
              Tensor.randn(DType.F32, 3, 1, 3, 4, 5)),
          new Kind(
              "grouped convolution",
              new Around(new Conv2d(4, 8, 3, Window.of().groups(2).padding(1), Bias.LEARNED, 5)),
              Tensor.randn(DType.F32, 5, 1, 4, 4, 5)),
          new Kind(
              "transposed convolution",
              new Around(new ConvTranspose2d(3, 8, 3, Window.of().stride(2), 0, Bias.LEARNED, 6)),
              Tensor.randn(DType.F32, 6, 1, 3, 2, 3)),
          new Kind("LSTM", new LSTM(16, 16, 7), Tensor.randn(DType.F32, 7, 2, 3, 16)),
          new Kind(
              "embedding and head",
              new Head(),
              Tensor.of(new float[] {3, 0, 10, 3, 7, 1}, 2, 3).to(DType.I64)),
          new Kind("attention", new Attending(), Tensor.randn(DType.F32, 4, 1, 6, 64)));

  private static Quantizer mx(BlockFormat format, ScaleRule rule) {
    return Quantizer.of(format, rule);
  }

  private static Quantizer ints(int bits, Sharing sharing) {
    return Quantizer.of(new Grid.Ints(bits), sharing);
  }

  private static Quantizer fp8(Sharing sharing) {
    return Quantizer.of(new Grid.Floats(DType.FP8_E4M3), sharing);
  }

  private static final Map<String, Function<Kind, QuantizedModel>> WAYS = ways();

  private static Map<String, Function<Kind, QuantizedModel>> ways() {
    Map<String, Function<Kind, QuantizedModel>> all = new LinkedHashMap<>();
    List<Scheme> schemes =
        new ArrayList<>(
            List.of(
                Scheme.BF16,
                new Scheme.Half(DType.F16),
                Scheme.FP8_E4M3,
                new Scheme.PerTensor(DType.FP8_E5M2)));
    for (BlockFormat format :
        List.of(
            BlockFormat.MXFP8_E4M3,
            BlockFormat.MXFP8_E5M2,
            BlockFormat.MXFP6_E2M3,
            BlockFormat.MXFP6_E3M2,
            BlockFormat.MXFP4,
            BlockFormat.MXINT8,
            BlockFormat.NVFP4)) {
      schemes.add(new Scheme.Block(format, ScaleRule.FLOOR));
    }
    schemes.add(new Scheme.Block(BlockFormat.MXFP4, ScaleRule.MSE));
    schemes.add(new Scheme.Block(BlockFormat.MXINT8, ScaleRule.MSE));
    for (Scheme scheme : schemes) {
      all.put(
          "scheme | " + scheme,
          kind -> Quantize.of(kind.model()).with(scheme).calibrate(kind.x()).apply());
    }
    Quantizer mx4 = mx(BlockFormat.MXFP4, ScaleRule.FLOOR);
    Quantizer nv4 = mx(BlockFormat.NVFP4, ScaleRule.FLOOR);
    for (Quantizer w :
        List.of(
            mx4,
            nv4,
            mx(BlockFormat.MXINT8, ScaleRule.RCEIL),
            fp8(Sharing.ROWS),
            fp8(Sharing.blocks(16, 16)),
            ints(4, Sharing.groups(32)),
            ints(3, Sharing.groups(16)).with(Scale.ASYMMETRIC),
            ints(2, Sharing.ROWS).with(Range.MSE),
            Quantizer.of(Grid.NF4, Sharing.groups(64)),
            Quantizer.of(Grid.NF4, Sharing.groups(64)).with(Scale.DOUBLED))) {
      all.put(w.label() + " | f32", kind -> Quantize.of(kind.model()).weights(w).apply());
    }
    Quantizer token = fp8(Sharing.ROWS);
    both(all, mx4, mx4);
    both(
        all,
        mx(BlockFormat.MXFP8_E4M3, ScaleRule.EVEN),
        mx(BlockFormat.MXFP8_E4M3, ScaleRule.CEIL));
    both(all, mx4, mx(BlockFormat.MXFP8_E4M3, ScaleRule.RCEIL));
    both(all, nv4, nv4);
    both(all, nv4, Quantizer.of(BlockFormat.NVFP4, BlockRules.OCP.with(NvOrder.RECIPROCAL)));
    both(all, mx4, token);
    both(all, token, token);
    both(all, fp8(Sharing.TENSOR), fp8(Sharing.TENSOR));
    both(all, ints(4, Sharing.groups(32)), token);
    both(all, fp8(Sharing.blocks(16, 16)), fp8(Sharing.groups(16)));
    both(all, ints(8, Sharing.ROWS), ints(8, Sharing.ROWS));
    both(all, ints(4, Sharing.groups(32)), ints(4, Sharing.groups(16)));
    both(all, mx4, ints(8, Sharing.ROWS).with(Scale.ASYMMETRIC));
    both(all, mx4, token.with(Range.MSE));
    both(all, mx4, mx4.with(Rounding.stochastic(1)));
    all.put(
        "fp8_e4m3 per tensor | fp8_e4m3 per tensor, static by mse",
        kind ->
            Quantize.of(kind.model())
                .weights(fp8(Sharing.TENSOR))
                .activations(fp8(Sharing.TENSOR), Observer.MSE)
                .calibrate(kind.x())
                .apply());
    for (Method method :
        List.of(new Method.ByGptq(Gptq.defaults()), Method.SMOOTH, Method.AWQ, Method.ROTATE)) {
      all.put(
          mx4.label() + ", " + method.label() + " | " + mx4.label(),
          kind ->
              Quantize.of(kind.model())
                  .weights(mx4)
                  .activations(mx4)
                  .calibrate(kind.x())
                  .with(method)
                  .apply());
    }
    return all;
  }

  private static void both(
      Map<String, Function<Kind, QuantizedModel>> all, Quantizer weights, Quantizer inputs) {
    all.put(
        weights.label() + " | " + inputs.label(),
        kind -> Quantize.of(kind.model()).weights(weights).activations(inputs).apply());
  }

  /// What the chip does with a layer, in the words of the page.
  private static String cell(Function<Kind, QuantizedModel> way, Kind kind) {
    QuantizedModel model;
    try {
      model = way.apply(kind);
    } catch (IllegalArgumentException refused) {
      return "refused: "
          + String.valueOf(refused.getMessage()).replaceAll("^quantise '[^']*': |;.*", "");
    }
    float[] host = Tensor.noGrad(() -> model.forward(kind.x())).toArray();
    float[] chip;
    try {
      chip = Session.maia().run("layer", model::forward, kind.x()).values().toArray();
    } catch (TensorException refused) {
      String why = refused.getMessage().replaceAll("(?s).*for a layer that ([^;]*);.*", "$1");
      boolean isLong = why.equals(refused.getMessage());
      return "refused: "
          + (isLong ? why.replaceAll("(?s)^.*cannot run '[a-z]*': |[;,\\[].*", "") : why);
    }
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < host.length; i++) {
      largest = Math.max(largest, Math.abs(host[i]));
      difference = Math.max(difference, Math.abs((double) host[i] - chip[i]));
    }
    if (difference == 0) {
      return "bits equal";
    }
    if (difference <= ROUNDING * largest) {
      return "within 2^-18";
    }
    return difference <= CODE * largest ? "within 2^-4" : "differs by " + difference / largest;
  }

  @Test
  void quantisedLayers_onTheChip_areWhatThePageSays() throws Exception {
    List<String> lines = new ArrayList<>();
    List<String> before =
        Files.exists(PAGE)
            ? Files.readAllLines(PAGE).stream().filter(l -> l.startsWith("| ")).skip(2).toList()
            : List.of();
    int row = 0;
    for (Map.Entry<String, Function<Kind, QuantizedModel>> way : WAYS.entrySet()) {
      StringBuilder line = new StringBuilder("| " + way.getKey() + " |");
      for (int k = 0; k < KINDS.size(); k++) {
        boolean isTried = IS_FULL || (row + 3 * k) % 16 == 0;
        line.append(
            isTried ? " " + cell(way.getValue(), KINDS.get(k)) + " |" : known(before, row, k));
      }
      lines.add(line.toString());
      row++;
    }
    assertThat(String.join("\n", lines)).doesNotContain("differs by");
    Golden.check(PAGE, page(lines));
  }

  /// What the page says of a cell.
  private static String known(List<String> before, int row, int kind) {
    return row < before.size() ? " " + before.get(row).split("\\|")[kind + 3].strip() + " |" : " |";
  }

  private static String page(List<String> lines) {
    StringBuilder head = new StringBuilder("| Weights | Inputs |");
    StringBuilder rule = new StringBuilder("| --- | --- |");
    for (Kind kind : KINDS) {
      head.append(' ').append(kind.name()).append(" |");
      rule.append(" --- |");
    }
    return """
    # Quantised layers on the chip

    Every way to store a layer in every kind of layer, run on the simulated chip and on the host. The page is what
    `QuantisedLayersTest` measured; a part of it is measured again in every build, all with `-Dconformance.device=true`.

    - bits equal: every bit of the result.
    - within 2^-18: of the largest magnitude of the result; kernels add in another order (products of NVFP4 multiply by the tensor scales last; attention in fp32).
    - within 2^-4: likewise, where such a difference comes before a rounding, so that single codes fall the other way.
    - refused: by name, with a way out. Nothing falls back in silence. What is not built for a kind of layer is refused on the host already.

    In the rows named scheme, weights and inputs are stored alike ([Scheme](../quant/src/main/java/maia/quant/Scheme.java)); in the others each by
    its own quantiser. Blocks against blocks run on the tensor unit as they are. Weights that are no blocks, and inputs that are read back, are
    multiplied in F32 on the vector unit. Embeddings are looked up in F32. Every part of a grouped convolution is a product of its own; transposed
    ones multiply the zeros between their images too; of an LSTM the products are stored, gates and states stay F32.

    %s
    %s
    %s
    """
        .formatted(head, rule, String.join("\n", lines));
  }
}
