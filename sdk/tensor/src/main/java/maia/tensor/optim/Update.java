package maia.tensor.optim;

import java.util.List;
import maia.tensor.Tensor;

/// Applies an update rule to parameters as fp32 arrays.
final class Update {
  private Update() {}

  /// Changes the parameter values `p` in place, given the gradient `g`.
  @FunctionalInterface
  interface Rule {
    void apply(int index, float[] p, float[] g);
  }

  static List<float[]> zeros(List<Tensor> parameters) {
    return parameters.stream().map(p -> new float[Math.toIntExact(p.elements())]).toList();
  }

  static void each(List<Tensor> parameters, Rule rule) {
    for (int i = 0; i < parameters.size(); i++) {
      Tensor parameter = parameters.get(i);
      if (parameter.hasGrad()) {
        float[] values = parameter.toArray();
        rule.apply(i, values, parameter.grad().toArray());
        Tensor changed = Tensor.of(values, parameter.shape()).to(parameter.device());
        Tensor.noGrad(() -> parameter.assign(changed));
      }
    }
  }
}
