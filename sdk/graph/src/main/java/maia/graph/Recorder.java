package maia.graph;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.tensor.Backend;
import maia.tensor.Device;
import maia.tensor.Op;
import maia.tensor.Tensor;
import maia.tensor.TensorException;
import maia.tensor.View;
import org.jspecify.annotations.Nullable;

/// A backend that writes operations down instead of running them. The tensors it hands out have
/// everything but values; each has an address of its own in place of memory, by which a view or a
/// detached copy made behind its back is known again.
final class Recorder implements Backend {
  private final Device device;
  private final Map<Tensor, Value> values = new IdentityHashMap<>();
  private final List<Tensor> made = new ArrayList<>();
  private final List<Value> constants = new ArrayList<>();
  private final List<Tensor> frozen = new ArrayList<>();
  private final List<Node> nodes = new ArrayList<>();
  private int next;

  Recorder(List<Tensor> examples) {
    boolean shapes = examples.stream().anyMatch(Tensor::isMeta);
    this.device = shapes || examples.isEmpty() ? Device.meta() : examples.getFirst().device();
  }

  Graph record(String name, Function<List<Tensor>, Tensor> forward, List<Tensor> examples) {
    List<Tensor> inputs = examples.stream().map(this::input).toList();
    List<Value> in = inputs.stream().map(values::get).toList();
    @Nullable Tensor result = intercept(() -> forward.apply(inputs));
    if (result == null) {
      throw TensorException.of("record '%s': the function returned null; return its result", name);
    }
    return new Graph(name, in, constants, frozen, nodes, valueOf(result));
  }

  private Tensor input(Tensor example) {
    Tensor shaped =
        example.isMeta() || example.type() instanceof BlockFormat
            ? blank(Tensor.meta(example.type(), example.shape()), example.isMeta())
            : Tensor.on(
                example.device(),
                HostArray.view(
                    example.type(),
                    example.shape(),
                    example.strides(),
                    0,
                    address(),
                    Optional.empty(),
                    1f));
    define(shaped, Optional.empty());
    return shaped;
  }

  /// A result like `like`, which is shape-only.
  private Tensor blank(Tensor like, boolean shapes) {
    if (shapes) {
      return like;
    }
    HostArray array = HostArray.meta(like.type(), like.shape());
    HostArray addressed =
        like.type() instanceof DType
            ? HostArray.view(
                like.type(), array.shape(), array.strides(), 0, address(), Optional.empty(), 1f)
            : array;
    return Tensor.on(device, addressed);
  }

  /// No memory, at an address that nothing else has.
  private MemorySegment address() {
    return MemorySegment.ofAddress(next + 1L);
  }

  private Value define(Tensor tensor, Optional<Tensor> constant) {
    Value value = Value.of(next++, tensor, constant);
    values.put(tensor, value);
    if (constant.isEmpty()) {
      made.add(tensor);
    }
    return value;
  }

  private Value valueOf(Tensor tensor) {
    Value known = values.get(tensor);
    if (known != null) {
      return known;
    }
    Optional<Value> same =
        made.stream().filter(t -> isSame(t, tensor)).findFirst().map(values::get);
    if (same.isPresent()) {
      return same.get();
    }
    Value constant = define(tensor, Optional.of(tensor));
    constants.add(constant);
    if (constant.elements() == 1 && !tensor.isMeta()) {
      frozen.add(tensor); // its number may go into a kernel
    }
    return constant;
  }

  private static boolean isSame(Tensor a, Tensor b) {
    return a.segment().byteSize() == 0
        && a.segment().address() != 0
        && a.segment().equals(b.segment())
        && a.type().equals(b.type())
        && a.offset() == b.offset()
        && Arrays.equals(a.shape(), b.shape())
        && Arrays.equals(a.strides(), b.strides());
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
      return folded(op, inputs);
    }
    Tensor result =
        op instanceof View view
            ? view.apply(inputs.getFirst())
            : blank(op.meta(inputs), inputs.stream().anyMatch(Tensor::isMeta));
    nodes.add(new Node(op, operands, define(result, Optional.empty()), Lines.user()));
    return result;
  }

  private Tensor folded(Op op, List<Tensor> inputs) {
    boolean known = inputs.stream().noneMatch(Tensor::isMeta);
    Tensor folded = known ? op.host(inputs) : op.meta(inputs);
    if (known && !(op instanceof View)) {
      frozen.addAll(inputs);
      folded = Tensor.on(inputs.getFirst().device(), folded);
    }
    define(folded, Optional.of(folded));
    constants.add(values.get(folded));
    return folded;
  }
}
