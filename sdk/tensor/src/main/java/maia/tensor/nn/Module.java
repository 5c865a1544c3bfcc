package maia.tensor.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import maia.base.Check;
import maia.numerics.DType;
import maia.tensor.Device;
import maia.tensor.Tensor;
import maia.tensor.TensorException;

/// A part of a network: a function with named parameters, buffers and parts of its own.
///
/// A subclass registers them in its constructor, by name, reads a parameter or buffer by name in
/// [#forward], because [#to(Device)] replaces it, and runs its parts with [#call], so that hooks
/// and summaries see them.
public abstract class Module {
  private final SequencedMap<String, Tensor> parameters = new LinkedHashMap<>();
  private final SequencedMap<String, Tensor> buffers = new LinkedHashMap<>();
  private final Set<String> unsaved = new LinkedHashSet<>();
  private final SequencedMap<String, Module> children = new LinkedHashMap<>();
  private final ModuleHooks hooks = new ModuleHooks();
  private boolean training = true;

  /// A module without parameters or parts yet.
  protected Module() {}

  // ---------------------------------------------------------------- running

  /// The output for `x`: what a subclass computes. Users run a module with [#call].
  public abstract Tensor forward(Tensor x);

  /// The output for several inputs; a module that takes more than one overrides it.
  public Tensor forward(List<Tensor> inputs) {
    Check.argument(
        inputs.size() == 1, "module %s: takes one input, got %d", label(), inputs.size());
    return forward(inputs.getFirst());
  }

  /// The output for `inputs`, with the hooks of this module.
  public final Tensor call(Tensor... inputs) {
    Check.argument(inputs.length > 0, "module %s: needs an input, got none", label());
    return Calls.observe(this, () -> hooks.run(this, List.of(inputs)));
  }

  /// The result of `body` with `tensors` in the place of the parameters and buffers of their dotted
  /// names, which stay as they are: for functions of the parameters, and for models that share a
  /// structure. On the calling thread, until it returns.
  public final <T> T runWith(Map<String, Tensor> tensors, Supplier<T> body) {
    Map<String, Tensor> own = new LinkedHashMap<>();
    visit(
        "",
        (prefix, m) -> {
          m.parameters.forEach((name, p) -> own.put(prefix + name, p));
          m.buffers.forEach((name, b) -> own.put(prefix + name, b));
        });
    Map<Tensor, Tensor> substitutes = new IdentityHashMap<>();
    tensors.forEach((name, tensor) -> {
      Tensor replaced = own.get(name);
      if (replaced == null || !Arrays.equals(replaced.shape(), tensor.shape())) {
        throw TensorException.of(
            "module %s: cannot run with '%s' %s; it has %s",
            label(),
            name,
            Arrays.toString(tensor.shape()),
            replaced == null
                ? "the tensors " + own.keySet()
                : Arrays.toString(replaced.shape()) + " of that name");
      }
      substitutes.put(replaced, tensor);
    });
    return Substitutes.within(substitutes, body);
  }

  /// Before each [#call], the hook may replace the inputs. Hooks run in the order in which they
  /// came.
  public final HookHandle forwardPreHook(ForwardPreHook hook) {
    return hooks.before(hook);
  }

  /// After each [#call], the hook may replace the output.
  public final HookHandle forwardHook(ForwardHook hook) {
    return hooks.after(hook);
  }

  /// When `backward` has passed a [#call], the hook sees the gradients of its inputs and output.
  public final HookHandle backwardHook(BackwardHook hook) {
    return hooks.backward(hook);
  }

  // ---------------------------------------------------------------- registration

  /// Registers a parameter, marked for gradients.
  protected final void parameter(String name, Tensor initial) {
    checkName(name);
    parameters.put(name, tracked(initial));
  }

  /// Registers the parameter of another module as one of this one, so that both learn the same
  /// tensor. It counts once, and stays shared when the root of both moves.
  protected final void sharedParameter(String name, Tensor parameter) {
    checkName(name);
    parameters.put(name, parameter);
  }

  /// The parameter registered as `name`.
  protected final Tensor parameter(String name) {
    Tensor parameter = parameters.get(name);
    if (parameter == null) {
      throw TensorException.of(
          "module %s has no parameter '%s'; it has %s", label(), name, parameters.keySet());
    }
    return Substitutes.of(parameter);
  }

  /// Registers a tensor that is kept with the parameters and not learned, such as a running mean.
  protected final void buffer(String name, Tensor initial) {
    checkName(name);
    buffers.put(name, initial.detach());
  }

  /// Registers a buffer that [#stateDict] leaves out, such as a table that can be computed again.
  protected final void unsavedBuffer(String name, Tensor initial) {
    buffer(name, initial);
    unsaved.add(name);
  }

