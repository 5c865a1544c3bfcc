package maia.tensor.optim;

import java.util.List;
import maia.base.Check;
import maia.tensor.Tensor;

/// Parameters that share a learning rate and a weight decay.
///
/// @param parameters what is changed
/// @param learningRate the size of a step, positive
/// @param weightDecay how strongly parameters are pulled to 0, at least 0
public record ParamGroup(List<Tensor> parameters, double learningRate, double weightDecay) {
  public ParamGroup {
    parameters = List.copyOf(parameters);
    Check.argument(
        learningRate > 0 && learningRate < Double.POSITIVE_INFINITY,
        "learning rate must be positive, was %s",
        learningRate);
    Check.argument(
        weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY,
        "weight decay must not be negative, was %s",
        weightDecay);
  }

  /// Two groups, as transformers are trained: weights of at least two dimensions decay, biases and
  /// the factors of norms do not.
  public static List<ParamGroup> byRank(
      List<Tensor> parameters, double learningRate, double weightDecay) {
    return List.of(
        new ParamGroup(
            parameters.stream().filter(p -> p.rank() >= 2).toList(), learningRate, weightDecay),
        new ParamGroup(parameters.stream().filter(p -> p.rank() < 2).toList(), learningRate, 0));
  }
}
