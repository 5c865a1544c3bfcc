package maia.tensor.optim;

import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import maia.tensor.Tensor;

/// Adam with decoupled weight decay (Loshchilov and Hutter): every step first shrinks the
/// parameters by rate times decay.
public final class AdamW implements Optimizer {
  private final AdamRule rule;

  /// One group, with the published settings and a weight decay of 0.01.
  public AdamW(List<Tensor> parameters, double learningRate) {
    this(parameters, learningRate, 0.01);
  }

  /// One group, with the published settings.
  public AdamW(List<Tensor> parameters, double learningRate, double weightDecay) {
    this(Adam.groups("adam", parameters, learningRate, weightDecay), AdamSettings.PUBLISHED);
  }

  /// Groups, such as [ParamGroup#byRank].
  public AdamW(List<ParamGroup> groups, AdamSettings settings) {
    this.rule = new AdamRule("adamw", groups, settings, AdamRule.Decay.DECOUPLED);
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

  /// Such as `adamw(12 parameters at rate 0.1)`.
  @Override
  public String toString() {
    return rule.update.toString();
  }
}
