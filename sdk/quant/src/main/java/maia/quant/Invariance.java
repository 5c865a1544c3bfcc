package maia.quant;

import java.util.Locale;
import maia.numerics.Philox;

/// How far preparing inputs and weights changed their fp32 product, checked for every layer that is
/// quantised.
///
/// @param rows inputs that were tried
/// @param largest the largest difference of an output, over the root mean square of the outputs
public record Invariance(int rows, double largest) {
  private static final int TRIED = 8;

  /// Tries the first inputs, or random ones where none are known.
  static Invariance of(Preparation preparation, float[] x, float[] w, int outputs, int columns) {
    int rows = x.length == 0 ? TRIED : Math.min(TRIED, x.length / columns);
    float[] inputs = new float[rows * columns];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = x.length == 0 ? Philox.normal(17, i) : x[i];
    }
    double[] plain = product(inputs, w, rows, outputs, columns);
    double[] turned =
        product(
            preparation.inputs(inputs, rows, columns),
            preparation.weights(w, outputs, columns),
            rows,
            outputs,
            columns);
    double square = 0;
    double most = 0;
    for (int i = 0; i < plain.length; i++) {
      square += plain[i] * plain[i];
      most = Math.max(most, Math.abs(plain[i] - turned[i]));
    }
    double size = Math.sqrt(square / Math.max(1, plain.length));
    return new Invariance(rows, size == 0 ? 0 : most / size);
  }

  private static double[] product(float[] x, float[] w, int rows, int outputs, int columns) {
    double[] y = new double[rows * outputs];
    for (int r = 0; r < rows; r++) {
      for (int o = 0; o < outputs; o++) {
        double sum = 0;
        for (int j = 0; j < columns; j++) {
          sum += (double) x[r * columns + j] * w[o * columns + j];
        }
        y[r * outputs + o] = sum;
      }
    }
    return y;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "fp32 product changed by at most %.2e", largest);
  }
}
