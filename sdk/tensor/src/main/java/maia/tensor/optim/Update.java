package maia.tensor.optim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import maia.base.Check;
import maia.base.Stop;
import maia.numerics.DType;
import maia.tensor.ShapeException;
import maia.tensor.Tensor;
import maia.tensor.TensorException;

/// The parameters of an optimiser and what it remembers of each: named vectors and a count of
/// updates. Applies a rule to them as fp32 arrays.
final class Update {
  private static final String STEPS = "steps";

  private final String name;
  private final List<ParamGroup> groups;
  private final List<Tensor> parameters;
  private final SequencedMap<String, List<float[]>> memory = new LinkedHashMap<>();
  private long[] steps;

  /// Changes the parameter values `p` in place, given the gradient `g`.
  @FunctionalInterface
  interface Rule {
    void apply(Item item, float[] p, float[] g);
  }

  /// One parameter in one step.
  ///
  /// @param index its number
  /// @param steps its updates, this one included
  /// @param rate its learning rate
  /// @param decay its weight decay
  record Item(int index, long steps, double rate, double decay) {}

  Update(String name, List<ParamGroup> groups, String... vectors) {
    Check.argument(!groups.isEmpty(), "%s: needs at least one group of parameters", name);
    this.name = name;
    this.groups = List.copyOf(groups);
    this.parameters = groups.stream().flatMap(g -> g.parameters().stream()).toList();
    Check.argument(!parameters.isEmpty(), "%s: needs at least one parameter, got none", name);
    for (Tensor p : parameters) {
      if (p.dtype() == DType.F64) {
        throw TensorException.of(
            "%s: updates are made in fp32, a parameter is f64; convert the module with to(F32)",
            name);
      }
    }
    Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Tensor p : parameters) {
      if (!p.isLeaf()) {
        throw TensorException.of(
            "%s: parameter %s is computed from others, so it gets no gradient of its own; pass what it is computed from, or p.detach().requireGrad()",
            name, Arrays.toString(p.shape()));
      }
      if (!seen.add(p)) {
        throw TensorException.of(
            "%s: a parameter %s comes twice and would be changed twice in a step; name it once",
            name, Arrays.toString(p.shape()));
      }
    }
    for (String vector : vectors) {
      memory.put(vector, zeros());
    }
    this.steps = new long[parameters.size()];
  }

  /// Such as `sgd(12 parameters at rate 0.1)`.
  @Override
  public String toString() {
    String each =
        groups.stream()
            .map(g ->
                "%d parameters at rate %s%s"
                    .formatted(
                        g.parameters().size(),
                        g.learningRate(),
                        g.weightDecay() == 0 ? "" : ", decay " + g.weightDecay()))
            .collect(Collectors.joining("; "));
    return name + "(" + each + ")";
  }

  private List<float[]> zeros() {
    return parameters.stream().map(p -> new float[Math.toIntExact(p.elements())]).toList();
  }

  List<ParamGroup> groups() {
    return groups;
  }

  /// What is remembered of a parameter under a name.
  float[] vector(String of, int index) {
    return Check.present(memory.get(of), name, of).get(index);
  }

  void each(double firstRate, Rule rule) {
    Check.argument(
        firstRate >= 0, "%s: learning rate must not be negative, was %s", name, firstRate);
    int index = 0;
    for (ParamGroup group : groups) {
      double rate = firstRate * (group.learningRate() / groups.getFirst().learningRate());
      for (Tensor parameter : group.parameters()) {
        if (parameter.hasGrad()) {
          Stop.poll(name);
          steps[index]++;
          apply(parameter, new Item(index, steps[index], rate, group.weightDecay()), rule);
        }
        index++;
      }
    }
  }

  private static void apply(Tensor parameter, Item item, Rule rule) {
    float[] values = parameter.toArray();
    rule.apply(item, values, parameter.grad().toArray());
    Tensor changed = Tensor.of(values, parameter.shape()).to(parameter.device());
    Tensor.noGrad(() -> parameter.assign(changed));
  }

  SequencedMap<String, Tensor> state() {
    SequencedMap<String, Tensor> state = new LinkedHashMap<>();
    state.put(STEPS, Tensor.ofLongs(steps.clone()));
    memory.forEach((vector, values) -> {
      for (int i = 0; i < values.size(); i++) {
        state.put(i + "." + vector, Tensor.of(values.get(i), parameters.get(i).shape()));
      }
    });
    return state;
  }

  void load(Map<String, Tensor> state) {
    SequencedMap<String, Tensor> own = state();
    List<String> wrong = new ArrayList<>();
    own.forEach((key, value) -> {
      Tensor given = state.get(key);
      if (given == null) {
        wrong.add("missing '" + key + "'");
      } else if (!Arrays.equals(given.shape(), value.shape()) || given.type() != value.type()) {
        wrong.add(
            "'%s' is %s %s, must be %s %s"
                .formatted(
                    key,
                    given.type().label(),
                    Arrays.toString(given.shape()),
                    value.type().label(),
                    Arrays.toString(value.shape())));
      }
    });
    state.keySet().stream()
        .filter(key -> !own.containsKey(key))
        .sorted()
        .forEach(key -> wrong.add("unexpected '" + key + "'"));
    ShapeException.check(
        wrong.isEmpty(), "%s: the state does not fit: %s", name, String.join(", ", wrong));
    steps = Check.present(state.get(STEPS), name, STEPS).toLongs();
    memory.forEach((vector, values) -> {
      for (int i = 0; i < values.size(); i++) {
        float[] from = Check.present(state.get(i + "." + vector), name, vector).toArray();
        System.arraycopy(from, 0, values.get(i), 0, from.length);
      }
    });
  }
}
