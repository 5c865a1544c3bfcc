package maia.lab;

/// An axis of a chart.
///
/// @param label what it shows, with the unit
/// @param scale how values are spread along it
public record Axis(String label, Scale scale) {
  /// How values are spread along an axis.
  public enum Scale {
    /// Equal differences are equal distances.
    LINEAR,
    /// Equal ratios are equal distances; values must be positive.
    LOGARITHMIC,
  }

  /// A linear axis.
  public static Axis linear(String label) {
    return new Axis(label, Scale.LINEAR);
  }

  /// A logarithmic axis.
  public static Axis logarithmic(String label) {
    return new Axis(label, Scale.LOGARITHMIC);
  }

  boolean isLogarithmic() {
    return scale == Scale.LOGARITHMIC;
  }
}
