package maia.tensor;

/// Supplies the backends of one kind of device; found through [java.util.ServiceLoader].
public interface DeviceProvider {
  /// The kind, such as `maia`.
  String kind();

  /// The backend of device `index`, which may be any number from 0; a provider that has fewer
  /// devices refuses.
  Backend backend(int index);
}
