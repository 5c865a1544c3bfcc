package maia.quant;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.quant.Quantizer.Scale;
import maia.tensor.Tensor;
import maia.tensor.io.FileFormatException;
import maia.tensor.nn.Linear;

/// What the header of a checkpoint says about one quantised layer, checked against the layer and
/// against the types and sizes of the file's tensors before any value is read.
///
/// @param name the layer's dotted name
/// @param quantizer how its weights are stored
/// @param activations how its inputs are stored
/// @param layout groups of weights that share a scale
/// @param groups parts of the outputs that have inputs of their own
/// @param rotation the block of its rotation, or 0
/// @param method the names of the methods that made it
/// @param tensors the tensors it takes from the file, by their full names
record LayerPlan(
    String name,
    Quantizer quantizer,
    Optional<Quantizer> activations,
    Layout layout,
    int groups,
    int rotation,
    String method,
    SequencedMap<String, Place> tensors) {
  private static final int INPUT_SCALE_NUMBERS = 5;

  /// What a tensor of the file must be.
  ///
  /// @param type its type
  /// @param elements its elements
  /// @param what what they are, in messages
  record Place(ElementType type, long elements, String what) {}

  /// The text after which a line of config describes inputs.
  static final String ACTIVATIONS = " activations ";

  static LayerPlan of(String name, String config, Linear linear, Map<String, Tensor> file) {
    int split = config.indexOf(ACTIVATIONS);
    String own = split < 0 ? config : config.substring(0, split);
    Quantizer quantizer = QuantizerConfig.parse(own);
    Optional<Quantizer> activations =
        split < 0
            ? Optional.empty()
            : Optional.of(QuantizerConfig.parse(config.substring(split + ACTIVATIONS.length())));
    Map<String, String> fields = QuantizerConfig.fields(own);
    int rows = number(fields, "outputs");
    int columns = number(fields, "inputs");
    sizes(name, linear, rows, columns, quantizer);
    LayerPlan plan =
        new LayerPlan(
            name,
            quantizer,
            activations,
            Layout.of(quantizer.sharing(), rows, columns),
            linear.groups(),
            rotation(name, fields, columns),
            fields.getOrDefault("method", "").replace('_', ' '),
            new LinkedHashMap<>());
    plan.collect(linear, file);
    plan.check(file);
    return plan;
  }

  private static void sizes(
      String name, Linear linear, int rows, int columns, Quantizer quantizer) {
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
  }

  private static int rotation(String name, Map<String, String> fields, int columns) {
    int block = number(fields, "rotation");
    FileFormatException.check(
        block == 0 || Integer.bitCount(block) == 1 && columns % block == 0,
        "quantised checkpoint: layer '%s' of %d inputs cannot be rotated in blocks of %d",
        name,
        columns,
        block);
    return block;
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

  /// Whether the layer has this tensor.
  boolean has(String part) {
    return tensors.containsKey(name + "." + part);
  }

  private void put(String part, ElementType type, long elements, String what) {
    tensors.put(name + "." + part, new Place(type, elements, what));
  }

  private void collect(Linear linear, Map<String, Tensor> file) {
    int scales = layout.groups();
    put("codes", CodeFile.type(quantizer), CodeFile.elements(quantizer, layout), "codes");
    put("scales", scaleType(quantizer.scale()), scales, "scales");
    switch (quantizer.scale()) {
      case Scale.Asymmetric _ -> put("zeros", DType.U8, scales, "zero points");
      case Scale.Affine _ -> put("zero_points", DType.F32, scales, "zero points");
      case Scale.TwoLevel _ -> put("tensor_scale", DType.F32, 1, "scales of the tensor");
      case Scale.Doubled(_, int group) -> {
        put("scale_scales", DType.F32, Math.ceilDiv(scales, group), "scales of scales");
        put("scale_offset", DType.F32, 1, "means of scales");
      }
      case Scale.Symmetric _, Scale.Rounded _, Scale.PowerOfTwo _ -> {}
    }
    if (file.containsKey(name + ".factors")) {
      put("factors", DType.F32, layout.columns(), "smoothing factors");
    }
    if (file.containsKey(name + ".input_scales")) {
      FileFormatException.check(
          activations.isPresent(),
          "quantised checkpoint: layer '%s' has input scales and no way to store inputs",
          name);
      put("input_scales", DType.F32, (long) INPUT_SCALE_NUMBERS * inputGroups(), "input scales");
    }
    bias(linear, Optional.ofNullable(file.get(name + ".bias")));
  }

  /// The groups of the inputs' columns.
  private int inputGroups() {
    return activations.map(q -> Layout.of(q.sharing(), 1, layout.columns()).groups()).orElse(0);
  }

  private void bias(Linear linear, Optional<Tensor> bias) {
    FileFormatException.check(
        bias.isPresent() == linear.hasBias()
            && bias.stream().allMatch(b -> b.rank() == 1 && b.size(0) == layout.rows()),
        "quantised checkpoint: layer '%s' has %s in the model, the file has %s",
        name,
        linear.hasBias() ? "a bias of " + layout.rows() : "no bias",
        bias.map(b -> "one of " + Arrays.toString(b.shape())).orElse("none"));
    bias.ifPresent(b -> put("bias", b.type(), layout.rows(), "biases"));
  }

  private void check(Map<String, Tensor> file) {
    tensors.forEach((full, place) -> {
      FileFormatException.check(
          file.containsKey(full), "quantised checkpoint: no tensor '%s'", full);
      Tensor tensor = maia.base.Check.present(file.get(full), "LayerPlan", full);
      FileFormatException.check(
          tensor.type().equals(place.type()) && tensor.elements() == place.elements(),
          "quantised checkpoint: '%s' must be %d %s as %s, was %d as %s",
          full,
          place.elements(),
          place.what(),
          place.type().label(),
          tensor.elements(),
          tensor.type().label());
    });
    if (has("input_scales")) {
      long[] shape =
          maia.base.Check.present(file.get(name + ".input_scales"), "LayerPlan", name).shape();
      FileFormatException.check(
          shape.length == 2 && shape[1] == INPUT_SCALE_NUMBERS,
          "quantised checkpoint: '%s.input_scales' must be [groups, %d], was %s",
          name,
          INPUT_SCALE_NUMBERS,
          Arrays.toString(shape));
    }
  }

  /// The type in which scales are stored.
  static DType scaleType(Scale scale) {
    return switch (scale) {
      case Scale.Symmetric _, Scale.Asymmetric _, Scale.Affine _ -> DType.F32;
      case Scale.Rounded(DType type) -> type == DType.F16 || type == DType.BF16 ? type : DType.F32;
      case Scale.PowerOfTwo _ -> DType.E8M0;
      case Scale.TwoLevel _ -> DType.FP8_E4M3;
      case Scale.Doubled(Grid.Floats(DType type), _) -> type;
      case Scale.Doubled _ -> DType.I8;
    };
  }
}
