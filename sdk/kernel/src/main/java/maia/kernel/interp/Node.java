package maia.kernel.interp;

/// One step of a plan; its operands are slots chosen when the plan was made.
@FunctionalInterface
interface Node {
  void run();

  /// Runs every node in order.
  static void all(Node[] nodes) {
    for (Node node : nodes) {
      node.run();
    }
  }
}
