package maia.quant;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maia.base.Check;

/// How a layer stores its inputs: with scales found anew for every input, or fixed ones.
///
/// @param quantizer the quantizer
/// @param fixed the scales of the column groups; empty when they are found anew
/// @param observations what the fixed scales were calibrated on
record InputStore(
    Quantizer quantizer, Optional<List<Scaling>> fixed, List<Observation> observations) {
  static InputStore dynamic(Quantizer quantizer) {
    return new InputStore(quantizer, Optional.empty(), List.of());
  }

  /// Scales from inputs `x`, shown to observers in batches of rows.
  ///
  /// @param importance what an error in each column costs; its length is the number of columns
  static InputStore calibrated(
      Quantizer quantizer, Observer.Rule rule, float[] x, double[] importance, int batch) {
    int columns = importance.length;
    Check.argument(
        !(quantizer.scale() instanceof Quantizer.Scale.Doubled),
        "calibrate %s: scales that are stored with scales of their own are for weights; use a symmetric scale",
        quantizer.label());
    int rows = x.length / columns;
    int wide = wide(quantizer, columns);
    Layout layout = new Layout(rows, columns, Math.max(1, rows), wide);
    Observer[] observers = new Observer[layout.groups()];
    for (int g = 0; g < observers.length; g++) {
      observers[g] = Observer.of(rule, quantizer.grid());
    }
    for (int first = 0; first < rows; first += batch) {
      int count = Math.min(batch, rows - first);
      Layout part = new Layout(count, columns, count, wide);
      float[] values = Arrays.copyOfRange(x, first * columns, (first + count) * columns);
      for (int g = 0; g < observers.length; g++) {
        float[] seen = part.gather(g, values);
        observers[g].see(seen, weights(part, g, seen.length, importance));
      }
    }
    return new InputStore(
        quantizer,
        Optional.of(Arrays.stream(observers).map(o -> o.scaling(quantizer)).toList()),
        Arrays.stream(observers).map(Observer::observation).toList());
  }

  private static double[] weights(Layout layout, int group, int count, double[] importance) {
    double[] weights = new double[count];
    for (int i = 0; i < count; i++) {
      weights[i] = importance[layout.column(group, i)];
    }
    return weights;
  }

  private static int wide(Quantizer quantizer, int columns) {
    return switch (quantizer.sharing()) {
      case Quantizer.Sharing.Tensor _ -> columns;
      case Quantizer.Sharing.Blocks(int high, int wide) -> {
        Check.argument(
            high == 0,
            "calibrate %s: static scales are shared by all rows; use Sharing.TENSOR, heads or channels",
            quantizer.label());
        yield wide;
      }
      case Quantizer.Sharing.Rows _, Quantizer.Sharing.Groups _ ->
          throw new IllegalArgumentException(
              "calibrate %s: static scales are shared by all rows; use Sharing.TENSOR, heads or channels"
                  .formatted(quantizer.label()));
    };
  }

  /// The values of `x` after storing.
  float[] apply(float[] x, int rows, int columns) {
    if (fixed.isEmpty()) {
      return quantizer.fake(x, rows, columns);
    }
    return stored(x, rows, columns).values();
  }

  /// The codes and scales of `x`.
  Quantized stored(float[] x, int rows, int columns) {
    if (fixed.isEmpty()) {
      return quantizer.quantize(x, rows, columns);
    }
    Rounder.check(x, rows, columns);
    Layout layout = Layout.of(quantizer.sharing(), rows, columns);
    return Rounder.quantize(quantizer, x, layout, fixed.get().toArray(Scaling[]::new));
  }

  /// Such as `fp8_e4m3 per tensor, static by mse`.
  String label() {
    return observations.isEmpty()
        ? quantizer.label()
        : quantizer.label() + ", static by " + observations.getFirst().rule().label();
  }
}
