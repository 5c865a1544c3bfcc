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
import maia.runtime.ops.DeviceOps;
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
        Steps.supports(attention) ? Set.of(Plan.Pattern.values()) : Set.of(Plan.Pattern.PRODUCTS));
  }

  /// Runs `step` and adds its results to `values`.
  static Map<Integer, Tensor> execute(Steps steps, Step step, Map<Integer, Tensor> values) {
    switch (step) {
      case Step.Linear linear ->
          values.put(
              linear.output().id(),
              DeviceOps.linear(
                  steps,
                  ProductKernel.spec(linear),
                  value(values, linear.x()),
                  value(values, linear.weight()),
                  linear.bias().map(b -> value(values, b))));
      case Step.Products group -> put(values, group, ProductKernel.run(steps, group, values));
      case Step.Single(var node) -> values.put(node.output().id(), single(steps, node, values));
      case Step.Fused fused -> {
        List<Tensor> inputs = fused.inputs().stream().map(v -> value(values, v)).toList();
        put(values, fused, steps.fused(fused, inputs));
      }
    }
    return values;
  }

  private static void put(Map<Integer, Tensor> values, Step step, List<Tensor> results) {
    for (int i = 0; i < results.size(); i++) {
      values.put(step.outputs().get(i).id(), results.get(i));
    }
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
