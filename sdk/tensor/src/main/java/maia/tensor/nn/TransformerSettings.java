package maia.tensor.nn;

/// The sizes and forms of a transformer layer.
///
/// @param width of the sequence
/// @param heads of attention, a divisor of the width
/// @param feedForward width between the two linear layers
/// @param dropout the probability of dropping in training
/// @param activation between the two linear layers
/// @param norms where the norms stand
/// @param epsilon of the norms
public record TransformerSettings(
    int width,
    int heads,
    int feedForward,
    double dropout,
    Activation activation,
    Norms norms,
    double epsilon) {
  /// PyTorch's form: ReLU, norms after each part, epsilon 1e-5, without dropout.
  public TransformerSettings(int width, int heads, int feedForward) {
    this(width, heads, feedForward, 0, Activation.RELU, Norms.AFTER, LayerNorm.EPSILON);
  }

  /// The same with dropout in training.
  public TransformerSettings withDropout(double probability) {
    return new TransformerSettings(
        width, heads, feedForward, probability, activation, norms, epsilon);
  }

  /// The same with another activation.
  public TransformerSettings withActivation(Activation other) {
    return new TransformerSettings(width, heads, feedForward, dropout, other, norms, epsilon);
  }

  /// The same with the norms elsewhere.
  public TransformerSettings withNorms(Norms other) {
    return new TransformerSettings(width, heads, feedForward, dropout, activation, other, epsilon);
  }

  /// A function between linear layers.
  public enum Activation {
    /// The larger of x and 0.
    RELU,
    /// x/2 (1 + erf(x / sqrt 2)).
    GELU;

    Module module() {
      return switch (this) {
        case RELU -> new ReLU();
        case GELU -> new GELU();
      };
    }
  }

  /// Where the norms of a transformer layer stand.
  public enum Norms {
    /// On what goes into a part: x + part(norm(x)).
    BEFORE,
    /// On what comes out: norm(x + part(x)).
    AFTER,
  }
}
