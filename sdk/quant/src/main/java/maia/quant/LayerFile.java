package maia.quant;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maia.numerics.DType;
import maia.quant.Quantizer.Scale;
import maia.tensor.Tensor;
import maia.tensor.io.FileFormatException;
import maia.tensor.nn.Linear;

/// One quantised layer in a checkpoint: its tensors and a line of text. What is read is checked
/// before it is used.
final class LayerFile {
  private static final String ACTIVATIONS = " activations ";

  private LayerFile() {}

  static void put(String name, StoredLinear layer, Map<String, Tensor> tensors) {
    Quantized q = layer.stored();
    tensors.put(name + ".codes", CodeFile.pack(q));
    tensors.put(name + ".scales", Tensor.of(q.scales()).to(scaleType(q.quantizer().scale())));
    if (q.zeros().length > 0) {
      float[] zeros = new float[q.zeros().length];
      for (int i = 0; i < zeros.length; i++) {
        zeros[i] = q.zeros()[i];
      }
      tensors.put(name + ".zeros", Tensor.of(zeros).to(DType.U8));
    }
    if (q.zeroPoints().length > 0) {
      tensors.put(name + ".zero_points", Tensor.of(q.zeroPoints()));
    }
    if (q.quantizer().scale() instanceof Scale.TwoLevel) {
      tensors.put(name + ".tensor_scale", Tensor.of(q.tensorScale()));
    }
    float[] factors = layer.preparation().factors();
    for (float factor : factors) {
      if (factor != 1) {
        tensors.put(name + ".factors", Tensor.of(factors));
        break;
      }
    }
    layer.bias().ifPresent(b -> tensors.put(name + ".bias", b));
    layer
        .inputs()
        .flatMap(InputStore::fixed)
        .ifPresent(fixed -> tensors.put(name + ".input_scales", inputScales(fixed)));
  }

  /// Scale, zero, tensor scale, factor and zero point of each group; zero as it is kept.
  private static Tensor inputScales(List<Scaling> fixed) {
    float[] all = new float[5 * fixed.size()];
    for (int i = 0; i < fixed.size(); i++) {
      Scaling s = fixed.get(i);
      all[5 * i] = s.scale();
      all[5 * i + 1] = s.zero();
      all[5 * i + 2] = s.tensorScale();
      all[5 * i + 3] = s.factor();
      all[5 * i + 4] = s.zeroPoint();
    }
    return Tensor.of(all, fixed.size(), 5);
  }

  private static DType scaleType(Scale scale) {
    return switch (scale) {
      case Scale.Symmetric _, Scale.Asymmetric _, Scale.Affine _ -> DType.F32;
      case Scale.Rounded(DType type) -> type == DType.F16 || type == DType.BF16 ? type : DType.F32;
      case Scale.PowerOfTwo _ -> DType.E8M0;
      case Scale.TwoLevel _ -> DType.FP8_E4M3;
    };
  }

  static String config(StoredLinear layer) {
    String weights = QuantizerConfig.print(layer.stored().quantizer());
    String more =
        " rotation=%d outputs=%d inputs=%d method=%s"
            .formatted(
                layer.preparation().rotation().map(Hadamard::block).orElse(0),
                layer.stored().rows(),
                layer.stored().columns(),
                layer.method().replace(' ', '_'));
    return weights
        + more
        + layer.activations().map(q -> ACTIVATIONS + QuantizerConfig.print(q)).orElse("");
  }

  static StoredLinear read(String name, String config, Linear linear, Map<String, Tensor> state) {
    int split = config.indexOf(ACTIVATIONS);
    String own = split < 0 ? config : config.substring(0, split);
    Quantizer quantizer = QuantizerConfig.parse(own);
    Map<String, String> fields = new LinkedHashMap<>();
    for (String field : own.split(" ")) {
      fields.put(field.substring(0, field.indexOf('=')), field.substring(field.indexOf('=') + 1));
    }
    int rows = number(fields, "outputs");
    int columns = number(fields, "inputs");
    FileFormatException.check(
        linear.weight().size(0) == rows && linear.weight().size(1) == columns,
        "quantised checkpoint: layer '%s' is %d x %d in the file and %d x %d in the model",
        name,
        rows,
        columns,
        linear.weight().size(0),
        linear.weight().size(1));
    FileFormatException.check(
        !(quantizer.sharing() instanceof Quantizer.Sharing.Blocks(int high, int wide))
            || high <= rows && wide <= columns,
        "quantised checkpoint: layer '%s' of %d x %d has no blocks of %s",
        name,
        rows,
        columns,
        quantizer.sharing());
    Layout layout = Layout.of(quantizer.sharing(), rows, columns);
    Scaling[] scalings = scalings(name, quantizer, layout, state);
    int[] codes = CodeFile.unpack(name, quantizer, take(state, name + ".codes"), rows * columns);
    Optional<Quantizer> activations =
        split < 0
            ? Optional.empty()
            : Optional.of(QuantizerConfig.parse(config.substring(split + ACTIVATIONS.length())));
    return new StoredLinear(
        preparation(name, fields, columns, state),
        new Quantized(quantizer, layout, codes, scalings),
        bias(name, linear, state),
        activations.map(q -> inputs(name, q, columns, state)),
        new Invariance(0, 0),
        fields.getOrDefault("method", "").replace('_', ' '));
  }

