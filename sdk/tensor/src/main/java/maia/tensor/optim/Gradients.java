package maia.tensor.optim;

import java.util.List;
import maia.base.Check;
import maia.tensor.Tensor;

/// Limits on the gradients of parameters, between [Tensor#backward] and a step. Parameters without
/// a gradient are passed over.
public final class Gradients {
  private static final float TINY = 1e-6f;

  private Gradients() {}

  /// The Euclidean norm of all gradients together, summed in fp64 in the order of the parameters.
  public static double norm(List<Tensor> parameters) {
    double squares = 0;
    for (Tensor p : parameters) {
      if (p.hasGrad()) {
        for (float g : p.grad().toArray()) {
          squares += (double) g * g;
        }
      }
    }
    return Math.sqrt(squares);
  }

  /// Scales all gradients down together so that their norm is at most `most`, and returns the norm
  /// they had. A norm that is not finite makes them NaN, as in PyTorch; check the result.
  public static double clipNorm(List<Tensor> parameters, double most) {
    Check.argument(most > 0, "clip: the largest norm must be positive, was %s", most);
    double norm = norm(parameters);
    double factor = most / (norm + TINY);
    if (!(factor >= 1)) {
      for (Tensor p : parameters) {
        if (p.hasGrad()) {
          p.setGrad(Tensor.noGrad(() -> p.grad().mul(factor)));
        }
      }
    }
    return norm;
  }

  /// Limits each element of each gradient to -`most` to `most`.
  public static void clipValue(List<Tensor> parameters, double most) {
    Check.argument(most > 0, "clip: the largest value must be positive, was %s", most);
    for (Tensor p : parameters) {
      if (p.hasGrad()) {
        p.setGrad(Tensor.noGrad(() -> p.grad().clamp(-most, most)));
      }
    }
  }
}
