package maia.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.stream.Stream;
import maia.numerics.DType;
import maia.tensor.Normalize;

/// Joins operations on the elements and rows of one shape into kernels of their own: each operation
/// joins the kernels of those whose results it reads, as long as no way leads out of the joint
/// kernel and back into it, and what it holds fits the device.
final class FuseRows {
  private final Graph graph;
  private final Plan.Limits limits;
  private final List<Unit> units = new ArrayList<>();
  private final Map<Integer, Unit> makers = new HashMap<>();
  private final SequencedSet<String> notes = new LinkedHashSet<>();

  FuseRows(Graph graph, List<Step> steps, Plan.Limits limits) {
    this.graph = graph;
    this.limits = limits;
    for (Step step : steps) {
      Unit unit = new Unit(step);
      units.add(unit);
      step.outputs().forEach(v -> makers.put(v.id(), unit));
    }
  }

  /// What becomes one step.
  private static final class Unit {
    private Optional<Step> whole;
    private final List<Node> nodes = new ArrayList<>();
    private Optional<RowSpace> space = Optional.empty();

    Unit(Step step) {
      this.whole = Optional.of(step);
      if (step instanceof Step.Single(var node)) {
        space = RowSpace.of(node);
        nodes.add(node);
      }
    }

    List<Value> inputs() {
      return whole.isPresent()
          ? whole.get().inputs()
          : nodes.stream().flatMap(n -> n.inputs().stream()).toList();
    }
  }

  Plan plan() {
    for (Unit unit : List.copyOf(units)) {
      if (unit.space.isPresent()) {
        join(unit, unit.nodes.getFirst());
      }
    }
    return new Plan(graph, ordered().stream().map(this::step).toList(), List.copyOf(notes));
  }

  /// Joins the unit of `node` with those it reads.
  private void join(Unit unit, Node node) {
    Unit joint = unit;
    for (Value input : node.inputs()) {
      Unit maker = makers.get(input.id());
      if (maker == null || maker == joint || maker.space.isEmpty()) {
        continue;
      }
      Optional<String> obstacle = obstacle(maker, joint);
      if (obstacle.isEmpty()) {
        joint = merge(maker, joint);
      } else {
        notes.add(
            "%s does not join %s, which made %s: %s"
                .formatted(
                    described(node), described(maker.nodes.getLast()), input, obstacle.get()));
      }
    }
  }

  private static String described(Node node) {
    return "'%s' (%s)".formatted(node.op().name(), node.output());
  }

  private Optional<String> obstacle(Unit first, Unit second) {
    Optional<RowSpace> space = first.space.get().join(second.space.get());
    if (space.isEmpty()) {
      return Optional.of("they work on %s and %s".formatted(first.space.get(), second.space.get()));
    }
    List<Node> nodes = merged(first, second);
    if (!space.get().holds(nodes)) {
      return Optional.of("one element per row is not aligned with the rows");
    }
    if (space.get().rows() && keeps(nodes) * space.get().paddedRow() > limits.elements()) {
      return Optional.of(
          "a row of %d elements, %d times, does not stay on chip"
              .formatted(space.get().row(), keeps(nodes)));
    }
    if (keeps(nodes) > limits.arrays() + 1) {
      return Optional.of("more than %d operands and results".formatted(limits.arrays()));
    }
    return leadsBack(first, second) || leadsBack(second, first)
        ? Optional.of("another kernel stands between them")
        : Optional.empty();
  }

  /// Whether `from` is reached from the inputs of `to` over a unit that is neither.
  private boolean leadsBack(Unit from, Unit to) {
    Set<Unit> seen = new HashSet<>();
    List<Unit> left = new ArrayList<>();
    before(to).filter(u -> u != from).forEach(left::add);
    while (!left.isEmpty()) {
      Unit unit = left.removeLast();
      if (unit == from) {
        return true;
      }
      if (unit != to && seen.add(unit)) {
        before(unit).forEach(left::add);
      }
    }
    return false;
  }

  private Stream<Unit> before(Unit unit) {
    return unit.inputs().stream()
        .map(v -> makers.get(v.id()))
        .filter(u -> u != null && u != unit)
        .distinct();
  }

  /// Values of the length of a row: operands, results, and one on the way.
  private int keeps(List<Node> nodes) {
    Step.Fused step = fused(Step.Space.ROWS, List.of(), nodes);
    return step.inputs().size() + step.outputs().size() + 1;
  }

  private static List<Node> merged(Unit first, Unit second) {
    List<Node> nodes = new ArrayList<>(first.nodes);
    nodes.addAll(second.nodes);
    nodes.sort((a, b) -> Integer.compare(a.output().id(), b.output().id()));
    return nodes;
  }

  private Unit merge(Unit first, Unit second) {
    List<Node> nodes = merged(first, second);
    first.space = first.space.get().join(second.space.get());
    first.whole = Optional.empty();
    first.nodes.clear();
    first.nodes.addAll(nodes);
    second.nodes.forEach(n -> makers.put(n.output().id(), first));
    units.remove(second);
    return first;
  }

  /// The units so that each stands behind those it reads, else in the order of the graph.
  private List<Unit> ordered() {
    List<Unit> done = new ArrayList<>();
    Set<Unit> seen = new HashSet<>();
    for (Unit unit : units) {
      visit(unit, seen, done);
    }
    return done;
  }

  private void visit(Unit unit, Set<Unit> seen, List<Unit> done) {
    if (seen.add(unit)) {
      before(unit).toList().forEach(u -> visit(u, seen, done));
      done.add(unit);
    }
  }

  private Step step(Unit unit) {
    if (unit.whole.isPresent() && !converts(unit)) {
      return unit.whole.get();
    }
    RowSpace space = unit.space.orElseThrow();
    return fused(space.space(), space.shape(), unit.nodes);
  }

  /// Whether an operation alone would have its weights converted by kernels of their own first, and
  /// a kernel made for it reads them as they are.
  private boolean converts(Unit unit) {
    return unit.space.isPresent()
        && unit.nodes.getFirst() instanceof Node(Normalize _, var inputs, _, _)
        && inputs.stream().skip(1).anyMatch(v -> v.type() != DType.F32)
        && keeps(unit.nodes) * unit.space.get().paddedRow() <= limits.elements();
  }

  private Step.Fused fused(Step.Space space, List<Long> shape, List<Node> nodes) {
    Set<Integer> inside = new HashSet<>();
    nodes.forEach(n -> inside.add(n.output().id()));
    SequencedSet<Value> inputs = new LinkedHashSet<>();
    SequencedSet<Value> numbers = new LinkedHashSet<>();
    for (Node node : nodes) {
      for (Value value : node.inputs()) {
        if (!inside.contains(value.id())) {
          (RowSpace.isNumber(value) ? numbers : inputs).add(value);
        }
      }
    }
    List<Value> outputs =
        nodes.stream().map(Node::output).filter(v -> isReadOutside(v, nodes)).toList();
    return new Step.Fused(space, shape, nodes, List.copyOf(inputs), List.copyOf(numbers), outputs);
  }

  private boolean isReadOutside(Value value, List<Node> nodes) {
    long within =
        nodes.stream().flatMap(n -> n.inputs().stream()).filter(v -> v.id() == value.id()).count();
    return graph.readers(value) > within;
  }
}
