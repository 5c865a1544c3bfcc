package maia.graph;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import maia.tensor.Backend;
import maia.tensor.Device;
import maia.tensor.Op;
import maia.tensor.Tensor;

/// A backend that writes operations down instead of running them.
final class Recorder implements Backend {
  private final Map<Tensor, Value> values = new IdentityHashMap<>();
  private final List<Value> constants = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private int next;

  Graph record(String name, UnaryOperator<Tensor> forward, Tensor example) {
    Tensor input = Tensor.meta(example.type(), example.shape());
    Value in = define(input, Optional.empty());
    Tensor result = intercept(() -> forward.apply(input));
    return new Graph(name, in, constants, nodes, valueOf(result));
  }

  private Value define(Tensor tensor, Optional<Tensor> constant) {
    Value value = Value.of(next++, tensor, constant);
    values.put(tensor, value);
    return value;
  }

  private Value valueOf(Tensor tensor) {
    Value known = values.get(tensor);
    if (known != null) {
      return known;
    }
    Value constant = define(tensor, Optional.of(tensor));
    constants.add(constant);
    return constant;
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
    List<Value> operands = inputs.stream().map(this::valueOf).toList();
    if (operands.stream().allMatch(v -> v.constant().isPresent())) {
      boolean known = inputs.stream().noneMatch(Tensor::isMeta);
      Tensor folded = known ? op.host(inputs) : op.meta(inputs);
      define(folded, Optional.of(folded));
      constants.add(values.get(folded));
      return folded;
    }
    Tensor result = op.meta(inputs);
    nodes.add(new Node(op, operands, define(result, Optional.empty())));
    return result;
  }
}
