package maia.runtime;

import java.util.List;
import java.util.Map;
import java.util.Set;
import maia.base.Check;
import maia.graph.Node;
import maia.graph.Plan;
import maia.graph.Step;
import maia.graph.Value;
import maia.machine.Machine;
import maia.tensor.Attention;
import maia.tensor.Op;
import maia.tensor.Tensor;

/// Executes the steps of a plan on values by number.
final class PlanRun {
  private static final int ARRAYS = 10;

  private PlanRun() {}

  /// What a kernel of fused operations may hold on `machine`: two copies of each row, one in use
  /// and one under way.
  static Plan.Limits limits(Machine machine) {
    Attention attention = new Attention(1, Attention.Causal.NONE, 0, 0);
    return new Plan.Limits(
        machine.tsram().bytes() / (2L * Float.BYTES),
        ARRAYS,
        Steps.supports(attention) ? Set.of(Plan.Pattern.ATTENTION) : Set.of());
  }

  /// Runs `step` and adds its results to `values`.
  static Map<Integer, Tensor> execute(Steps steps, Step step, Map<Integer, Tensor> values) {
    switch (step) {
      case Step.Linear linear ->
          values.put(
              linear.output().id(),
              steps.linear(
                  Steps.LinearSpec.of(linear),
                  value(values, linear.x()),
                  value(values, linear.weight()),
                  linear.bias().map(b -> value(values, b))));
      case Step.Single(var node) -> values.put(node.output().id(), single(steps, node, values));
      case Step.Fused fused -> {
        List<Tensor> results =
            steps.fused(fused, fused.inputs().stream().map(v -> value(values, v)).toList());
        for (int i = 0; i < results.size(); i++) {
          values.put(fused.outputs().get(i).id(), results.get(i));
        }
      }
    }
    return values;
  }

  private static Tensor single(Steps steps, Node node, Map<Integer, Tensor> values) {
    Op op = node.op();
    return steps.single(op, node.inputs().stream().map(v -> value(values, v)).toList());
  }

  static Tensor value(Map<Integer, Tensor> values, Value value) {
    Tensor tensor = values.get(value.id());
    Check.invariant(tensor != null, "PlanRun", "%s has no value yet", value);
    return tensor;
  }
}
