package maia.runtime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import maia.base.Stop;
import maia.graph.Graph;
import maia.graph.Plan;
import maia.graph.Step;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.sim.Options;
import maia.tensor.Tensor;
import maia.tensor.nn.Module;

/// Runs networks on one simulated chip and measures them: record the forward pass, fuse, compile,
/// simulate.
public final class Session {
  private final Machine machine;
  private final Options options;

  private Session(Machine machine, Options options) {
    this.machine = machine;
    this.options = options;
  }

  /// A session on Maia 200 at its headline clock.
  public static Session maia() {
    return on(Chip.MAIA_200);
  }

  /// A session on `machine`, with every check on.
  public static Session on(Machine machine) {
    return new Session(machine, Options.defaults());
  }

  /// This session with other simulator options; whether values are computed follows from the input.
  public Session with(Options chosen) {
    return new Session(machine, chosen);
  }

  /// The chip.
  public Machine machine() {
    return machine;
  }

  /// Runs `model` on `x`. With a shape-only `x` ([Tensor#meta]) only time and energy are simulated.
  public SessionRun run(Module model, Tensor x) {
    return run(model.getClass().getSimpleName(), model::forward, x);
  }

  /// Runs `forward` on `x`; `name` appears in reports. Operations without a kernel are refused by
  /// name.
  public SessionRun run(String name, UnaryOperator<Tensor> forward, Tensor x) {
    Graph graph = Tensor.noGrad(() -> Graph.record(name, forward, x));
    Plan plan = Plan.fused(graph, PlanRun.limits(machine));
    List<KernelRun> kernels = new ArrayList<>();
    var launcher = new SimulatedLauncher(machine, options);
    Map<Integer, Tensor> values = new HashMap<>();
    values.put(graph.inputs().getFirst().id(), x);
    plan.graph().constants().forEach(c -> values.put(c.id(), c.constant().orElseThrow()));
    Steps steps = Steps.session(launcher, kernels::add);
    for (Step step : plan.steps()) {
      Stop.poll("session");
      Tensor.noGrad(() -> PlanRun.execute(steps, step, values));
    }
    return new SessionRun(
        machine, graph, plan, kernels, PlanRun.value(values, plan.graph().output()));
  }
}
