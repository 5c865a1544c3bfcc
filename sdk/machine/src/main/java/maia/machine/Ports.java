package maia.machine;

/// Whether reads and writes of a memory or unit share one port.
public enum Ports {
  /// Reads and writes together have the stated bandwidth.
  SHARED,
  /// Reads and writes have the stated bandwidth each.
  SEPARATE,
}
