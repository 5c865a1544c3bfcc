package maia.runtime;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import maia.base.Check;
import maia.machine.Chip;
import maia.machine.Machine;
import maia.tensor.Tensor;
import maia.tensor.TensorException;
import maia.tensor.nn.Module;

/// A function of tensors that runs on the simulated chip with several operations per kernel; made
/// by [Maia#compile(Module)].
///
/// The first call with inputs of new types, shapes, strides or devices records the function with
/// tensors that have no values, joins operations (decision 047) and keeps the plan; calls with
/// inputs alike run it. It is recorded anew when a parameter or buffer of the module is another
/// tensor, or when a number that went into a kernel was written in place. Results have the bits
/// that the operations give one by one on the device, and no gradient. A call with shape-only
/// inputs measures time and energy. Threads may share it.
public final class CompiledFunction {
  /// Plans kept; with more signatures, the one that was not used for longest is forgotten.
  private static final int KEPT = 64;

  private final String name;
  private final int arity;
  private final Function<List<Tensor>, Tensor> forward;
  private final List<Module> modules;
  private final Machine machine;
  private final Map<Signature, Compilation> known = new LinkedHashMap<>(16, 0.75f, true);

  private CompiledFunction(
      String name,
      int arity,
      Function<List<Tensor>, Tensor> forward,
      List<Module> modules,
      Machine machine) {
    this.name = name;
    this.arity = arity;
    this.forward = forward;
    this.modules = modules;
    this.machine = machine;
  }

  static CompiledFunction of(Module module) {
    return new CompiledFunction(
        module.getClass().getSimpleName(),
        0,
        inputs -> module.call(inputs.toArray(Tensor[]::new)),
        List.of(module),
        Chip.MAIA_200);
  }

  static CompiledFunction of(String name, int inputs, Function<List<Tensor>, Tensor> forward) {
    Check.argument(inputs > 0, "compile '%s': needs at least one input, got %d", name, inputs);
    return new CompiledFunction(name, inputs, forward, List.of(), Chip.MAIA_200);
  }

  /// The same function for another chip: results lie on the device of the inputs, time and energy
  /// are those of `chip`.
  public CompiledFunction on(Machine chip) {
    return new CompiledFunction(name, arity, forward, modules, chip);
  }

  /// The result for `inputs`, all on one simulated device or all shape-only.
  public Tensor call(Tensor... inputs) {
    return Tensor.noGrad(() -> compilation(List.of(inputs)).run(List.of(inputs)));
  }

  /// What became of the function for inputs like these: graph, kernels and what they join, memory,
  /// and time beside the operations one by one, simulated without values. Inputs may be shape-only.
  public CompileReport explain(Tensor... inputs) {
    return Tensor.noGrad(() -> compilation(List.of(inputs)).explain());
  }

  /// As [#explain(Tensor...)] for the inputs of the latest call.
  public CompileReport explain() {
    Compilation latest;
    synchronized (known) {
      Check.argument(
          !known.isEmpty(),
          "explain: '%s' was not called yet; call it, or explain it for inputs: explain(x)",
          name);
      latest = List.copyOf(known.values()).getLast();
    }
    return Tensor.noGrad(latest::explain);
  }

  /// How many plans it keeps, one per kind of inputs.
  public int plans() {
    synchronized (known) {
      return known.size();
    }
  }

  private Compilation compilation(List<Tensor> inputs) {
    check(inputs);
    Signature signature = Signature.of(inputs);
    synchronized (known) {
      Compilation before = known.get(signature);
      if (before != null && before.isValid(state())) {
        return before;
      }
      Compilation made = Compilation.of(name, forward, inputs, state(), machine);
      known.put(signature, made);
      if (known.size() > KEPT) {
        known.remove(known.keySet().iterator().next());
      }
      return made;
    }
  }

  /// The tensors of the modules, which are another list when one of them was moved or converted.
  private List<Tensor> state() {
    return modules.stream()
        .flatMap(m ->
            java.util.stream.Stream.concat(
                m.parameters().stream(), m.namedBuffers().values().stream()))
        .toList();
  }

  private void check(List<Tensor> inputs) {
    boolean fits = arity == 0 ? !inputs.isEmpty() : inputs.size() == arity;
    Check.argument(
        fits,
        "compiled '%s': takes %s, got %d",
        name,
        arity == 0 ? "at least one input" : arity + " inputs",
        inputs.size());
    for (Tensor input : inputs) {
      boolean same = input.device().equals(inputs.getFirst().device());
      if (!same || !(input.isMeta() || input.device().kind().equals("maia"))) {
        throw TensorException.of(
            "compiled '%s': all inputs must be on one simulated device, or shape-only, they are on %s;"
                + " move them, and the module, with to(Device.maia()), or call the function itself on"
                + " the host",
            name, inputs.stream().map(t -> t.device().toString()).toList());
      }
      if (input.requiresGrad()) {
        throw TensorException.of(
            "compiled '%s': an input needs a gradient, and a compiled function runs forward only; pass"
                + " x.detach(), or call the function itself to train",
            name);
      }
    }
    for (Module module : modules) {
      if (module.modules().stream().anyMatch(Module::isTraining)) {
        throw TensorException.of(
            "compiled '%s': the module is in training mode, and a compiled function runs forward only,"
                + " without gradients; call eval() on the module, or the module itself to train",
            name);
      }
    }
  }

  /// The name and how many plans it keeps.
  @Override
  public String toString() {
    int plans = plans();
    return "compiled '%s' for %s: %d %s"
        .formatted(name, machine.name(), plans, plans == 1 ? "plan" : "plans");
  }
}
