package maia.tensor;

import java.util.List;
import java.util.ServiceLoader;
import maia.base.Check;

/// Where a tensor lives and its operations run.
///
/// @param kind `cpu`, `meta`, or the kind of a [DeviceProvider] such as `maia`
/// @param index which device of that kind, from 0
public record Device(String kind, int index) {
  private static final Device CPU = new Device("cpu", 0);
  private static final Device META = new Device("meta", 0);

  public Device {
    Check.argument(index >= 0, "device '%s': index must not be negative, was %d", kind, index);
  }

  /// The host: plain Java, the reference for every other device.
  public static Device cpu() {
    return CPU;
  }

  /// Shapes and types only, no memory and no values.
  public static Device meta() {
    return META;
  }

  /// The first simulated Maia 200.
  public static Device maia() {
    return maia(0);
  }

  /// The simulated Maia 200 number `index`; refused when no provider is on the class path.
  public static Device maia(int index) {
    return named("maia", index);
  }

  /// A device of a provider, refused when there is none for `kind`.
  public static Device named(String kind, int index) {
    Device device = new Device(kind, index);
    device.backend();
    return device;
  }

  /// What runs the operations of tensors on this device.
  public Backend backend() {
    return switch (kind) {
      case "cpu" -> HostBackend.CPU;
      case "meta" -> HostBackend.META;
      default -> provided();
    };
  }

  private Backend provided() {
    for (DeviceProvider provider : Providers.FOUND) {
      if (provider.kind().equals(kind)) {
        return provider.backend(index);
      }
    }
    throw TensorException.of(
        "device '%s': no provider for kind '%s' on the class path; add the artifact that holds it"
            + " (for 'maia': maia4j), or use Device.cpu()",
        this, kind);
  }

  /// Looked up once: the class path does not change while a program runs.
  private static final class Providers {
    static final List<DeviceProvider> FOUND =
        ServiceLoader.load(DeviceProvider.class, DeviceProvider.class.getClassLoader()).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
  }

  /// `cpu`, `meta`, or kind and index such as `maia:0`.
  @Override
  public String toString() {
    return this.equals(CPU) || this.equals(META) ? kind : kind + ":" + index;
  }
}
