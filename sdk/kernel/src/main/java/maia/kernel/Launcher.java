package maia.kernel;

/// Runs kernel calls. The provider is found through [java.util.ServiceLoader].
@FunctionalInterface
public interface Launcher {
  /// Compiles and runs `call`; results are in its arrays when this returns.
  Run launch(KernelCall call);
}
