package maia.tensor.nn;

import java.util.Arrays;
import java.util.stream.IntStream;
import maia.base.Check;
import maia.numerics.DType;
import maia.tensor.Dims;
import maia.tensor.ShapeException;
import maia.tensor.Tensor;

/// Each channel of x `[N, channels, ..]` normalised over the batch and all further dimensions,
/// times a learned weight plus a learned bias.
///
/// In training the mean and variance of the batch are used, and running averages of them (the
/// variance with n - 1) move towards them by `momentum`; otherwise the running averages are used.
abstract class BatchNorm extends Module {
  private final int channels;
  private final int least;
  private final int most;
  private final double epsilon;
  private final double momentum;

  BatchNorm(int channels, int least, int most, double epsilon, double momentum) {
    Check.argument(channels > 0, "batchNorm: channels must be positive, were %d", channels);
    Check.argument(
        momentum >= 0 && momentum <= 1,
        "batchNorm: momentum must be from 0 to 1, was %s",
        momentum);
    this.channels = channels;
    this.least = least;
    this.most = most;
    this.epsilon = epsilon;
    this.momentum = momentum;
    parameter("weight", Init.full(1, channels));
    parameter("bias", Init.full(0, channels));
    buffer("running_mean", Init.full(0, channels));
    buffer("running_var", Init.full(1, channels));
    buffer("num_batches_tracked", Tensor.zeros(DType.I64));
  }

  /// The average of the means of batches seen in training.
  public final Tensor runningMean() {
    return buffer("running_mean");
  }

  /// The average of the variances of batches seen in training.
  public final Tensor runningVariance() {
    return buffer("running_var");
  }

  @Override
  public final Tensor forward(Tensor x) {
    ShapeException.check(
        x.rank() >= least && x.rank() <= most && x.size(1) == channels,
        "%s: the input must be [N, %d, ..] of %d to %d dimensions, got %s",
        label(),
        channels,
        least,
        most,
        Arrays.toString(x.shape()));
    DType type = x.dtype();
    Tensor wide = type == DType.F64 ? x : x.to(DType.F32);
    Tensor y = isTraining() ? ofBatch(wide) : ofAverages(wide);
    return y.mul(perChannel("weight", x)).add(perChannel("bias", x)).to(type);
  }

  private Tensor perChannel(String name, Tensor x) {
    return parameter(name).reshape(channelShape(x));
  }

  private long[] channelShape(Tensor x) {
    long[] shape = new long[x.rank()];
    Arrays.fill(shape, 1);
    shape[1] = channels;
    return shape;
  }

  private Tensor ofAverages(Tensor x) {
    Tensor root = runningVariance().add(epsilon).sqrt().reshape(channelShape(x));
    return x.sub(runningMean().reshape(channelShape(x))).div(root);
  }

  private Tensor ofBatch(Tensor x) {
    int[] dims = IntStream.range(0, x.rank()).filter(d -> d != 1).toArray();
    long count = x.elements() / channels;
    ShapeException.check(
        count > 1,
        "%s: training needs more than one value per channel, the input is %s",
        label(),
        Arrays.toString(x.shape()));
    Tensor mean = x.mean(Dims.KEEP, dims);
    Tensor centred = x.sub(mean);
    Tensor variance = centred.mul(centred).mean(Dims.KEEP, dims);
    if (!x.isMeta() && !runningMean().isMeta()) {
      Tensor.noGrad(() -> {
        average(runningMean(), mean.reshape(channels));
        average(runningVariance(), variance.reshape(channels).mul((double) count / (count - 1)));
        Tensor batches = buffer("num_batches_tracked");
        batches.assign(batches.add(1));
      });
    }
    return centred.div(variance.add(epsilon).sqrt());
  }

  private void average(Tensor running, Tensor seen) {
    running.assign(running.mul(1 - momentum).add(seen.detach().mul(momentum)));
  }

  @Override
  protected final String label() {
    return getClass().getSimpleName()
        + "("
        + channels
        + ", epsilon="
        + epsilon
        + ", momentum="
        + momentum
        + ")";
  }
}
