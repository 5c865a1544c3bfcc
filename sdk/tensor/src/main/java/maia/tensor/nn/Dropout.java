package maia.tensor.nn;

import maia.base.Check;
import maia.numerics.Philox;
import maia.tensor.Functional;
import maia.tensor.Tensor;

/// In training, elements dropped with a probability and the others scaled up to keep the mean;
/// otherwise the identity.
///
/// Call number n of an instance draws from a stream that depends only on its seed and n, so a run
/// repeats; [#seek] continues one.
public final class Dropout extends Module {
  private final double probability;
  private final long seed;
  private long calls;

  /// Drops with `probability`, from 0 to below 1, drawn from `seed`.
  public Dropout(double probability, long seed) {
    Check.argument(
        probability >= 0 && probability < 1,
        "dropout: the probability must be from 0 to below 1, was %s",
        probability);
    this.probability = probability;
    this.seed = seed;
  }

  /// How many calls in training came before.
  public long calls() {
    return calls;
  }

  /// Continues as if `calls` calls in training had come before.
  public void seek(long calls) {
    this.calls = calls;
  }

  @Override
  public Tensor forward(Tensor x) {
    if (!isTraining() || probability == 0) {
      return x;
    }
    return Functional.dropout(x, probability, stream());
  }

  /// The seed of the next call.
  private long stream() {
    long call = calls++;
    long high = Philox.next(seed, call, 0);
    return high << 32 | Integer.toUnsignedLong(Philox.next(seed, call, 1));
  }

  @Override
  protected String label() {
    return "Dropout(" + probability + ")";
  }
}
