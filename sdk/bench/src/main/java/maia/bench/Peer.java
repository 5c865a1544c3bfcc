package maia.bench;

import java.util.Optional;
import java.util.function.Supplier;

/// Loads a peer where its library is there.
final class Peer {
  private Peer() {}

  /// What `make` gives, or nothing, with a line on why, where the native library does not load.
  static <T> Optional<T> load(String name, Supplier<T> make) {
    try {
      return Optional.of(make.get());
    } catch (RuntimeException | LinkageError missing) {
      System.out.println("without " + name + ": " + missing);
      return Optional.empty();
    }
  }
}
