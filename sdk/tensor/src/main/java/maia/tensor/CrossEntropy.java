package maia.tensor;

import java.util.List;
import java.util.Optional;
import maia.base.Check;
import maia.numerics.DType;
import maia.numerics.Fmath;
import maia.numerics.Reduce;

/// The loss of each row of logits `[N, classes]` against its class `[N]`, as F32 (F64 for F64)
/// `[N]`, with an optional weight per class, which is a constant.
///
/// The target distribution of a row is (1 - smoothing) at its class plus smoothing / classes at
/// every class, each times the weight of the class; the loss is minus its product with the
/// logarithm of the softmax. A row whose class is `ignoreIndex` has loss 0. Arithmetic as in
/// [Softmax]; the smoothed part is summed in the order of [Reduce#sum].
///
/// @param ignoreIndex the class of rows that count nothing
/// @param smoothing the part of the target that all classes share, from 0 to 1
public record CrossEntropy(long ignoreIndex, float smoothing) implements Op {
  /// PyTorch's class of rows that count nothing.
  public static final long IGNORE = -100;

  public CrossEntropy {
    Check.argument(
        smoothing >= 0 && smoothing <= 1,
        "crossEntropy: label smoothing must be from 0 to 1, was %s",
        smoothing);
  }

  @Override
  public Tensor meta(List<Tensor> inputs) {
    Tensor logits = inputs.get(0);
    Tensor classes = inputs.get(1);
    ShapeException.check(
        logits.rank() == 2 && classes.rank() == 1 && classes.size(0) == logits.size(0),
        "crossEntropy: logits must be [N, classes] and targets [N], got %s and %s",
        Layout.text(logits.shape()),
        Layout.text(classes.shape()));
    DType type = logits.dtype(name());
    if (!type.isFloat() || !classes.dtype(name()).isInteger()) {
      throw TensorException.of(
          "crossEntropy: needs floating-point logits and integer classes, got %s"
              + " and %s; convert with to(F32) and to(I64)",
          type.label(), classes.type().label());
    }
    if (inputs.size() > 2) {
      Tensor weight = inputs.get(2);
      ShapeException.check(
          weight.rank() == 1 && weight.size(0) == logits.size(1) && weight.dtype(name()).isFloat(),
          "crossEntropy: the weight must be floating-point, one per class of %s, got %s %s",
          Layout.text(logits.shape()),
          weight.type().label(),
          Layout.text(weight.shape()));
    }
    return Tensor.meta(Normalize.wide(logits), logits.size(0));
  }

  @Override
  public Tensor host(List<Tensor> inputs) {
    Tensor like = meta(inputs);
    int classes = Math.toIntExact(inputs.get(0).size(1));
    long[] targets = checked(Host.longs(inputs.get(1)), classes);
    if (like.dtype() == DType.F64) {
      return Host.tensor(ofDoubles(inputs, targets, classes), DType.F64, like.shape());
    }
    float[] x = Host.floats(inputs.get(0));
    float[] weight = inputs.size() > 2 ? Host.floats(inputs.get(2)) : new float[0];
    float[] loss = new float[targets.length];
    Parallel.ranges(
        loss.length,
        Math.max(1, Parallel.ELEMENTS / Math.max(1, classes)),
        (from, to) -> {
          float[] scratch = new float[classes];
          for (int r = from; r < to; r++) {
            if (targets[r] != ignoreIndex) {
              loss[r] = row(x, r * classes, scratch, (int) targets[r], weight);
            }
          }
        });
    return Host.tensor(loss, DType.F32, like.shape());
  }

  private double[] ofDoubles(List<Tensor> inputs, long[] targets, int classes) {
    double[] log = Host.doubles(inputs.get(0).detach().logSoftmax(1));
    double[] weight = inputs.size() > 2 ? Host.doubles(inputs.get(2)) : new double[0];
    double[] loss = new double[targets.length];
    for (int r = 0; r < loss.length; r++) {
      for (int c = 0; c < classes && targets[r] != ignoreIndex; c++) {
        double share = (c == targets[r] ? 1 - smoothing : 0) + smoothing / classes;
        loss[r] -= share * (weight.length > 0 ? weight[c] : 1) * log[r * classes + c];
      }
    }
    return loss;
  }

  private long[] checked(long[] targets, int classes) {
    for (int i = 0; i < targets.length; i++) {
      ShapeException.check(
          targets[i] == ignoreIndex || (targets[i] >= 0 && targets[i] < classes),
          "crossEntropy: class %d of row %d does not exist, there are %d; rows to skip have class %d",
          targets[i],
          i,
          classes,
          ignoreIndex);
    }
    return targets;
  }

  private float row(float[] x, int at, float[] scratch, int target, float[] weight) {
    int n = scratch.length;
    float max = Reduce.max(x, at, n, 1);
    for (int i = 0; i < n; i++) {
      x[at + i] -= max;
    }
    Fmath.exp(x, at, scratch, 0, n);
    float log = Fmath.log(Reduce.sum(scratch, 0, n, 1));
    float w = weight.length > 0 ? weight[target] : 1;
    float own = (log - x[at + target]) * w;
    if (smoothing == 0) {
      return own;
    }
    for (int i = 0; i < n; i++) {
      scratch[i] = (log - x[at + i]) * (weight.length > 0 ? weight[i] : 1);
    }
    return (1 - smoothing) * own + smoothing / n * Reduce.sum(scratch, 0, n, 1);
  }

  @Override
  public List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor gradient) {
    Tensor logits = inputs.get(0);
    Tensor log = logits.to(Normalize.wide(logits)).logSoftmax(1);
    Tensor distribution = distribution(inputs, log);
    Tensor down = gradient.neg().unsqueeze(1);
    Tensor ofLogits =
        distribution
            .mul(down)
            .sub(log.exp().mul(distribution.sum(Dims.KEEP, 1).mul(down)))
            .to(logits.dtype());
    return inputs.size() < 3
        ? List.of(Optional.of(ofLogits), Optional.empty())
        : List.of(Optional.of(ofLogits), Optional.empty(), Optional.empty());
  }

  /// The weighted target distribution of each row, `[N, classes]`.
  private Tensor distribution(List<Tensor> inputs, Tensor log) {
    Tensor plain = plain(inputs, log);
    return inputs.size() < 3 ? plain : plain.mul(inputs.get(2).to(log.dtype()));
  }

  /// Which rows count.
  Tensor counted(Tensor classes) {
    Tensor wide = classes.to(DType.I64);
    return wide.ne(Create.scalarLike(wide, ignoreIndex));
  }

  private Tensor plain(List<Tensor> inputs, Tensor log) {
    int classes = Math.toIntExact(log.size(1));
    Tensor targets = inputs.get(1);
    Tensor counted = counted(targets);
    Tensor safe = counted.where(targets, Create.zeroLike(targets));
    Tensor one = safe.oneHot(classes).to(log.dtype());
    Tensor smooth = smoothing == 0 ? one : one.mul(1 - smoothing).add(smoothing / classes);
    return smooth.mul(counted.to(log.dtype()).unsqueeze(1));
  }
}
