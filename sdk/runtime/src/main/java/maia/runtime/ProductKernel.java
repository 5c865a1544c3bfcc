package maia.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maia.base.Check;
import maia.graph.Node;
import maia.graph.Step;
import maia.graph.Value;
import maia.kernel.KernelContext;
import maia.kernel.Tile;
import maia.kernel.library.Activation;
import maia.kernel.library.LinearGroup;
import maia.numerics.DType;
import maia.numerics.ScaleRule;
import maia.runtime.ops.DeviceOps;
import maia.runtime.ops.GroupSpec;
import maia.runtime.ops.LinearSpec;
import maia.tensor.Tensor;

/// Products with what follows them as launches of kernels.
final class ProductKernel {
  private ProductKernel() {}

  /// What an epilogue computes besides the bias.
  static LinearSpec spec(Step.Linear step) {
    step.rule()
        .ifPresent(rule ->
            Check.argument(
                rule == ScaleRule.FLOOR,
                "linear: the kernel quantises its result by rule FLOOR, asked for %s; quantise on the host",
                rule));
    Activation activation = Activation.valueOf(step.activation().name());
    return new LinearSpec(
        step.scale(), step.between(), activation, step.outScale(), step.outType());
  }

  static List<Tensor> run(Steps steps, Step.Products group, Map<Integer, Tensor> values) {
    List<Tensor> weights = new ArrayList<>();
    List<Optional<Tensor>> biases = new ArrayList<>();
    for (Step.Linear member : group.members()) {
      weights.add(PlanRun.value(values, member.weight()));
      biases.add(member.bias().map(b -> PlanRun.value(values, b)));
    }
    Step.Linear first = group.members().getFirst();
    GroupSpec spec =
        new GroupSpec(
            FusedKernel.name("", group.ops()),
            LinearGroup.Order.valueOf(first.order().name()),
            group.members().stream().map(ProductKernel::spec).toList(),
            group.outputs().stream().map(v -> (DType) v.type()).toList(),
            (k, products, operands) -> stored(k, group, products, operands));
    List<Tensor> operands = group.operands().stream().map(v -> PlanRun.value(values, v)).toList();
    return DeviceOps.products(
        steps, spec, PlanRun.value(values, first.x()), weights, biases, operands);
  }

  /// The results that others read, from those of the products.
  private static List<Tile> stored(
      KernelContext k, Step.Products group, List<Tile> products, List<Tile> operands) {
    FusedBody body = FusedBody.ofElements(k);
    for (int i = 0; i < products.size(); i++) {
      body.put(group.members().get(i).output(), products.get(i));
    }
    for (int i = 0; i < operands.size(); i++) {
      body.put(group.operands().get(i), operands.get(i));
    }
    for (Value number : group.numbers()) {
      body.put(number, k.full(DType.F32, number.scalar().orElseThrow()));
    }
    for (Node node : group.tail()) {
      body.run(node);
    }
    return group.outputs().stream().map(body::get).toList();
  }
}
