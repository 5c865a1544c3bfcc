package maia.kernel.interp;

import maia.base.Stop;

/// Runs a condition and, while it holds, a body.
final class WhileNode implements Node {
  private final Node[] condition;
  private final Slot test;
  private final Node[] body;

  WhileNode(Node[] condition, Slot test, Node[] body) {
    this.condition = condition;
    this.test = test;
    this.body = body;
  }

  @Override
  public void run() {
    Node.all(condition);
    while (test.scalar() != 0) {
      Stop.poll("the interpreter");
      Node.all(body);
      Node.all(condition);
    }
  }
}
