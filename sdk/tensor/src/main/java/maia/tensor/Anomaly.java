package maia.tensor;

import java.util.List;
import java.util.Optional;
import maia.numerics.DType;

/// Anomaly mode: the operation that made a NaN is named with the user's line.
final class Anomaly {
  private Anomaly() {}

  /// Refuses a result with NaN of inputs without.
  static void checkForward(Op op, List<Tensor> inputs, Tensor result) {
    if (!(op instanceof View) && hasNaN(result) && inputs.stream().noneMatch(Anomaly::hasNaN)) {
      throw TensorException.of(
          "anomaly: '%s' of inputs without NaN gave NaN; inputs are %s",
          op.name(), inputs.stream().map(t -> Layout.text(t.shape())).toList());
    }
  }

  /// Refuses gradients with NaN of a gradient without.
  static void checkBackward(Vertex vertex, Tensor gradient, List<Optional<Tensor>> parts) {
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).isPresent() && hasNaN(parts.get(i).get()) && !hasNaN(gradient)) {
        throw TensorException.because(
            vertex.trace(), "anomaly: the gradient of input %d of %s is NaN", i, vertex);
      }
    }
  }

  private static boolean hasNaN(Tensor x) {
    if (x.isMeta() || !(x.type() instanceof DType type) || !type.isFloat()) {
      return false;
    }
    if (type == DType.F64) {
      for (double v : Host.doubles(x)) {
        if (v != v) {
          return true;
        }
      }
      return false;
    }
    for (float v : Host.floats(x)) {
      if (v != v) {
        return true;
      }
    }
    return false;
  }
}
