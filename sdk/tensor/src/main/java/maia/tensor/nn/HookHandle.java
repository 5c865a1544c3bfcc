package maia.tensor.nn;

/// A hook that is in force until it is removed.
@FunctionalInterface
public interface HookHandle extends AutoCloseable {
  /// Ends the hook; again has no effect.
  void remove();

  /// As [#remove], for try-with-resources.
  @Override
  default void close() {
    remove();
  }
}
