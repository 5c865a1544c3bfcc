package maia.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import maia.base.Check;
import maia.base.Stop;
import maia.numerics.DType;
import org.jspecify.annotations.Nullable;

/// One walk over the graph, from results to what they depend on. The order is that of the graph, so
/// runs repeat bit for bit; nothing recurses, so depth has no limit.
final class Backward {
  private final Set<Vertex> targets = identity();
  private final Set<@Nullable Vertex> ends = identity();
  private final Map<Vertex, Tensor> pending = new IdentityHashMap<>();
  private final Map<Vertex, Tensor> reached = new IdentityHashMap<>();

  /// Memory that a gradient handed out may not share: written to in place, it would change others.
  private final Set<MemorySegment> shared = new HashSet<>();

  private Backward() {}

  /// Adds the gradients of `roots` to every leaf they depend on.
  static void accumulate(List<Tensor> roots, List<Tensor> gradients, Set<GradOption> options) {
    checkRoots("backward", roots, gradients);
    Backward pass = new Backward();
    record(options, () -> pass.walk(roots, gradients));
  }

  /// The gradients of `outputs` with respect to `inputs`; leaves are left alone, and nothing is
  /// walked beyond `ends`.
  static List<Tensor> gradients(
      List<Tensor> outputs,
      List<Tensor> inputs,
      List<Tensor> gradients,
      Set<GradOption> options,
      List<Tensor> ends) {
    checkRoots("grad", outputs, gradients);
    List<Vertex> wanted = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      @Nullable Vertex vertex = inputs.get(i).slot.vertex(inputs.get(i));
      if (vertex == null) {
        throw TensorException.of(
            "grad: input %d does not need a gradient; mark it with requireGrad() before it is used",
            i);
      }
      wanted.add(vertex);
    }
    Backward pass = new Backward();
    pass.targets.addAll(wanted);
    ends.forEach(end -> pass.ends.add(end.slot.vertex(end)));
    record(options, () -> pass.walk(outputs, gradients));
    List<Tensor> result = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      @Nullable Tensor g = pass.reached.get(wanted.get(i));
      if (g == null && !options.contains(GradOption.ALLOW_UNUSED)) {
        throw TensorException.of(
            "grad: no output depends on input %d; leave it out, or pass GradOption.ALLOW_UNUSED for"
                + " zeros",
            i);
      }
      result.add(g == null ? Create.fullLike(inputs.get(i), 0) : g);
    }
    return List.copyOf(result);
  }

  private static void record(Set<GradOption> options, Runnable body) {
    Autograd.recording(
        options.contains(GradOption.CREATE_GRAPH),
        () -> {
          body.run();
          return true;
        });
  }

  private static void checkRoots(String name, List<Tensor> roots, List<Tensor> gradients) {
    ShapeException.check(
        roots.size() == gradients.size(),
        "%s: %d gradients for %d outputs, needs one for each",
        name,
        gradients.size(),
        roots.size());
    for (int i = 0; i < roots.size(); i++) {
      Tensor root = roots.get(i);
      if (!root.requiresGrad()) {
        throw TensorException.of(
            "%s: this tensor does not depend on any tensor marked with requireGrad()", name);
      }
      ShapeException.check(
          Arrays.equals(root.shape(), gradients.get(i).shape()),
          "%s: the gradient is %s, must be %s like the tensor",
          name,
          Layout.text(gradients.get(i).shape()),
          Layout.text(root.shape()));
    }
  }

  private void walk(List<Tensor> roots, List<Tensor> gradients) {
    List<Vertex> starts = new ArrayList<>();
    for (int i = 0; i < roots.size(); i++) {
      Vertex start = Check.present(roots.get(i).slot.vertex(roots.get(i)), "Backward", i);
      starts.add(start);
      shared.add(gradients.get(i).segment());
      pending.merge(start, gradients.get(i), Tensor::add);
    }
    List<Vertex> order = inputsBeforeResults(starts);
    Set<Vertex> needed = needed(order);
    for (Vertex vertex : order.reversed()) {
      Stop.poll("backward");
      @Nullable Tensor g = pending.remove(vertex);
      if (g != null && needed.contains(vertex)) {
        arrive(vertex, g, needed);
      }
    }
  }

  private void arrive(Vertex vertex, Tensor arrived, Set<Vertex> needed) {
    Tensor g = arrived;
    for (UnaryOperator<Tensor> hook : List.copyOf(vertex.hooks())) { // one may end itself
      @Nullable Tensor returned = hook.apply(g);
      if (returned == null) {
        throw TensorException.of(
            "backward: a hook returned null; return the gradient to go on with, its argument to leave it as it is");
      }
      g = fit(returned, vertex.output(), "a hook");
    }
    if (targets.contains(vertex)) {
      reached.put(vertex, g);
    } else if (vertex.isLeaf()) {
      vertex.output().slot.accumulate(own(g));
    }
    if (targets.isEmpty() && vertex.keeper().isPresent()) {
      vertex.keeper().get().accumulate(own(g));
    }
    if (!ends.contains(vertex)
        && vertex.edges().stream().anyMatch(e -> e != null && needed.contains(e))) {
      spread(vertex, g, needed);
    }
  }

  private void spread(Vertex vertex, Tensor g, Set<Vertex> needed) {
    vertex.checkUnwritten();
    List<Tensor> inputs = vertex.inputs();
    List<Optional<Tensor>> parts =
        Autograd.watching(false, () -> vertex.op().gradient(inputs, vertex.output(), g));
    if (parts.size() != inputs.size()) {
      throw TensorException.of(
          "backward: %s returned %d gradients for %d inputs", vertex, parts.size(), inputs.size());
    }
    if (Autograd.isWatching()) {
      Anomaly.checkBackward(vertex, g, parts);
    }
    inputs.forEach(input -> shared.add(input.segment()));
    shared.add(vertex.output().segment());
    for (int i = 0; i < parts.size(); i++) {
      @Nullable Vertex edge = vertex.edges().get(i);
      if (parts.get(i).isPresent() && edge != null && needed.contains(edge)) {
        Tensor part = fit(parts.get(i).get(), inputs.get(i), vertex.toString());
        pending.merge(edge, part, Tensor::add);
      }
    }
  }

  /// `gradient` in the type of `like`; refused where the shape differs.
  private static Tensor fit(Tensor gradient, Tensor like, String source) {
    ShapeException.check(
        Arrays.equals(gradient.shape(), like.shape()),
        "backward: %s returned a gradient of %s for a tensor of %s",
        source,
        Layout.text(gradient.shape()),
        Layout.text(like.shape()));
    return like.type() instanceof DType type ? gradient.to(type) : gradient;
  }

  /// A gradient to keep: dense, and in memory that nothing else uses.
  private Tensor own(Tensor g) {
    if (g.isMeta()) {
      return g;
    }
    boolean free = g.isContiguous() && !shared.contains(g.segment());
    Tensor owned = free ? g : Dispatch.run(new Conversion.Contiguous(), g);
    shared.add(owned.segment());
    return owned;
  }

  /// The vertices through which a target can be reached; all of them where there is none.
  private Set<Vertex> needed(List<Vertex> order) {
    Set<Vertex> needed = identity();
    for (Vertex vertex : order) {
      boolean leads = vertex.edges().stream().anyMatch(e -> e != null && needed.contains(e));
      if (targets.isEmpty() || leads || targets.contains(vertex)) {
        needed.add(vertex);
      }
    }
    return needed;
  }

  /// Every vertex that the roots depend on, each after its inputs.
  static List<Vertex> inputsBeforeResults(List<Vertex> roots) {
    List<Vertex> order = new ArrayList<>();
    Set<Vertex> done = identity();
    Set<Vertex> opened = identity();
    Deque<Vertex> open = new ArrayDeque<>(roots.reversed());
    while (!open.isEmpty()) {
      Vertex vertex = open.peek();
      if (opened.add(vertex)) {
        for (@Nullable Vertex edge : vertex.edges()) {
          if (edge != null && !opened.contains(edge)) {
            open.push(edge);
          }
        }
      } else {
        open.pop();
        if (done.add(vertex)) {
          order.add(vertex);
        }
      }
    }
    return order;
  }

  private static <T extends @Nullable Object> Set<T> identity() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }
}
