package maia.kernel.interp;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The nodes made so far, block by block. What depends on fixed slots only is computed at once, so
/// no program pays for it; where everything is immediate, nodes run as they are made.
final class Emission {
  /// When nodes run.
  enum Mode {
    /// In every program, when the plan runs.
    PLAN,
    /// As they are made.
    IMMEDIATE,
  }

  /// A view, written out in a shape.
  private record Written(int slot, List<Integer> shape) {}

  private static final class Open {
    final List<Node> nodes = new ArrayList<>();
    final Map<Written, Slot> written = new HashMap<>();
    final List<Slot> keys = new ArrayList<>();
  }

  private final Mode mode;
  private final Deque<Open> open = new ArrayDeque<>(List.of(new Open()));

  Emission(Mode mode) {
    this.mode = mode;
  }

  private boolean isImmediate() {
    return mode == Mode.IMMEDIATE;
  }

  void begin() {
    open.push(new Open());
  }

  Node[] end() {
    return open.pop().nodes.toArray(Node[]::new);
  }

  /// The nodes of the outermost block.
  Node[] nodes() {
    return open.getLast().nodes.toArray(Node[]::new);
  }

  /// Adds a node that has an effect beyond its result.
  void add(Node node) {
    if (mode == Mode.IMMEDIATE) {
      node.run();
    } else {
      open.element().nodes.add(node);
    }
  }

  /// Adds a node that only computes `out` and cannot fail.
  Slot compute(Node node, Slot out, Slot... inputs) {
    return compute(node, out, true, inputs);
  }

  /// Adds a node that only computes `out` and may refuse its inputs; it must not run where the
  /// program would not.
  Slot attempt(Node node, Slot out, Slot... inputs) {
    return compute(node, out, open.size() == 1, inputs);
  }

  private Slot compute(Node node, Slot out, boolean mayHoist, Slot... inputs) {
    boolean fixed = mayHoist && Arrays.stream(inputs).allMatch(slot -> slot.fixed);
    if (fixed && mode == Mode.PLAN) {
      node.run();
      out.fixed = true;
    } else {
      add(node);
    }
    return out;
  }

  /// The elements of `view`, stretched to `shape`, in a plain slot.
  Slot plain(Slot view, int[] shape) {
    Slot stretched = view.stretched(shape);
    if (stretched.isPlain()) {
      return stretched;
    }
    if (isImmediate()) {
      Slot out = Slot.of(view.dtype, shape);
      new Spread(stretched, out).run();
      return out;
    }
    for (Open block : open) {
      int key = indexOf(block.keys, view);
      Slot known = key < 0 ? null : block.written.get(new Written(key, list(shape)));
      if (known != null) {
        return known;
      }
    }
    Slot out = Slot.of(view.dtype, shape);
    compute(new Spread(stretched, out), out, view);
    Open block = open.element();
    block.keys.add(view);
    block.written.put(new Written(block.keys.size() - 1, list(shape)), out);
    return out;
  }

  private static int indexOf(List<Slot> slots, Slot slot) {
    for (int i = 0; i < slots.size(); i++) {
      if (slots.get(i) == slot) {
        return i;
      }
    }
    return -1;
  }

  private static List<Integer> list(int[] shape) {
    return Arrays.stream(shape).boxed().toList();
  }
}
