package maia.quant;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import maia.base.Check;
import maia.tensor.Tensor;
import maia.tensor.nn.Linear;

/// Makes the stored form of one linear layer from its inputs on calibration data.
///
/// @param weights how weights are stored
/// @param activations how inputs are stored
/// @param observer how the range of static inputs is chosen; empty when scales are found anew for
///   every input
/// @param methods what is done, in order
record LayerBuilder(
    Quantizer weights,
    Optional<Quantizer> activations,
    Optional<Observer.Rule> observer,
    List<Method> methods) {
  /// What a batch of an observer holds of the calibration rows.
  private static final int BATCHES = 16;

  /// Preparations leave products to float rounding; beyond this something is wrong with them.
  private static final double INVARIANCE = 1e-4;

  /// Whether calibration data are needed.
  boolean calibrates() {
    return observer.isPresent()
        || weights.range() instanceof Quantizer.Range.Importance
        || methods.stream()
            .anyMatch(m ->
                m instanceof Method.ByGptq
                    || m instanceof Method.Smooth
                    || m instanceof Method.Awq);
  }

  /// Refuses what is not built for layer `name`: groups have inputs of their own, and statistics of
  /// all of them say little of one.
  void check(String name, Linear layer) {
    if (layer.groups() == 1) {
      return;
    }
    for (Method method : methods) {
      Check.argument(
          !(method instanceof Method.ByGptq || method instanceof Method.Awq),
          "quantise '%s': %s is not built for the %d groups of a convolution; leave the layer out with keep(\"%s\"), or name the layers of the method with only(...)",
          name,
          method.label(),
          layer.groups(),
          name);
    }
    Check.argument(
        !(weights.range() instanceof Quantizer.Range.Importance),
        "quantise '%s': ranges by importance are not built for the %d groups of a convolution; store it in another way with weights(Map.of(\"%s\", ...))",
        name,
        layer.groups(),
        name);
  }

  /// The stored form of `layer`.
  ///
  /// @param x its inputs, row-major; empty when nothing calibrates
  StoredLinear build(Linear layer, float[] x) {
    int rows = Math.toIntExact(layer.weight().size(0));
    int columns = Math.toIntExact(layer.weight().size(1));
    float[] w = layer.weight().detach().toArray();
    checkFinite(w, columns);
    Preparation preparation = preparation(x, w, rows, columns);
    float[] prepared = preparation.weights(w, rows, columns);
    Invariance invariance = Invariance.of(preparation, x, w, rows, columns);
    Check.argument(
        invariance.largest() <= INVARIANCE,
        "quantise: preparing inputs and weights by %s changed the fp32 product by %s of its size; use fewer or weaker preparations",
        label(),
        invariance.largest());
    float[] inputs = x.length == 0 ? x : preparation.inputs(x, x.length / columns, columns);
    Optional<Tensor> bias = layer.hasBias() ? Optional.of(layer.bias().detach()) : Optional.empty();
    return new StoredLinear(
        preparation,
        new StoredLinear.Held(stored(prepared, inputs, rows, columns), bias, layer.groups()),
        activations.map(q -> store(q, inputs, costs(prepared, columns))),
        invariance,
        label());
  }

  private void checkFinite(float[] w, int columns) {
    for (int i = 0; i < w.length; i++) {
      if (!Float.isFinite(w[i])) {
        Check.argument(
            false,
            "quantise by %s: weights must be finite, row %d column %d is %s; train again or clamp them",
            label(),
            i / columns,
            i % columns,
            w[i]);
      }
    }
  }

  private Preparation preparation(float[] x, float[] w, int rows, int columns) {
    Preparation preparation = Preparation.none(columns);
    for (Method method : methods) {
      switch (method) {
        case Method.Nearest _, Method.ByGptq _, Method.ByHqq _ -> {}
        case Method.Only only ->
            throw new IllegalStateException("bug in Quantize: '" + only.label() + "' in a layer");
        case Method.Rotate(int block) ->
            preparation =
                preparation.rotated(block == 0 ? Hadamard.widest(columns) : new Hadamard(block));
        case Method.Smooth(double strength) ->
            preparation = unrotated(preparation).scaled(smoothing(x, w, columns, strength));
        case Method.Awq(int steps) ->
            preparation = unrotated(preparation).scaled(searched(x, w, rows, columns, steps));
      }
    }
    return preparation;
  }

  /// The weights as the last method that rounds stores them.
  private Quantized stored(float[] w, float[] x, int rows, int columns) {
    Method last = Method.NEAREST;
    for (Method method : methods) {
      boolean rounds =
          method instanceof Method.Nearest
              || method instanceof Method.ByGptq
              || method instanceof Method.ByHqq;
      last = rounds ? method : last;
    }
    if (last instanceof Method.ByGptq(var settings)) {
      double[] moments = Gptq.moments(x, x.length / columns, columns);
      return settings.quantize(w, rows, columns, moments, weights).weights();
    }
    if (last instanceof Method.ByHqq(var settings)) {
      return settings.quantize(w, rows, columns, weights);
    }
    return weights.range() instanceof Quantizer.Range.Importance
        ? weights.quantize(w, rows, columns, importance(x, columns))
        : weights.quantize(w, rows, columns);
  }

  /// The mean square of each input.
  private static double[] importance(float[] x, int columns) {
    double[] squares = new double[columns];
    for (int i = 0; i < x.length; i++) {
      squares[i % columns] += (double) x[i] * x[i];
    }
    for (int j = 0; j < columns; j++) {
      squares[j] /= Math.max(1, x.length / columns);
    }
    return squares;
  }

  /// What an error in each input costs: the sum of squares of the weights that read it.
  private static double[] costs(float[] w, int columns) {
    double[] squares = new double[columns];
    for (int i = 0; i < w.length; i++) {
      squares[i % columns] += (double) w[i] * w[i];
    }
    return squares;
  }

  private InputStore store(Quantizer q, float[] x, double[] costs) {
    if (observer.isEmpty()) {
      return InputStore.dynamic(q);
    }
    int rows = x.length / costs.length;
    return InputStore.calibrated(q, observer.get(), x, costs, Math.max(1, rows / BATCHES));
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
