package maia.tensor.data;

/// Samples that could not be loaded. The cause is what the data set threw, as it was, with the
/// trace of the worker that loaded them.
public final class SampleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long[] samples;

  SampleException(String message, Throwable cause, long... samples) {
    super(message, cause);
    this.samples = samples.clone();
  }

  /// The sample that cannot be loaded; all of the batch where each can be loaded alone.
  public long[] samples() {
    return samples.clone();
  }

  /// The same with the trace of whoever calls this.
  SampleException here() {
    return new SampleException(
        String.valueOf(getMessage()), getCause() == null ? this : getCause(), samples);
  }
}