  private static Optional<Tensor> bias(String name, Linear linear, Map<String, Tensor> state) {
    Optional<Tensor> bias = Optional.ofNullable(state.remove(name + ".bias"));
    FileFormatException.check(
        bias.isPresent() == linear.hasBias()
            && bias.stream().allMatch(b -> b.rank() == 1 && b.size(0) == linear.weight().size(0)),
        "quantised checkpoint: layer '%s' has %s in the model, the file has %s",
        name,
        linear.hasBias() ? "a bias of " + linear.weight().size(0) : "no bias",
        bias.map(b -> "one of " + java.util.Arrays.toString(b.shape())).orElse("none"));
    return bias;
  }

  private static int number(Map<String, String> fields, String name) {
    String text = fields.getOrDefault(name, "none");
    FileFormatException.check(
        text.matches("[0-9]{1,9}"),
        "quantised checkpoint: '%s' must be a whole number, was %s",
        name,
        text);
    return Integer.parseInt(text);
  }

  private static Preparation preparation(
      String name, Map<String, String> fields, int columns, Map<String, Tensor> state) {
    Preparation preparation = Preparation.none(columns);
    if (state.containsKey(name + ".factors")) {
      preparation = preparation.scaled(floats(take(state, name + ".factors"), name, columns));
    }
    int block = number(fields, "rotation");
    FileFormatException.check(
        block == 0 || Integer.bitCount(block) == 1 && columns % block == 0,
        "quantised checkpoint: layer '%s' of %d inputs cannot be rotated in blocks of %d",
        name,
        columns,
        block);
    return block == 0 ? preparation : preparation.rotated(new Hadamard(block));
  }

  private static Scaling[] scalings(
      String name, Quantizer quantizer, Layout layout, Map<String, Tensor> state) {
    int groups = layout.groups();
    float[] scales = floats(take(state, name + ".scales"), name, groups);
    Scaling[] all = new Scaling[groups];
    float[] zeros =
        quantizer.scale() instanceof Scale.Asymmetric
            ? floats(take(state, name + ".zeros"), name, groups)
            : new float[0];
    float[] points =
        quantizer.scale() instanceof Scale.Affine
            ? floats(take(state, name + ".zero_points"), name, groups)
            : new float[0];
    float tensorScale =
        quantizer.scale() instanceof Scale.TwoLevel
            ? floats(take(state, name + ".tensor_scale"), name, 1)[0]
            : 1;
    for (int g = 0; g < groups; g++) {
      if (points.length > 0) {
        all[g] = Scaling.affine(scales[g], points[g]);
      } else {
        int zero = zeros.length > 0 ? (int) zeros[g] : -1;
        FileFormatException.check(
            zero < 1 << quantizer.grid().bits(),
            "quantised checkpoint: layer '%s' has the zero point %d in %d bits",
            name,
            zero,
            quantizer.grid().bits());
        all[g] = Scaling.stored(quantizer.scale(), scales[g], zero, tensorScale);
      }
    }
    return all;
  }

  private static InputStore inputs(
      String name, Quantizer q, int columns, Map<String, Tensor> state) {
    if (!state.containsKey(name + ".input_scales")) {
      return InputStore.dynamic(q);
    }
    Tensor stored = take(state, name + ".input_scales");
    FileFormatException.check(
        stored.rank() == 2 && stored.size(1) == 5,
        "quantised checkpoint: '%s.input_scales' must be [groups, 5], was %s",
        name,
        java.util.Arrays.toString(stored.shape()));
    int groups = Layout.of(q.sharing(), 1, columns).groups();
    float[] all = stored.toArray();
    FileFormatException.check(
        all.length == 5 * groups,
        "quantised checkpoint: layer '%s' has %d input scales, its inputs have %d groups",
        name,
        all.length / 5,
        groups);
    for (int i = 0; i < all.length; i++) {
      FileFormatException.check(
          i % 5 == 4 || Float.isFinite(all[i]),
          "quantised checkpoint: layer '%s' holds %s",
          name,
          all[i]);
    }
    List<Scaling> fixed = new ArrayList<>();
    for (int i = 0; i < all.length; i += 5) {
      fixed.add(new Scaling(all[i], (int) all[i + 1], all[i + 2], all[i + 3], all[i + 4]));
    }
    return new InputStore(q, Optional.of(fixed), List.of());
  }

  private static Tensor take(Map<String, Tensor> state, String name) {
    Tensor tensor = state.remove(name);
    FileFormatException.check(tensor != null, "quantised checkpoint: no tensor '%s'", name);
    return java.util.Objects.requireNonNull(tensor);
  }

  private static float[] floats(Tensor tensor, String layer, int count) {
    FileFormatException.check(
        tensor.elements() == count,
        "quantised checkpoint: layer '%s' has a tensor of %d numbers where %d belong",
        layer,
        tensor.elements(),
        count);
    float[] values = tensor.toArray();
    for (float value : values) {
      FileFormatException.check(
          Float.isFinite(value), "quantised checkpoint: layer '%s' holds %s", layer, value);
    }
    return values;
  }
}
