package maia.sim;

import java.util.ArrayList;
import java.util.List;

/// The queues that can order each other: those of a tile, or of a cluster and its tiles where the
/// program shares something in a cluster.
final class Domain {
  final List<QueueState> queues = new ArrayList<>();

  /// Adds a queue; returns its place in vector clocks.
  int add(QueueState queue) {
    queues.add(queue);
    return queues.size() - 1;
  }
}
