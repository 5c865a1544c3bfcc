package maia.quant;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import maia.base.Check;
import maia.tensor.nn.Linear;

/// Makes the stored form of one linear layer from its inputs on calibration data.
///
/// @param weights how weights are stored
/// @param activations how inputs are stored
/// @param methods what is done, in order
record LayerBuilder(Quantizer weights, Optional<Quantizer> activations, List<Method> methods) {
  /// Whether calibration data are needed.
  boolean calibrates() {
    return methods.stream()
        .anyMatch(m ->
            m instanceof Method.ByGptq || m instanceof Method.Smooth || m instanceof Method.Awq);
  }

  /// The stored form of `layer`.
  ///
  /// @param x its inputs, row-major; empty when nothing calibrates
  StoredLinear build(Linear layer, float[] x) {
    int rows = Math.toIntExact(layer.weight().size(0));
    int columns = Math.toIntExact(layer.weight().size(1));
    float[] w = layer.weight().detach().toArray();
    Preparation preparation = Preparation.none(columns);
    Optional<Gptq> gptq = Optional.empty();
    for (Method method : methods) {
      switch (method) {
        case Method.Nearest _ -> gptq = Optional.empty();
        case Method.ByGptq(var settings) -> gptq = Optional.of(settings);
        case Method.Rotate _ -> preparation = preparation.rotated(Hadamard.widest(columns));
        case Method.Smooth(double strength) ->
            preparation = unrotated(preparation).scaled(smoothing(x, w, columns, strength));
        case Method.Awq(int steps) ->
            preparation = unrotated(preparation).scaled(searched(x, w, rows, columns, steps));
      }
    }
    float[] prepared = preparation.weights(w, rows, columns);
    Quantized stored;
    if (gptq.isPresent()) {
      int samples = x.length / columns;
      double[] moments = Gptq.moments(preparation.inputs(x, samples, columns), samples, columns);
      stored = gptq.get().quantize(prepared, rows, columns, moments, weights).weights();
    } else {
      stored = weights.quantize(prepared, rows, columns);
    }
    return new StoredLinear(preparation, stored, layer.bias().detach(), activations, label());
  }

  private static Preparation unrotated(Preparation preparation) {
    Check.argument(
        preparation.rotation().isEmpty(),
        "quantise: inputs are smoothed before they are rotated; name the rotation last");
    return preparation;
  }

  /// The names of the methods.
  String label() {
    return methods.isEmpty()
        ? Method.NEAREST.label()
        : methods.stream().map(Method::label).collect(Collectors.joining(", "));
  }

  /// `max|x_j|^strength / max|w_j|^(1 - strength)`, 1 where either is zero. Computed in binary64 by
  /// [StrictMath], which is the same everywhere.
  private static float[] smoothing(float[] x, float[] w, int columns, double strength) {
    float[] inputs = largest(x, columns);
    float[] weights = largest(w, columns);
    float[] factors = new float[columns];
    for (int j = 0; j < columns; j++) {
      boolean isDead = inputs[j] == 0 || weights[j] == 0;
      double factor =
          StrictMath.pow(inputs[j], strength) / StrictMath.pow(weights[j], 1 - strength);
      factors[j] = isDead ? 1 : (float) factor;
    }
    return factors;
  }

  private static float[] largest(float[] x, int columns) {
    float[] most = new float[columns];
    for (int i = 0; i < x.length; i++) {
      most[i % columns] = Math.max(most[i % columns], Math.abs(x[i]));
    }
    return most;
  }

  /// The power of the mean input magnitudes whose stored weights change the outputs least.
  private float[] searched(float[] x, float[] w, int rows, int columns, int steps) {
    double[] mean = new double[columns];
    for (int i = 0; i < x.length; i++) {
      mean[i % columns] += Math.abs(x[i]);
    }
    int samples = x.length / columns;
    double[] moments = Gptq.moments(x, samples, columns);
    float[] best = Preparation.none(columns).factors();
    double least = Double.POSITIVE_INFINITY;
    for (int step = 0; step <= steps; step++) {
      float[] factors = powers(mean, (double) step / steps);
      Preparation tried = new Preparation(factors, Optional.empty());
      float[] back = weights.fake(tried.weights(w, rows, columns), rows, columns);
      for (int i = 0; i < back.length; i++) {
        back[i] /= factors[i % columns];
      }
      double error = Gptq.error(w, back, rows, columns, moments);
      if (error < least) {
        least = error;
        best = factors;
      }
    }
    return best;
  }

  /// `mean^strength`, scaled so that the geometric mean of the largest and the smallest is 1.
  private static float[] powers(double[] mean, double strength) {
    double low = Double.POSITIVE_INFINITY;
    double high = 0;
    for (double m : mean) {
      if (m > 0) {
        low = Math.min(low, StrictMath.pow(m, strength));
        high = Math.max(high, StrictMath.pow(m, strength));
      }
    }
    double middle = high > 0 ? Math.sqrt(low * high) : 1;
    float[] factors = new float[mean.length];
    for (int j = 0; j < mean.length; j++) {
      factors[j] = mean[j] > 0 ? (float) (StrictMath.pow(mean[j], strength) / middle) : 1;
    }
    return factors;
  }
}
