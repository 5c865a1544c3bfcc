package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.Functional;
import maia.tensor.Tensor;

/// In training, elements dropped with a probability and the others scaled up to keep the mean;
/// otherwise the identity.
///
/// Call number n of an instance draws from a stream that depends only on its seed and n, so a run
/// repeats; [#seek] continues one.
public final class Dropout extends Module {
  private final double probability;
  private final DropoutStream stream;

  /// Drops with `probability`, from 0 to below 1, drawn from `seed`.
  public Dropout(double probability, long seed) {
    Check.argument(
        probability >= 0 && probability < 1,
        "dropout: the probability must be from 0 to below 1, was %s",
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
    return Functional.dropout(x, probability, stream.next());
  }

  @Override
  protected String label() {
    return "Dropout(" + probability + ")";
  }
}
