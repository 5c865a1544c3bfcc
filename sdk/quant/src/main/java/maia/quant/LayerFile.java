package maia.quant;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maia.base.Check;
import maia.numerics.DType;
import maia.quant.Quantizer.Scale;
import maia.tensor.Tensor;
import maia.tensor.io.FileFormatException;

/// One quantised layer in a checkpoint: its tensors and a line of text. Types and sizes are checked
/// by [LayerPlan] before anything is read, values before they are used.
final class LayerFile {
  private LayerFile() {}

  static void put(String name, StoredLinear layer, Map<String, Tensor> tensors) {
    Quantized q = layer.stored();
    tensors.put(name + ".codes", CodeFile.pack(q));
    float[] scales = q.second().map(d -> coded(d, q.quantizer())).orElse(q.scales());
    tensors.put(name + ".scales", Tensor.of(scales).to(LayerPlan.scaleType(q.quantizer().scale())));
    q.second()
        .ifPresent(d -> {
          tensors.put(name + ".scale_scales", Tensor.of(d.scales()));
          tensors.put(name + ".scale_offset", Tensor.of(d.offset()));
        });
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

  /// The numbers that the codes of scales stand for.
  private static float[] coded(DoubleScales second, Quantizer q) {
    Grid grid = ((Scale.Doubled) q.scale()).grid();
    float[] values = new float[second.codes().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = grid.value(second.codes()[i]);
    }
    return values;
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
        + layer.activations().map(q -> LayerPlan.ACTIVATIONS + QuantizerConfig.print(q)).orElse("");
  }

  /// The layer that `plan` describes, from the tensors of `state`, which it takes out.
  static StoredLinear read(LayerPlan plan, Map<String, Tensor> state) {
    Layout layout = plan.layout();
    Rounder.Groups groups = groups(plan, state);
    int[] codes =
        CodeFile.unpack(
            plan.name(),
            plan.quantizer(),
            take(plan, state, "codes"),
            layout.rows() * layout.columns());
    return new StoredLinear(
        preparation(plan, state),
        new StoredLinear.Held(
            new Quantized(plan.quantizer(), layout, codes, groups),
            plan.has("bias") ? Optional.of(take(plan, state, "bias")) : Optional.empty(),
            plan.groups()),
        plan.activations().map(q -> inputs(plan, q, state)),
        new Invariance(0, 0),
        plan.method());
  }

  private static Preparation preparation(LayerPlan plan, Map<String, Tensor> state) {
    Preparation preparation = Preparation.none(plan.layout().columns());
    if (plan.has("factors")) {
      float[] factors = floats(plan, state, "factors");
      for (float factor : factors) {
        FileFormatException.check(
            factor != 0, "quantised checkpoint: layer '%s' divides by the factor 0", plan.name());
      }
      preparation = preparation.scaled(factors);
    }
    return plan.rotation() == 0 ? preparation : preparation.rotated(new Hadamard(plan.rotation()));
  }

  private static Rounder.Groups groups(LayerPlan plan, Map<String, Tensor> state) {
    float[] scales = floats(plan, state, "scales");
    if (plan.quantizer().scale() instanceof Scale.Doubled kind) {
      return Rounder.doubled(second(plan, scales, kind, state), kind);
    }
    float[] zeros = plan.has("zeros") ? floats(plan, state, "zeros") : new float[0];
    float[] points = plan.has("zero_points") ? floats(plan, state, "zero_points") : new float[0];
    float tensorScale = plan.has("tensor_scale") ? floats(plan, state, "tensor_scale")[0] : 1;
    Scaling[] all = new Scaling[scales.length];
    for (int g = 0; g < all.length; g++) {
      if (points.length > 0) {
        all[g] = Scaling.affine(scales[g], points[g]);
      } else {
        int zero = zeros.length > 0 ? (int) zeros[g] : -1;
        int bits = plan.quantizer().grid().bits();
        FileFormatException.check(
            zero < 1 << bits,
            "quantised checkpoint: layer '%s' has the zero point %d in %d bits",
            plan.name(),
            zero,
            bits);
        all[g] = Scaling.stored(plan.quantizer().scale(), scales[g], zero, tensorScale);
      }
    }
    return new Rounder.Groups(all, Optional.empty());
  }

  /// Codes of scales are stored as the numbers they stand for.
  private static DoubleScales second(
      LayerPlan plan, float[] stored, Scale.Doubled kind, Map<String, Tensor> state) {
    int[] codes = new int[stored.length];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = kind.grid().code(stored[i]);
      FileFormatException.check(
          kind.grid().value(codes[i]) == stored[i],
          "quantised checkpoint: layer '%s' has the scale code %s, which %s has not",
          plan.name(),
          stored[i],
          kind.grid().label());
    }
    return new DoubleScales(
        codes, floats(plan, state, "scale_scales"), floats(plan, state, "scale_offset")[0]);
  }

  private static InputStore inputs(LayerPlan plan, Quantizer q, Map<String, Tensor> state) {
    if (!plan.has("input_scales")) {
      return InputStore.dynamic(q);
    }
    float[] all = take(plan, state, "input_scales").toArray();
    for (int i = 0; i < all.length; i++) {
      FileFormatException.check(
          i % 5 == 4 || Float.isFinite(all[i]),
          "quantised checkpoint: layer '%s' holds %s",
          plan.name(),
          all[i]);
    }
    List<Scaling> fixed = new ArrayList<>();
    for (int i = 0; i < all.length; i += 5) {
      fixed.add(new Scaling(all[i], (int) all[i + 1], all[i + 2], all[i + 3], all[i + 4]));
    }
    return new InputStore(q, Optional.of(fixed), List.of());
  }

  private static Tensor take(LayerPlan plan, Map<String, Tensor> state, String part) {
    String name = plan.name() + "." + part;
    return Check.present(state.remove(name), "LayerFile", name);
  }

  private static float[] floats(LayerPlan plan, Map<String, Tensor> state, String part) {
    float[] values = take(plan, state, part).toArray();
    for (float value : values) {
      FileFormatException.check(
          Float.isFinite(value), "quantised checkpoint: layer '%s' holds %s", plan.name(), value);
    }
    return values;
  }
}
