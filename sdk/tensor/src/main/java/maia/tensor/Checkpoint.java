package maia.tensor;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import maia.base.Check;

/// A function whose inner results are forgotten after the forward pass and computed again for the
/// backward pass. Its inputs are those of the user, then the leaves that the function captured.
///
/// @param function what is computed
/// @param count how many inputs are the function's own
/// @param tape the random numbers of the first run
record Checkpoint(Function<List<Tensor>, Tensor> function, int count, Draws.Tape tape)
    implements Op {
  static Tensor run(Function<List<Tensor>, Tensor> function, List<Tensor> inputs) {
    if (!Autograd.isRecording()) {
      return function.apply(inputs);
    }
    List<Tensor> given = inputs.stream().map(Checkpoint::cut).toList();
    Draws.Tape tape = Draws.Tape.recording();
    Tensor result = tape.record(() -> function.apply(given));
    if (!result.requiresGrad()) {
      return result;
    }
    List<Tensor> all = new ArrayList<>(inputs);
    all.addAll(captured(result, given));
    Tensor outside = result.detach();
    return Autograd.record(
        new Checkpoint(function, inputs.size(), tape), List.copyOf(all), outside);
  }

  /// The same values as a leaf of their own, or without gradient as before.
  private static Tensor cut(Tensor x) {
    return x.requiresGrad() ? Autograd.requireGrad(x.detach()) : x;
  }

  /// The leaves that `result` depends on besides `given`.
  private static List<Tensor> captured(Tensor result, List<Tensor> given) {
    Vertex end = Check.present(result.slot.vertex(result), "Checkpoint", "the result");
    return Backward.inputsBeforeResults(List.of(end)).stream()
        .filter(Vertex::isLeaf)
        .map(Vertex::output)
        .filter(leaf -> !given.contains(leaf))
        .toList();
  }

  @Override
  public Tensor meta(List<Tensor> inputs) {
    return function.apply(inputs.subList(0, count));
  }

  @Override
  public Tensor host(List<Tensor> inputs) {
    return function.apply(inputs.subList(0, count));
  }

  @Override
  public List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor gradient) {
    boolean again = Autograd.isRecording();
    List<Tensor> own = inputs.subList(0, count);
    List<Tensor> given = again ? own : own.stream().map(Checkpoint::cut).toList();
    Tensor result = tape.repeat(() -> Autograd.enableGrad(() -> function.apply(given)));
    List<Tensor> all = new ArrayList<>(given);
    all.addAll(inputs.subList(count, inputs.size()));
    List<Tensor> wanted = all.stream().filter(Tensor::requiresGrad).toList();
    Set<GradOption> options = EnumSet.of(GradOption.ALLOW_UNUSED);
    if (again) {
      options.add(GradOption.CREATE_GRAPH);
    }
    List<Tensor> parts =
        Backward.gradients(List.of(result), wanted, List.of(gradient), options, given);
    List<Optional<Tensor>> gradients = new ArrayList<>();
    int next = 0;
    for (Tensor input : all) {
      gradients.add(input.requiresGrad() ? Optional.of(parts.get(next++)) : Optional.empty());
    }
    return gradients;
  }
}
