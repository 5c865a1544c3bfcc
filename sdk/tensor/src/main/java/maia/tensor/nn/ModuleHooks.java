package maia.tensor.nn;

import java.util.ArrayList;
import java.util.List;
import maia.base.Check;
import maia.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// The hooks of one module, in the order in which they came.
final class ModuleHooks {
  private final List<ForwardPreHook> before = new ArrayList<>();
  private final List<ForwardHook> after = new ArrayList<>();
  private final List<BackwardHook> backward = new ArrayList<>();

  HookHandle before(ForwardPreHook hook) {
    return add(before, hook);
  }

  HookHandle after(ForwardHook hook) {
    return add(after, hook);
  }

  HookHandle backward(BackwardHook hook) {
    return add(backward, hook);
  }

  /// A handle removes this registration alone, also where one hook is registered twice.
  private static <T> HookHandle add(List<T> hooks, T hook) {
    hooks.add(hook);
    boolean[] removed = new boolean[1];
    return () -> {
      for (int i = 0; i < hooks.size() && !removed[0]; i++) {
        if (hooks.get(i) == hook) {
          hooks.remove(i);
          removed[0] = true;
        }
      }
    };
  }

  Tensor run(Module module, List<Tensor> inputs) {
    List<Tensor> used = inputs;
    for (ForwardPreHook hook : List.copyOf(before)) {
      @Nullable List<Tensor> before = hook.before(module, used);
      Check.argument(
          before != null,
          "forward pre-hook of %s: returned null; return the inputs to leave them as they are",
          module.label());
      used = List.copyOf(before);
      Check.argument(
          used.size() == inputs.size(),
          "forward pre-hook of %s: must return %d inputs, returned %d",
          module.label(),
          inputs.size(),
          used.size());
    }
    List<BackwardTap> taps = backward.stream().map(hook -> new BackwardTap(module, hook)).toList();
    for (BackwardTap tap : taps) {
      used = tap.inputs(used);
    }
    Tensor output = used.size() == 1 ? module.forward(used.getFirst()) : module.forward(used);
    for (BackwardTap tap : taps) {
      output = tap.output(output);
    }
    for (ForwardHook hook : List.copyOf(after)) {
      @Nullable Tensor after = hook.after(module, used, output);
      Check.argument(
          after != null,
          "forward hook of %s: returned null; return the output to leave it as it is",
          module.label());
      output = after;
    }
    return output;
  }
}
