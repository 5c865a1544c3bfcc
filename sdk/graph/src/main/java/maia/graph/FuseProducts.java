package maia.graph;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import maia.numerics.BlockFormat;
import maia.numerics.DType;

/// Joins products that read one input through weights of one shape, and with them what follows
/// element by element: a residual that is added, a gate that is multiplied. Then it joins products
/// of one input and different widths that nothing of the kind follows: queries, and fewer keys and
/// values. The kernel of such a group runs where its first product stood, so it reads only what was
/// known there.
final class FuseProducts {
  /// Products of a kernel: each needs an accumulator and a block of weights.
  private static final int MEMBERS = 4;

  private final Graph graph;
  private final List<Step> steps;
  private final Plan.Limits limits;
  private final boolean isWanted;
  private final Map<Node, Group> taken = new IdentityHashMap<>();

  FuseProducts(Graph graph, List<Step> steps, Plan.Limits limits) {
    this.graph = graph;
    this.steps = steps;
    this.limits = limits;
    this.isWanted = limits.patterns().contains(Plan.Pattern.PRODUCTS);
  }

  List<Step> steps() {
    List<Group> groups = groups();
    for (Node node : graph.nodes()) {
      if (!taken.containsKey(node)) {
        groups.stream().filter(g -> g.accepts(node)).findFirst().ifPresent(g -> g.take(node));
      }
    }
    joinWidths(groups);
    List<Step> result = new ArrayList<>();
    Set<Group> done = new HashSet<>();
    for (Step step : steps) {
      Group group = taken.get(first(step));
      if (group == null) {
        result.add(step);
      } else if (done.add(group)) {
        result.add(group.step());
      }
    }
    return List.copyOf(result);
  }

  private void joinWidths(List<Group> groups) {
    List<Group> open = new ArrayList<>();
    for (Group group : groups) {
      Optional<Group> wider = open.stream().filter(g -> g.joins(group)).findFirst();
      if (wider.isEmpty()) {
        open.add(group);
      } else {
        wider.get().members.addAll(group.members);
        group.members.forEach(m -> m.nodes().forEach(n -> taken.put(n, wider.get())));
      }
    }
  }

  private static Node first(Step step) {
    return switch (step) {
      case Step.Linear linear -> linear.nodes().getFirst();
      case Step.Products products -> products.members().getFirst().nodes().getFirst();
      case Step.Single(var node) -> node;
      case Step.Fused fused -> fused.nodes().getFirst();
    };
  }

  private List<Group> groups() {
    List<Group> groups = new ArrayList<>();
    for (Step step : steps) {
      if (step instanceof Step.Linear linear && isFloat(linear)) {
        Optional<Group> open = groups.stream().filter(g -> g.joins(linear)).findFirst();
        Group group = open.orElseGet(() -> new Group(linear));
        if (open.isEmpty()) {
          groups.add(group);
        } else {
          group.members.add(linear);
        }
        linear.nodes().forEach(n -> taken.put(n, group));
      }
    }
    return groups;
  }

  private static boolean isFloat(Step.Linear linear) {
    boolean floats =
        switch (linear.x().type()) {
          case DType type -> type.isFloat();
          case BlockFormat format -> format != BlockFormat.MXINT8;
        };
    return floats
        && linear.outType() instanceof DType
        && linear.output().elements() > 0
        && linear.x().shape().getLast() > 0;
  }

  private final class Group {
    private final Value root;
    private final Step.Linear first;
    private final List<Step.Linear> members = new ArrayList<>();
    private final List<Node> tail = new ArrayList<>();
    private final Set<Integer> results = new HashSet<>();

    Group(Step.Linear first) {
      this.first = first;
      this.root = first.nodes().getFirst().output();
      members.add(first);
    }

    boolean joins(Step.Linear next) {
      return members.size() < MEMBERS
          && next.weight().shape().equals(first.weight().shape())
          && isAlike(next);
    }

    /// Whether the products of another group may be computed with these, of whatever width.
    boolean joins(Group next) {
      return tail.isEmpty()
          && next.tail.isEmpty()
          && members.size() + next.members.size() <= MEMBERS
          && next.members.stream().allMatch(this::isAlike);
    }

    private boolean isAlike(Step.Linear next) {
      return isWanted
          && next.x().id() == first.x().id()
          && next.weight().type().equals(first.weight().type())
          && next.order() == first.order()
          && isKnown(next.weight())
          && next.bias().stream().allMatch(this::isKnown);
    }

    /// Values are numbered as they come into being.
    private boolean isKnown(Value value) {
      return value.constant().isPresent() || value.id() < root.id();
    }

    boolean accepts(Node node) {
      List<Long> shape = first.output().shape();
      boolean isPoints =
          RowSpace.of(node).filter(s -> !s.rows() && s.shape().equals(shape)).isPresent();
      if (!isPoints || !isWanted) {
        return false;
      }
      members.forEach(m -> results.add(m.output().id()));
      boolean reads = false;
      for (Value value : node.inputs()) {
        boolean own = results.contains(value.id());
        reads |= own;
        if (!own && !RowSpace.isNumber(value) && !(isKnown(value) && isOperand(value, shape))) {
          return false;
        }
      }
      return reads && arrays(node) <= limits.arrays();
    }

    /// Whether a kernel that computes a block of the results reads `value` as a block or as a row.
    private static boolean isOperand(Value value, List<Long> shape) {
      return value.shape().equals(shape) || value.shape().equals(List.of(shape.getLast()));
    }

    private int arrays(Node more) {
      List<Node> all = new ArrayList<>(tail);
      all.add(more);
      return members.size() + operands(all, false).size() + outputs(all).size() + 1;
    }

    void take(Node node) {
      tail.add(node);
      results.add(node.output().id());
      taken.put(node, this);
    }

    private List<Value> operands(List<Node> nodes, boolean numbers) {
      SequencedSet<Value> read = new LinkedHashSet<>();
      for (Node node : nodes) {
        node.inputs().stream()
            .filter(v -> !isMade(v, nodes) && RowSpace.isNumber(v) == numbers)
            .forEach(read::add);
      }
      return List.copyOf(read);
    }

    private boolean isMade(Value value, List<Node> nodes) {
      return members.stream().anyMatch(m -> m.output().id() == value.id())
          || nodes.stream().anyMatch(n -> n.output().id() == value.id());
    }

    private List<Value> outputs(List<Node> nodes) {
      List<Value> made = new ArrayList<>(members.stream().map(Step.Linear::output).toList());
      nodes.forEach(n -> made.add(n.output()));
      return made.stream().filter(v -> isReadOutside(v, nodes)).toList();
    }

    private boolean isReadOutside(Value value, List<Node> nodes) {
      long within =
          nodes.stream()
              .flatMap(n -> n.inputs().stream())
              .filter(v -> v.id() == value.id())
              .count();
      return graph.readers(value) > within;
    }

    Step step() {
      boolean isAlone = members.size() == 1 && tail.isEmpty();
      if (isAlone && first.order() == Step.Order.OUT_IN) {
        return first;
      }
      return isAlone && first.nodes().size() == 1
          ? new Step.Single(first.nodes().getFirst())
          : new Step.Products(
              members, tail, operands(tail, false), operands(tail, true), outputs(tail));
    }
  }
}
