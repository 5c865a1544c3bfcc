package maia.tensor.nn;

import maia.base.Check;
import maia.tensor.Tensor;

/// Layers that drop with a probability in training and scale what stays up to keep the mean;
/// otherwise the identity.
///
/// Call number n of an instance draws from a stream that depends only on its seed and n, so a run
/// repeats; [#seek] continues one.
public abstract sealed class DropoutLayer extends Module permits Dropout, Dropout2d {
  private final double probability;
  private final DropoutStream stream;

  DropoutLayer(String name, double probability, long seed) {
    Check.argument(
        probability >= 0 && probability < 1,
        "%s: the probability must be from 0 to below 1, was %s",
        name,
        probability);
    this.probability = probability;
    this.stream = new DropoutStream(seed);
  }

  /// `x` with what the stream `seed` drops.
  abstract Tensor drop(Tensor x, double probability, long seed);

  /// How many calls in training came before.
  public final long calls() {
    return stream.calls();
  }

  /// Continues as if `calls` calls in training had come before.
  public final void seek(long calls) {
    stream.seek(calls);
  }

  @Override
  public final Tensor forward(Tensor x) {
    return isTraining() && probability > 0 ? drop(x, probability, stream.next()) : x;
  }

  @Override
  protected final String label() {
    return getClass().getSimpleName() + "(" + probability + ")";
  }
}
