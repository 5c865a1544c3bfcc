package maia.bench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// The libraries that cases are compared with, as far as they load here.
///
/// @param djl libtorch through DJL
/// @param ort ONNX Runtime
/// @param blas OpenBLAS and MKL
record Peers(Optional<DjlPeer> djl, Optional<OrtPeer> ort, List<BlasPeer> blas) {
  /// Their names, in the order of the table's columns.
  static final List<String> NAMES = List.of("djl", "openblas", "mkl", "ort");

  /// Loads those with these names, limited to `threads` threads.
  static Peers load(int threads, Collection<String> names) {
    List<BlasPeer> blas = new ArrayList<>();
    for (BlasPeer peer : BlasPeer.values()) {
      if (names.contains(peer.label())) {
        Peer.load(peer.label(), () -> peer.load(threads)).ifPresent(blas::add);
      }
    }
    return new Peers(
        names.contains("djl") ? Peer.load("djl", () -> new DjlPeer(threads)) : Optional.empty(),
        names.contains("ort") ? Peer.load("ort", () -> new OrtPeer(threads)) : Optional.empty(),
        blas);
  }
}
