package maia.tensor.optim;

import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import maia.base.Check;
import maia.tensor.Tensor;

/// Adam (Kingma and Ba); weight decay is added to the gradient. See [AdamW] for the decoupled one.
public final class Adam implements Optimizer {
  private final AdamRule rule;

  /// Adam with the published settings and without weight decay.
  public Adam(List<Tensor> parameters, double learningRate) {
    this(groups("adam", parameters, learningRate, 0), AdamSettings.PUBLISHED);
  }

  /// Adam of groups.
  public Adam(List<ParamGroup> groups, AdamSettings settings) {
    this.rule = new AdamRule("adam", groups, settings, AdamRule.Decay.GRADIENT);
  }

  /// AdamW with the published settings: every step first shrinks the parameters by rate times
  /// `weightDecay`.
  public static AdamW decoupled(List<Tensor> parameters, double learningRate, double weightDecay) {
    return new AdamW(parameters, learningRate, weightDecay);
  }

  static List<ParamGroup> groups(
      String name, List<Tensor> parameters, double learningRate, double weightDecay) {
    Check.argument(
        learningRate > 0, "%s: learning rate must be positive, was %s", name, learningRate);
    Check.argument(
        weightDecay >= 0, "%s: weight decay must not be negative, was %s", name, weightDecay);
    return List.of(new ParamGroup(parameters, learningRate, weightDecay));
  }

  @Override
  public List<ParamGroup> groups() {
    return rule.update.groups();
  }

  @Override
  public void step(double learningRate) {
    rule.step(learningRate);
  }

  @Override
  public SequencedMap<String, Tensor> stateDict() {
    return rule.update.state();
  }

  @Override
  public void loadStateDict(Map<String, Tensor> state) {
    rule.update.load(state);
  }

  /// Such as `adam(12 parameters at rate 0.1)`.
  @Override
  public String toString() {
    return rule.update.toString();
  }
}
