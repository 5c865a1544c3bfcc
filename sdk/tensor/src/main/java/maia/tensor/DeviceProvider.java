package maia.tensor;

/// Supplies the backends of one kind of device; found through [java.util.ServiceLoader].
public interface DeviceProvider {
  /// The kind, such as `maia`.
  String kind();

  /// The backend of device `index`, which may be any number from 0; a provider that has fewer
  /// devices refuses. Asked for at every operation: the same index gives the same backend.
  Backend backend(int index);
}
