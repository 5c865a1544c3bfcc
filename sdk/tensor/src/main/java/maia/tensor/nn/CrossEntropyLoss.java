package maia.tensor.nn;

import java.util.Arrays;
import maia.numerics.DType;
import maia.tensor.ShapeException;
import maia.tensor.Tensor;

/// The mean over a batch of the negative logarithm of the probability that softmax of the logits
/// `[N, classes]` gives the true classes `[N]`.
public record CrossEntropyLoss() implements Loss {
  @Override
  public Tensor forward(Tensor logits, Tensor classes) {
    ShapeException.check(
        logits.rank() == 2 && classes.rank() == 1 && classes.size(0) == logits.size(0),
        "crossEntropy: logits must be [N, classes] and targets [N], got %s and %s",
        Arrays.toString(logits.shape()),
        Arrays.toString(classes.shape()));
    Tensor log = logits.logSoftmax(1);
    Tensor chosen = classes.oneHot(Math.toIntExact(logits.size(1)));
    Tensor zero = Tensor.zeros(DType.F32).to(log.device());
    return chosen.where(log, zero).sum().div(-logits.size(0));
  }
}
