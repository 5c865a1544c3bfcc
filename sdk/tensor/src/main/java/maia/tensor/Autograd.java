package maia.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import maia.numerics.DType;
import org.jspecify.annotations.Nullable;

/// The recording side of reverse-mode differentiation: operations leave a [Vertex] on their result,
/// which [Backward] walks. What is recorded is bound to a call, never to a thread.
final class Autograd {
  private static final ScopedValue<Boolean> RECORDING = ScopedValue.newInstance();
  private static final ScopedValue<Boolean> WATCHING = ScopedValue.newInstance();

  private Autograd() {}

  /// Whether operations on the calling thread are recorded.
  static boolean isRecording() {
    return RECORDING.orElse(true);
  }

  /// Whether the calling thread runs in anomaly mode.
  static boolean isWatching() {
    return WATCHING.orElse(false);
  }

  static <T> T noGrad(Supplier<T> body) {
    return recording(false, body);
  }

  static <T> T enableGrad(Supplier<T> body) {
    return recording(true, body);
  }

  static <T> T recording(boolean on, Supplier<T> body) {
    return isRecording() == on ? body.get() : ScopedValue.where(RECORDING, on).call(body::get);
  }

  static <T> T watching(boolean on, Supplier<T> body) {
    return isWatching() == on ? body.get() : ScopedValue.where(WATCHING, on).call(body::get);
  }

  static Tensor requireGrad(Tensor x) {
    if (!isDifferentiable(x) || !(x.type() instanceof DType)) {
      throw TensorException.of(
          "requireGrad: needs a floating-point tensor, got %s", x.type().label());
    }
    if (x.slot.vertex(x) == null) {
      x.slot.set(Vertex.leaf(x));
    }
    return x;
  }

  static Tensor requireNoGrad(Tensor x) {
    @Nullable Vertex vertex = x.slot.vertex(x);
    if (vertex != null && !vertex.isLeaf()) {
      throw TensorException.of(
          "requireNoGrad: this tensor is the result of an operation; detach() gives one outside the"
              + " graph");
    }
    x.slot.set((Vertex) null);
    return x;
  }

  /// The gradient of `input`, computed only where it is needed.
  static Optional<Tensor> wanted(Tensor input, Supplier<Tensor> gradient) {
    return input.requiresGrad() ? Optional.of(gradient.get()) : Optional.empty();
  }

  /// `result` with a history where a gradient may have to flow through it.
  static Tensor record(Op op, List<Tensor> inputs, Tensor result) {
    if (isRecording()
        && isDifferentiable(result)
        && inputs.stream().anyMatch(Tensor::requiresGrad)) {
      result.slot.set(Vertex.of(op, inputs, result));
    }
    if (isWatching()) {
      Anomaly.checkForward(op, inputs, result);
    }
    return result;
  }

  private static boolean isDifferentiable(Tensor x) {
    return !(x.type() instanceof DType type) || type.isFloat();
  }

  /// Writes `values`, of the type and shape of `x`, over `x`, and gives `x`, its base and the other
  /// views of that base the history of the new values. `name` is what the user called.
  static Tensor write(String name, Tensor x, Tensor values) {
    ShapeException.check(
        Arrays.equals(x.shape(), values.shape()),
        "%s: the result is %s and does not fit this tensor of %s",
        name,
        Layout.text(values.shape()),
        Layout.text(x.shape()));
    if (repeats(x.layout())) {
      throw TensorException.of(
          "%s: this tensor of %s is expanded: several of its elements are one in memory, and a write"
              + " would change all of them; write to a clone() of it",
          name, Layout.text(x.shape()));
    }
    if (x.segment().isReadOnly()) {
      throw TensorException.of(
          "%s: this tensor lies in a file that is mapped for reading; write to a clone() of it",
          name);
    }
    if (Host.isRecorded(x) || Host.isRecorded(values)) {
      throw TensorException.of(
          "%s: writes in place while operations are being recorded, which a graph does not hold; use"
              + " the form that returns a new tensor",
          name);
    }
    boolean tracked = isTracked(x, values);
    if (tracked) {
      checkWritable(name, x);
    }
    @Nullable Vertex history = values.slot.vertex(values);
    Create.store(x, values);
    x.slot.written(name);
    if (tracked) {
      adopt(x, values, history);
    }
    return x;
  }

  /// Whether a step of 0 makes several elements one.
  private static boolean repeats(Layout layout) {
    long[] shape = layout.shape();
    long[] strides = layout.strides();
    for (int d = 0; d < shape.length; d++) {
      if (shape[d] > 1 && strides[d] == 0) {
        return layout.elements() > 0;
      }
    }
    return false;
  }

  private static boolean isTracked(Tensor x, Tensor... others) {
    return isRecording()
        && isDifferentiable(x)
        && (x.requiresGrad() || Arrays.stream(others).anyMatch(Tensor::requiresGrad));
  }

  private static void checkWritable(String name, Tensor x) {
    @Nullable Tensor base = x.slot.base();
    Tensor owner = base == null ? x : base;
    @Nullable Vertex vertex = owner.slot.vertex(owner);
    if (vertex != null && vertex.isLeaf()) {
      throw TensorException.of(
          "%s: this tensor is%s marked with requireGrad(), its gradient would be lost; write to it"
              + " inside Tensor.noGrad(() -> ...), or to a copy",
          name, base == null ? "" : " a view of one");
    }
  }

  private static void adopt(Tensor x, Tensor values, @Nullable Vertex history) {
    @Nullable Tensor base = x.slot.base();
    if (base == null) {
      x.slot.rebase(history);
      return;
    }
    Tensor before = past(base, base.detach());
    Region.Put put = new Region.Put(Region.inside(base, x));
    base.slot.rebase(Vertex.of(put, List.of(before, values), base));
  }

  /// `values` with the present history of `x`.
  private static Tensor past(Tensor x, Tensor values) {
    values.slot.set(x.slot.vertex(x));
    return values;
  }
}
