package maia.runtime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import maia.base.Stop;
import maia.graph.Graph;
import maia.graph.Node;
import maia.graph.Plan;
import maia.graph.Step;
import maia.graph.Value;
import maia.machine.Machine;
import maia.sim.Options;
import maia.tensor.Device;
import maia.tensor.Tensor;
import maia.tensor.TensorException;
import org.jspecify.annotations.Nullable;

/// A function compiled for one kind of inputs.
final class Compilation {
  /// The operations as recorded.
  private final Graph graph;

  private final Plan plan;

  /// For each step, the values that nothing reads after it.
  private final List<List<Integer>> releases;

  /// The tensors of the modules when it was recorded.
  private final List<Tensor> state;

  /// The versions of the tensors whose numbers went into the plan.
  private final List<Integer> versions;

  private final Signature signature;
  private final Machine machine;

  /// Where results lie, found by the first run with values.
  private volatile @Nullable Places places;

  private Compilation(
      Graph graph, Plan plan, List<Tensor> state, Signature signature, Machine machine) {
    this.graph = graph;
    this.plan = plan;
    this.releases = releases(plan);
    this.state = state;
    this.versions = versions(graph);
    this.signature = signature;
    this.machine = machine;
  }

  static Compilation of(
      String name,
      Function<List<Tensor>, Tensor> forward,
      List<Tensor> inputs,
      List<Tensor> state,
      Machine machine) {
    Graph graph = Tensor.noGrad(() -> Graph.record(name, forward, inputs));
    Plan plan = Plan.fused(graph, PlanRun.limits(machine));
    Device device = inputs.getFirst().device();
    plan.graph().nodes().forEach(node -> check(name, node, device));
    return new Compilation(graph, plan, state, Signature.of(inputs), machine);
  }

  /// Refuses what would be refused one by one: operations without a kernel, operands elsewhere.
  private static void check(String name, Node node, Device device) {
    String at = node.at().isEmpty() ? "" : " (" + node.at() + ")";
    if (!Steps.supports(node.op())) {
      throw TensorException.of(
          "compile '%s': no kernel of the library computes '%s'%s; run it on the host explicitly, between"
              + " two compiled parts: x.to(Device.cpu()), the operation, then to(%s)",
          name, node.op().name(), at, device);
    }
    for (Value input : node.inputs()) {
      boolean elsewhere =
          input.constant().isPresent()
              && !input.constant().get().isMeta()
              && !device.equals(Device.meta())
              && !input.constant().get().device().equals(device);
      if (elsewhere) {
        throw TensorException.of(
            "compile '%s': '%s'%s reads a constant %s%s on %s, the inputs are on %s; move it, or the module"
                + " that holds it, with to(device)",
            name,
            node.op().name(),
            at,
            input.type().label(),
            input.shape(),
            input.constant().get().device(),
            device);
      }
    }
  }

  private static List<Integer> versions(Graph graph) {
    return graph.frozen().stream().map(Tensor::version).toList();
  }

  /// Whether what went into the plan is still so.
  boolean isValid(List<Tensor> now) {
    boolean same = now.size() == state.size();
    for (int i = 0; same && i < now.size(); i++) {
      same = now.get(i) == state.get(i);
    }
    return same && versions(graph).equals(versions);
  }

  private static List<List<Integer>> releases(Plan plan) {
    List<List<Integer>> releases =
        IntStream.range(0, plan.steps().size())
            .<List<Integer>>mapToObj(_ -> new ArrayList<>())
            .toList();
    Places.lastUses(plan)
        .forEach((id, step) -> {
          if (step < releases.size()) {
            releases.get(step).add(id);
          }
        });
    return releases;
  }

  Tensor run(List<Tensor> inputs) {
    ResultMemory memory = inputs.getFirst().isMeta() ? ResultMemory.SEPARATE : places().block();
    return run(plan, releases, inputs, memory, Options.defaults(), Profile::add);
  }

  private Places places() {
    Places known = places;
    if (known == null) {
      known = places(plan);
      places = known;
    }
    return known;
  }

  /// The places of the results of `steps`.
  private Places places(Plan steps) {
    Map<Integer, Tensor> shapes = new HashMap<>();
    for (int i = 0; i < signature.inputs().size(); i++) {
      shapes.put(graph.inputs().get(i).id(), signature.inputs().get(i).shaped());
    }
    for (Value c : steps.graph().constants()) {
      Tensor constant = c.constant().orElseThrow();
      shapes.put(c.id(), constant.elements() == 1 ? constant : Signature.input(constant).shaped());
    }
    return Places.of(steps, machine, shapes);
  }

  /// Runs `steps` of a plan, giving each kernel run to `observer` with the name of its step.
  private Tensor run(
      Plan steps,
      List<List<Integer>> done,
      List<Tensor> inputs,
      ResultMemory memory,
      Options options,
      Observer observer) {
    Map<Integer, Tensor> values = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      values.put(graph.inputs().get(i).id(), inputs.get(i));
    }
    steps.graph().constants().forEach(c -> values.put(c.id(), c.constant().orElseThrow()));
    var launcher = new SimulatedLauncher(machine, options);
    Device device = inputs.getFirst().device();
    for (int i = 0; i < steps.steps().size(); i++) {
      Stop.poll("compiled function");
      Step step = steps.steps().get(i);
      memory.begin(i);
      PlanRun.execute(
          Steps.in(memory, launcher, device, run -> observer.add(label(step), run)), step, values);
      done.get(i).forEach(values::remove);
    }
    return PlanRun.value(values, steps.graph().output());
  }

  /// Who sees the kernels.
  private interface Observer {
    void add(String op, KernelRun run);
  }

  /// The operations of a step, such as `linear+gelu`.
  static String label(Step step) {
    return String.join("+", step.ops().stream().map(op -> op.name()).toList());
  }

  CompileReport explain() {
    List<Tensor> shapes =
        graph.inputs().stream()
            .map(v -> Tensor.meta(v.type(), v.shape().stream().mapToLong(s -> s).toArray()))
            .toList();
    Plan one = Plan.unfused(graph);
    return new CompileReport(
        signature.toString(),
        graph,
        plan,
        places(one).plan(),
        places().plan(),
        measured(one, releases(one), shapes),
        measured(plan, releases, shapes));
  }

  private Report measured(Plan steps, List<List<Integer>> done, List<Tensor> shapes) {
    List<KernelRun> runs = new ArrayList<>();
    run(
        steps,
        done,
        shapes,
        ResultMemory.SEPARATE,
        Options.timingOnly(),
        (_, run) -> runs.add(run));
    return Report.of(runs);
  }
}
