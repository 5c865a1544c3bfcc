package maia.runtime.ops;

import java.util.ArrayList;
import java.util.List;
import maia.kernel.library.ClassLoss;
import maia.numerics.DType;
import maia.tensor.CrossEntropy;
import maia.tensor.Tensor;

/// Losses that are operations of their own; the others are made of elements and reductions.
final class LossSteps {
  private LossSteps() {}

  static void enter(Table table) {
    table
        .family("losses")
        .add(CrossEntropy.class, Types.SCALARS, Rule.bits(), LossSteps::crossEntropy);
  }

  private static Tensor crossEntropy(Runner on, CrossEntropy op, List<Tensor> inputs, Tensor like) {
    Tensor logits = inputs.get(0);
    boolean isMeta = Runner.isTimingOnly(inputs);
    Tensor out = on.result(isMeta, DType.F32, like.shape());
    List<Object> arguments = new ArrayList<>();
    arguments.add(logits);
    arguments.add(on.cast(inputs.get(1), DType.I64));
    inputs.stream().skip(2).forEach(w -> arguments.add(on.cast(w, DType.F32)));
    arguments.add(out);
    arguments.add(op.ignoreIndex());
    if (op.smoothing() > 0) {
      arguments.add(1 - op.smoothing());
      arguments.add(op.smoothing() / logits.size(1));
    }
    on.launch(
        ClassLoss.over(
            logits.size(0),
            logits.size(1),
            logits.dtype(),
            inputs.size() > 2,
            op.smoothing() > 0,
            on.machine()),
        isMeta,
        arguments.toArray());
    return out;
  }
}
