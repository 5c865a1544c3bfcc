package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.Functional;
import maia.tensor.Tensor;

/// In training, whole channels of `[N, channels, ..]` dropped with a probability and the others
/// scaled up to keep the mean; otherwise the identity. Signals and volumes are taken as images are.
///
/// Call number n of an instance draws from a stream that depends only on its seed and n, so a run
/// repeats; [#seek] continues one.
public final class Dropout2d extends Module {
  private final double probability;
  private final DropoutStream stream;

  /// Drops with `probability`, from 0 to below 1, drawn from `seed`.
  public Dropout2d(double probability, long seed) {
    Check.argument(
        probability >= 0 && probability < 1,
        "dropout2d: the probability must be from 0 to below 1, was %s",
        probability);
    this.probability = probability;
    this.stream = new DropoutStream(seed);
  }

  /// How many calls in training came before.
  public long calls() {
    return stream.calls();
  }

  /// Continues as if `calls` calls in training had come before.
  public void seek(long calls) {
    stream.seek(calls);
  }

  @Override
  public Tensor forward(Tensor x) {
    if (!isTraining() || probability == 0) {
      return x;
    }
    return Functional.channelDropout(x, probability, stream.next());
  }

  @Override
  protected String label() {
    return "Dropout2d(" + probability + ")";
  }
}
