package maia.tensor.nn;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import maia.tensor.Tensor;

/// Collects the gradients of one call of a module and hands them to a hook when the last has come.
/// Inputs and output pass through views of their own, so that other uses of the same tensors do not
/// count.
final class BackwardTap {
  private final Module module;
  private final BackwardHook hook;
  private final List<Optional<Tensor>> ofInputs = new ArrayList<>();
  private Optional<Tensor> ofOutput = Optional.empty();
  private int awaited;

  BackwardTap(Module module, BackwardHook hook) {
    this.module = module;
    this.hook = hook;
  }

  List<Tensor> inputs(List<Tensor> inputs) {
    ofInputs.addAll(Collections.nCopies(inputs.size(), Optional.empty()));
    List<Tensor> tapped = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Tensor input = inputs.get(i);
      if (!input.requiresGrad()) {
        tapped.add(input);
        continue;
      }
      int index = i;
      awaited++;
      Tensor view = input.reshape(input.shape());
      view.hook(g -> {
        ofInputs.set(index, Optional.of(g));
        awaited--;
        finish();
        return g;
      });
      tapped.add(view);
    }
    return tapped;
  }

  Tensor output(Tensor output) {
    if (!output.requiresGrad()) {
      return output;
    }
    Tensor view = output.reshape(output.shape());
    view.hook(g -> {
      ofOutput = Optional.of(g);
      finish();
      return g;
    });
    return view;
  }

  private void finish() {
    if (awaited == 0 && ofOutput.isPresent()) {
      hook.after(module, List.copyOf(ofInputs), ofOutput.get());
    }
  }
}