  /// The buffer registered as `name`.
  protected final Tensor buffer(String name) {
    Tensor buffer = buffers.get(name);
    if (buffer == null) {
      throw TensorException.of(
          "module %s has no buffer '%s'; it has %s", label(), name, buffers.keySet());
    }
    return Substitutes.of(buffer);
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
        || buffers.containsKey(name)
        || children.containsKey(name)) {
      throw TensorException.of(
          "module %s: the name '%s' must be new, not empty and without a dot", label(), name);
    }
  }

  // ---------------------------------------------------------------- what it holds

  /// The direct parts by name, in the order of registration.
  public final SequencedMap<String, Module> children() {
    return new LinkedHashMap<>(children);
  }

  /// This module (as the empty name) and all its parts by dotted name; a part that is used twice
  /// comes once, under its first name.
  public final SequencedMap<String, Module> namedModules() {
    SequencedMap<String, Module> all = new LinkedHashMap<>();
    Set<Module> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    visit(
        "",
        (prefix, m) -> {
          if (seen.add(m)) {
            all.put(prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1), m);
          }
        });
    return all;
  }

  /// This module and all its parts, each once.
  public final List<Module> modules() {
    return List.copyOf(namedModules().values());
  }

  /// Runs `visitor` on this module and all its parts, each once, and returns this module.
  public final Module apply(Consumer<Module> visitor) {
    modules().forEach(visitor);
    return this;
  }

  /// All parameters of this module and its parts by dotted name, such as `0.weight`; a shared one
  /// comes once, under its first name.
  public final SequencedMap<String, Tensor> namedParameters() {
    SequencedMap<String, Tensor> all = new LinkedHashMap<>();
    Set<Tensor> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    visit(
        "",
        (prefix, m) ->
            m.parameters.forEach((name, p) -> {
              if (seen.add(p)) {
                all.put(prefix + name, p);
              }
            }));
    return all;
  }

  /// The parameters of this module alone, without those of its parts.
  public final SequencedMap<String, Tensor> ownParameters() {
    return new LinkedHashMap<>(parameters);
  }

  /// All buffers of this module and its parts by dotted name.
  public final SequencedMap<String, Tensor> namedBuffers() {
    SequencedMap<String, Tensor> all = new LinkedHashMap<>();
    visit("", (prefix, m) -> m.buffers.forEach((name, b) -> all.put(prefix + name, b)));
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

  /// What a pass over shape-only tensors shows: per part the output, parameters, work and bytes.
  public final ModuleSummary summary(Tensor... inputs) {
    return ModuleSummary.of(this, inputs);
  }

  // ---------------------------------------------------------------- state

  /// Parameters and saved buffers by name (a shared parameter under each of its names), outside any
  /// graph; they share memory with the module.
  public final SequencedMap<String, Tensor> stateDict() {
    SequencedMap<String, Tensor> state = new LinkedHashMap<>();
    visit(
        "",
        (prefix, m) -> {
          m.parameters.forEach((name, p) -> state.put(prefix + name, p.detach()));
          m.buffers.forEach((name, b) -> {
            if (!m.unsaved.contains(name)) {
              state.put(prefix + name, b.detach());
            }
          });
        });
    return state;
  }

  /// Copies the values of `state` into parameters and saved buffers. Every name must be there and
  /// no other, and shapes must agree; otherwise all that differs is named and nothing is changed.
  public final void loadStateDict(Map<String, Tensor> state) {
    StateDict.load(stateDict(), state, StateDict.Names.ALL);
  }

  /// As [#loadStateDict], but names that are missing or unexpected are passed over and returned.
  /// Wrong shapes are still refused.
  public final StateDifference loadMatching(Map<String, Tensor> state) {
    return StateDict.load(stateDict(), state, StateDict.Names.MATCHING);
  }

  /// Makes the tensors of `state` the parameters and saved buffers, without a copy and with the
  /// types they have: for models built by [Init#shapesOnly] and checkpoints mapped into memory.
  /// Names and shapes must agree as in [#loadStateDict].
  public final void adoptStateDict(Map<String, Tensor> state) {
    StateDict.check(stateDict(), state, StateDict.Names.ALL);
    Map<Tensor, Tensor> adopted = new IdentityHashMap<>();
    visit(
        "",
        (prefix, m) -> {
          m.parameters.replaceAll((name, p) ->
              adopted.computeIfAbsent(p, old -> alike(old, StateDict.at(state, prefix + name))));
          m.buffers.replaceAll((name, b) ->
              m.unsaved.contains(name) ? b : StateDict.at(state, prefix + name).detach());
        });
  }

  /// Moves parameters and buffers to `device` and returns this module. Optimisers made before keep
  /// the old parameters.
  public final Module to(Device device) {
    return replace(t -> t.to(device));
  }

  /// Rounds floating-point parameters and buffers to `type` and returns this module. Optimisers
  /// made before keep the old parameters.
  public final Module to(DType type) {
    return replace(t -> t.type() instanceof DType own && own.isFloat() ? t.to(type) : t);
  }

  private Module replace(UnaryOperator<Tensor> change) {
    Map<Tensor, Tensor> changed = new IdentityHashMap<>();
    apply(m -> {
      m.parameters.replaceAll(
          (_, p) -> changed.computeIfAbsent(p, old -> alike(old, change.apply(old.detach()))));
      m.buffers.replaceAll((_, b) -> changed.computeIfAbsent(b, change));
    });
    return this;
  }

  private static Tensor alike(Tensor old, Tensor p) {
    return old.requiresGrad() ? tracked(p) : p.detach();
  }

  private static Tensor tracked(Tensor p) {
    return p.detach().requireGrad();
  }

  // ---------------------------------------------------------------- modes

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

  /// Takes all parameters out of training: no gradients for them from the next pass on.
  public final Module freeze() {
    parameters().forEach(Tensor::requireNoGrad);
    zeroGrad();
    return this;
  }

  /// Brings all parameters back into training; optimisers that hold them stay valid.
  public final Module unfreeze() {
    parameters().forEach(Tensor::requireGrad);
    return this;
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
    String name = getClass().getSimpleName();
    return name.isEmpty() ? "Module" : name; // an anonymous class
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
