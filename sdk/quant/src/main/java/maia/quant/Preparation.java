package maia.quant;

import java.util.Arrays;
import java.util.Optional;
import maia.tensor.Tensor;

/// What inputs and weights go through before they are stored, without changing their product.
///
/// @param factors what each input is divided by and each weight column multiplied by
/// @param rotation what both are rotated by afterwards
record Preparation(float[] factors, Optional<Hadamard> rotation) {
  static Preparation none(int columns) {
    float[] ones = new float[columns];
    Arrays.fill(ones, 1);
    return new Preparation(ones, Optional.empty());
  }

  /// This preparation with inputs divided by `more` as well; only before a rotation.
  Preparation scaled(float[] more) {
    float[] product = factors.clone();
    for (int i = 0; i < product.length; i++) {
      product[i] *= more[i];
    }
    return new Preparation(product, rotation);
  }

  Preparation rotated(Hadamard by) {
    return new Preparation(factors, Optional.of(by));
  }

  /// Inputs as they are stored.
  float[] inputs(float[] x, int rows, int columns) {
    float[] y = x.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] /= factors[i % columns];
    }
    return rotation.isPresent() ? rotation.get().rotate(y, rows, columns) : y;
  }

  /// Inputs as they are stored, as operations on tensors; without a rotation.
  Tensor inputs(Tensor x) {
    for (float factor : factors) {
      if (factor != 1) {
        return x.div(ChipForm.moved(Tensor.of(factors), x));
      }
    }
    return x;
  }

  /// Weights as they are stored.
  float[] weights(float[] w, int rows, int columns) {
    float[] y = w.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] *= factors[i % columns];
    }
    return rotation.isPresent() ? rotation.get().rotate(y, rows, columns) : y;
  }

  /// Weights before they were prepared.
  float[] undone(float[] w, int rows, int columns) {
    float[] y = rotation.isPresent() ? rotation.get().rotate(w, rows, columns) : w.clone();
    for (int i = 0; i < y.length; i++) {
      y[i] /= factors[i % columns];
    }
    return y;
  }
}
