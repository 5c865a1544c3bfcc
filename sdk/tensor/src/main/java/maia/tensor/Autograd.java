package maia.tensor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import maia.base.Check;
import maia.base.Stop;
import maia.numerics.DType;
import org.jspecify.annotations.Nullable;

/// Reverse-mode differentiation: operations leave a node on their result, and [#backward] walks the
/// nodes from the last to the first. The order is that of the graph, so runs repeat bit for bit.
final class Autograd {
  private static final ScopedValue<Boolean> OFF = ScopedValue.newInstance();

  private Autograd() {}

  /// How a tensor came to be.
  record Node(Op op, List<Tensor> inputs, List<Integer> versions) {}

  /// What autograd keeps for one tensor; views share the count of writes.
  static final class Slot {
    private final AtomicInteger writes;
    private boolean leaf;
    private @Nullable Node node;
    private @Nullable Tensor grad;

    Slot() {
      this(new AtomicInteger());
    }

    private Slot(AtomicInteger writes) {
      this.writes = writes;
    }

    Slot view() {
      return new Slot(writes);
    }

    Slot detached() {
      return new Slot(writes);
    }

    boolean isTracked() {
      return leaf || node != null;
    }

    boolean hasGrad() {
      return grad != null;
    }

    Tensor grad() {
      if (grad == null) {
        throw TensorException.of(
            "grad: there is no gradient yet; mark the tensor with requireGrad(), then call backward()"
                + " on a loss that depends on it");
      }
      return grad;
    }

    void clear() {
      grad = null;
    }

    void set(Tensor gradient) {
      grad = gradient;
    }

    void written() {
      writes.incrementAndGet();
    }

    private void accumulate(Tensor gradient) {
      grad = grad == null ? gradient : grad.add(gradient);
    }
  }

  static <T> T noGrad(Supplier<T> body) {
    return OFF.isBound() ? body.get() : ScopedValue.where(OFF, true).call(body::get);
  }

  static Tensor requireGrad(Tensor x) {
    if (!(x.type() instanceof DType type) || !type.isFloat()) {
      throw TensorException.of(
          "requireGrad: needs a floating-point tensor, got %s", x.type().label());
    }
    if (x.slot.node == null) {
      x.slot.leaf = true;
    }
    return x;
  }

  /// The gradient of `input`, computed only where it is needed.
  static Optional<Tensor> wanted(Tensor input, Supplier<Tensor> gradient) {
    return input.requiresGrad() ? Optional.of(gradient.get()) : Optional.empty();
  }

  /// `result` with a node where a gradient may have to flow through it.
  static Tensor record(Op op, List<Tensor> inputs, Tensor result) {
    boolean differentiable = !(result.type() instanceof DType type) || type.isFloat();
    if (!OFF.isBound() && differentiable && inputs.stream().anyMatch(Tensor::requiresGrad)) {
      result.slot.node =
          new Node(op, inputs, inputs.stream().map(t -> t.slot.writes.get()).toList());
    }
    return result;
  }

  /// Whether operations on `x` leave a node.
  static boolean isRecording(Tensor x) {
    return !OFF.isBound() && x.requiresGrad();
  }

  static void checkAssign(Tensor to) {
    if (!OFF.isBound() && to.requiresGrad()) {
      throw TensorException.of(
          "assign: this tensor is part of a graph; write to it inside Tensor.noGrad(() -> ...)");
    }
  }

  static void backward(Tensor root, Tensor gradient) {
    if (!root.requiresGrad()) {
      throw TensorException.of(
          "backward: this tensor does not depend on any tensor marked with requireGrad()");
    }
    ShapeException.check(
        Layout.text(root.shape()).equals(Layout.text(gradient.shape())),
        "backward: the gradient is %s, must be %s like the tensor",
        Layout.text(gradient.shape()),
        Layout.text(root.shape()));
    noGrad(() -> {
      walk(root, gradient);
      return true;
    });
  }

  private static void walk(Tensor root, Tensor gradient) {
    Map<Tensor, Tensor> gradients = new IdentityHashMap<>();
    gradients.put(root, gradient);
    for (Tensor tensor : inputsBeforeResults(root).reversed()) {
      Stop.poll("backward");
      @Nullable Tensor g = gradients.remove(tensor);
      @Nullable Node node = tensor.slot.node;
      if (g == null) {
        continue;
      }
      if (node == null) {
        tensor.slot.accumulate(g);
      } else {
        spread(node, tensor, g, gradients);
      }
    }
  }

  private static void spread(Node node, Tensor output, Tensor g, Map<Tensor, Tensor> gradients) {
    checkUnwritten(node);
    List<Optional<Tensor>> parts = node.op().gradient(node.inputs(), output, g);
    Check.invariant(
        parts.size() == node.inputs().size(),
        node.op().name(),
        "%d gradients for %d inputs",
        parts.size(),
        node.inputs().size());
    for (int i = 0; i < parts.size(); i++) {
      Tensor input = node.inputs().get(i);
      if (parts.get(i).isPresent() && input.requiresGrad()) {
        gradients.merge(input, parts.get(i).get(), Tensor::add);
      }
    }
  }

  private static void checkUnwritten(Node node) {
    for (int i = 0; i < node.inputs().size(); i++) {
      int now = node.inputs().get(i).slot.writes.get();
      if (now != node.versions().get(i)) {
        throw TensorException.of(
            "backward: input %d of '%s' was overwritten by assign after it was used; assign to a copy,"
                + " or after backward()",
            i, node.op().name());
      }
    }
  }

  /// Every tensor that `root` depends on and that needs a gradient, each after its inputs.
  private static List<Tensor> inputsBeforeResults(Tensor root) {
    List<Tensor> order = new ArrayList<>();
    Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Tensor> opened = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Tensor> pending = new ArrayDeque<>(List.of(root));
    while (!pending.isEmpty()) {
      Tensor tensor = pending.peek();
      if (opened.add(tensor)) {
        @Nullable Node node = tensor.slot.node;
        List<Tensor> inputs = node == null ? List.of() : node.inputs();
        inputs.stream().filter(t -> t.requiresGrad() && !opened.contains(t)).forEach(pending::push);
      } else {
        pending.pop();
        if (seen.add(tensor)) {
          order.add(tensor);
        }
      }
    }
    return order;
  }
}
