package maia.tensor.optim;

import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import maia.tensor.Tensor;

/// Changes parameters along their gradients. Arithmetic is fp32 per element, rounded to the type of
/// the parameter.
public sealed interface Optimizer permits SGD, Adam, AdamW, RMSprop, Adagrad {
  /// The parameters it changes, with their settings.
  List<ParamGroup> groups();

  /// One update at `learningRate` for the first group; the rates of the others keep their ratio to
  /// it. Parameters without a gradient stay.
  void step(double learningRate);

  /// What it remembers, as tensors by name: copies, so that a later step does not change them. With
  /// the parameters, enough to continue with the same bits.
  SequencedMap<String, Tensor> stateDict();

  /// Continues from `state`, as [#stateDict] gave it for parameters of the same shapes in the same
  /// order. Names or shapes that differ are refused and nothing is changed.
  void loadStateDict(Map<String, Tensor> state);

  /// All parameters, in the order of the groups.
  default List<Tensor> parameters() {
    return groups().stream().flatMap(group -> group.parameters().stream()).toList();
  }

  /// The learning rate of the first group.
  default double learningRate() {
    return groups().getFirst().learningRate();
  }

  /// One update.
  default void step() {
    step(learningRate());
  }

  /// Update number `step`, counted from 0, at the rate that `schedule` gives it.
  default void step(Schedule schedule, long step) {
    step(learningRate() * schedule.factor(step));
  }

  /// Forgets all gradients.
  default void zeroGrad() {
    parameters().forEach(Tensor::zeroGrad);
  }
}
