package maia.tensor.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import maia.base.Check;
import maia.numerics.DType;
import maia.tensor.Device;
import maia.tensor.ShapeException;
import maia.tensor.Tensor;
import maia.tensor.TensorException;

/// A part of a network: a function with named parameters and named parts of its own.
///
/// A subclass registers parameters and parts in its constructor, by name, and reads a parameter by
/// name in [#forward], because [#to(Device)] replaces it.
public abstract class Module {
  private final SequencedMap<String, Tensor> parameters = new LinkedHashMap<>();
  private final SequencedMap<String, Module> children = new LinkedHashMap<>();
  private boolean training = true;

  /// A module without parameters or parts yet.
  protected Module() {}

  /// The output for `x`.
  public abstract Tensor forward(Tensor x);

  /// Registers a parameter, marked for gradients.
  protected final void parameter(String name, Tensor initial) {
    checkName(name);
    parameters.put(name, tracked(initial));
  }

  /// The parameter registered as `name`.
  protected final Tensor parameter(String name) {
    Tensor parameter = parameters.get(name);
    if (parameter == null) {
      throw TensorException.of(
          "module %s has no parameter '%s'; it has %s", label(), name, parameters.keySet());
    }
    return parameter;
  }

  /// Registers a part and returns it.
  protected final <M extends Module> M child(String name, M part) {
    checkName(name);
    children.put(name, part);
    return part;
  }

  private void checkName(String name) {
    if (name.isEmpty()
        || name.contains(".")
        || parameters.containsKey(name)
        || children.containsKey(name)) {
      throw TensorException.of(
          "module %s: the name '%s' must be new, not empty and without a dot", label(), name);
    }
  }

  /// The direct parts by name, in the order of registration.
  public final SequencedMap<String, Module> children() {
    return new LinkedHashMap<>(children);
  }

  /// All parameters of this module and its parts by dotted name, such as `0.weight`.
  public final SequencedMap<String, Tensor> namedParameters() {
    SequencedMap<String, Tensor> all = new LinkedHashMap<>();
    visit("", (prefix, m) -> m.parameters.forEach((name, p) -> all.put(prefix + name, p)));
    return all;
  }

  /// All parameters, in the order of [#namedParameters].
  public final List<Tensor> parameters() {
    return List.copyOf(namedParameters().values());
  }

  /// How many numbers the parameters hold.
  public final long parameterCount() {
    return parameters().stream().mapToLong(Tensor::elements).sum();
  }

  /// The parameters by name, outside any graph; they share memory with the module.
  public final SequencedMap<String, Tensor> stateDict() {
    SequencedMap<String, Tensor> state = new LinkedHashMap<>();
    namedParameters().forEach((name, p) -> state.put(name, p.detach()));
    return state;
  }

  /// Copies the values of `state` into the parameters. Every name must be there and no other, and
  /// shapes must agree; otherwise nothing is changed.
  public final void loadStateDict(Map<String, Tensor> state) {
    SequencedMap<String, Tensor> own = namedParameters();
    List<String> missing = own.keySet().stream().filter(n -> !state.containsKey(n)).toList();
    List<String> unexpected =
        state.keySet().stream().filter(n -> !own.containsKey(n)).sorted().toList();
    ShapeException.check(
        missing.isEmpty() && unexpected.isEmpty(),
        "loadStateDict: names differ: missing %s, unexpected %s; the module has %s",
        missing,
        unexpected,
        own.keySet());
    own.forEach((name, parameter) -> checkShape(name, parameter, stored(state, name)));
    Tensor.noGrad(() -> own.forEach((name, p) -> p.assign(stored(state, name).to(p.device()))));
  }

  private static Tensor stored(Map<String, Tensor> state, String name) {
    return Check.present(state.get(name), "Module", name);
  }

  private static void checkShape(String name, Tensor parameter, Tensor value) {
    ShapeException.check(
        Arrays.equals(parameter.shape(), value.shape()),
        "loadStateDict: '%s' has shape %s in the module and %s in the state",
        name,
        Arrays.toString(parameter.shape()),
        Arrays.toString(value.shape()));
  }

  /// Moves the parameters to `device` and returns this module. Optimisers made before keep the old
  /// parameters.
  public final Module to(Device device) {
    return replace(p -> p.to(device));
  }

  /// Rounds the parameters to `type` and returns this module. Optimisers made before keep the old
  /// parameters.
  public final Module to(DType type) {
    return replace(p -> p.to(type));
  }

  private Module replace(UnaryOperator<Tensor> change) {
    visit("", (_, m) -> m.parameters.replaceAll((_, p) -> tracked(change.apply(p.detach()))));
    return this;
  }

  private static Tensor tracked(Tensor p) {
    return p.detach().requireGrad();
  }

  /// Behaves as in training, and so do its parts.
  public final Module train() {
    visit("", (_, m) -> m.training = true);
    return this;
  }

  /// Behaves as in use, and so do its parts.
  public final Module eval() {
    visit("", (_, m) -> m.training = false);
    return this;
  }

  /// Whether it behaves as in training.
  public final boolean isTraining() {
    return training;
  }

  /// Forgets the gradients of all parameters.
  public final void zeroGrad() {
    parameters().forEach(Tensor::zeroGrad);
  }

  private void visit(String prefix, BiConsumer<String, Module> visitor) {
    visitor.accept(prefix, this);
    children.forEach((name, part) -> part.visit(prefix + name + ".", visitor));
  }

  /// The name and settings used by [#toString].
  protected String label() {
    return getClass().getSimpleName();
  }

  /// The module and its parts, one per line, as PyTorch prints them.
  @Override
  public final String toString() {
    if (children.isEmpty()) {
      return label().contains("(") ? label() : label() + "()";
    }
    List<String> lines = new ArrayList<>();
    children.forEach((name, part) -> lines.add("(" + name + "): " + part));
    return lines.stream()
        .flatMap(String::lines)
        .map(line -> "  " + line)
        .collect(Collectors.joining("\n", label() + "(\n", "\n)"));
  }
}
