package maia.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import maia.base.Origin;
import org.jspecify.annotations.Nullable;

/// One value in the graph that [Backward] walks: a leaf, or the result of an operation. A tensor
/// that is overwritten gets a new vertex; those that used the old one keep it.
final class Vertex {
  private final @Nullable Op op;
  private final List<Tensor> inputs;
  private final @Nullable Vertex[] edges;
  private final int[] versions;
  private final Tensor output;
  private final int version;
  private final Origin origin;
  private final @Nullable Throwable trace;
  private final List<UnaryOperator<Tensor>> hooks = new CopyOnWriteArrayList<>();
  private @Nullable Slot keeper;

  private Vertex(@Nullable Op op, List<Tensor> inputs, Tensor output) {
    this.op = op;
    this.inputs = inputs;
    this.edges = inputs.stream().map(t -> t.slot.vertex(t)).toArray(Vertex[]::new);
    this.versions = inputs.stream().mapToInt(t -> t.slot.writes().count()).toArray();
    this.output = output;
    this.version = output.slot.writes().count();
    this.origin = op == null ? Origin.NONE : Caller.origin();
    this.trace =
        op != null && Autograd.isWatching() ? new Throwable("forward of " + op.name()) : null;
  }

  static Vertex leaf(Tensor tensor) {
    return new Vertex(null, List.of(), tensor);
  }

  static Vertex of(Op op, List<Tensor> inputs, Tensor output) {
    return new Vertex(op, inputs, output);
  }

  boolean isLeaf() {
    return op == null;
  }

  Op op() {
    if (op == null) {
      throw new IllegalStateException("bug in Vertex: a leaf has no operation");
    }
    return op;
  }

  List<Tensor> inputs() {
    return inputs;
  }

  /// The vertices of the inputs, null where no gradient flows.
  List<@Nullable Vertex> edges() {
    return Arrays.asList(edges);
  }

  Tensor output() {
    return output;
  }

  Origin origin() {
    return origin;
  }

  /// Where the forward operation ran, in anomaly mode.
  @Nullable Throwable trace() {
    return trace;
  }

  List<UnaryOperator<Tensor>> hooks() {
    return hooks;
  }

  /// Where [Tensor#retainGrad] wants the gradient.
  Optional<Slot> keeper() {
    return Optional.ofNullable(keeper);
  }

  void keepIn(Slot slot) {
    keeper = slot;
  }

  /// `'exp' (Train.java:12)`.
  @Override
  public String toString() {
    return "'" + op().name() + "'" + at(origin);
  }

  /// ` (Train.java:12)`, or nothing where the line is unknown.
  static String at(Origin origin) {
    return origin.isKnown() ? " (" + origin + ")" : "";
  }

  /// Refuses when a value that the gradient reads has been overwritten since.
  void checkUnwritten() {
    Op.Reads reads = op().reads();
    for (int i = 0; i < edges.length; i++) {
      if (op().readsInput(i)) {
        check("input " + i, inputs.get(i), versions[i]);
      }
    }
    if (reads == Op.Reads.OUTPUT || reads == Op.Reads.ALL) {
      check("the result", output, version);
    }
  }

  private void check(String what, Tensor tensor, int then) {
    Slot.Writes now = tensor.slot.writes();
    if (now.count() != then) {
      throw TensorException.of(
          "backward: %s of %s was overwritten by '%s'%s after it was used; write to a copy, or after"
              + " backward()",
          what, this, now.op(), at(now.at()));
    }
  }
}
