package maia.kernel.interp;

import maia.base.Stop;

/// One step of a plan; its operands are slots chosen when the plan was made.
@FunctionalInterface
interface Node {
  void run();

  /// Runs every node in order; an interrupt stops between two of them.
  static void all(Node[] nodes) {
    for (Node node : nodes) {
      Stop.poll("the interpreter");
      node.run();
    }
  }
}
