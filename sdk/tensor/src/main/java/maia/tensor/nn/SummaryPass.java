package maia.tensor.nn;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.tensor.Backend;
import maia.tensor.Device;
import maia.tensor.Op;
import maia.tensor.Tensor;

/// A forward pass that infers shapes, counts the work of each operation, and adds it to the calls
/// of modules around it.
final class SummaryPass implements Backend, Calls.Observer {
  private final Module root;
  private final Map<Module, String> names = new IdentityHashMap<>();
  private final Set<Module> counted = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<ModuleSummary.Layer> layers = new ArrayList<>();
  private final Deque<Long> work = new ArrayDeque<>();

  SummaryPass(Module root) {
    this.root = root;
    root.namedModules().forEach((name, module) -> names.put(module, name));
  }

  List<ModuleSummary.Layer> run(Tensor... inputs) {
    Tensor[] shapes =
        Arrays.stream(inputs).map(x -> Tensor.meta(x.type(), x.shape())).toArray(Tensor[]::new);
    Tensor.noGrad(() -> intercept(() -> Calls.watched(this, () -> root.call(shapes))));
    return layers;
  }

  @Override
  public Device device() {
    return Device.meta();
  }

  @Override
  public boolean supports(Op op) {
    return true;
  }

  @Override
  public Tensor execute(Op op, List<Tensor> inputs) {
    Tensor output = op.meta(inputs);
    if (!work.isEmpty()) {
      work.push(work.pop() + op.flops(inputs, output));
    }
    return output;
  }

  @Override
  public Tensor around(Module module, Supplier<Tensor> body) {
    int row = layers.size();
    layers.add(new ModuleSummary.Layer("", "", List.of(), 0, 0, 0, 0));
    work.push(0L);
    Tensor output = body.get();
    long flops = work.pop();
    if (!work.isEmpty()) {
      work.push(work.pop() + flops);
    }
    boolean first = counted.add(module);
    layers.set(
        row,
        new ModuleSummary.Layer(
            names.getOrDefault(module, ""),
            module.label(),
            Arrays.stream(output.shape()).boxed().toList(),
            first ? module.parameterCount() : 0,
            flops,
            first ? weightBytes(module) : 0,
            bytes(output)));
    return output;
  }

  private static long weightBytes(Module module) {
    return Stream.concat(module.parameters().stream(), module.namedBuffers().values().stream())
        .mapToLong(SummaryPass::bytes)
        .sum();
  }

  private static long bytes(Tensor x) {
    return switch (x.type()) {
      case DType type -> type.bytes(x.elements());
      case BlockFormat format -> {
        long width = x.size(-1);
        long rows = width == 0 ? 0 : x.elements() / width;
        long scales = rows * Math.ceilDiv(width, (long) format.block());
        yield format.element().bytes(x.elements()) + format.scale().bytes(scales);
      }
    };
  }
}
