package maia.sim;

import java.util.Locale;

/// The busiest resource of a run.
///
/// @param kind which; `LATENCY` when none was busy for half of the time
/// @param utilisation the share of the time it was busy, 0..1
public record Bound(Kind kind, double utilisation) {
  /// Resources that can bound a run.
  public enum Kind {
    /// Tensor units.
    TENSOR,
    /// Vector processors.
    VECTOR,
    /// HBM bandwidth.
    HBM,
    /// DMA channels.
    DMA,
    /// Instruction issue.
    CONTROL,
    /// Waiting: no resource was busy for half of the time.
    LATENCY,
  }

  /// Such as `tensor (97.1 % busy)`.
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%s (%.1f %% busy)", kind.name().toLowerCase(Locale.ROOT), 100 * utilisation);
  }
}
