package maia.kernel.interp;

import maia.base.Origin;
import maia.base.Stop;

/// Runs a condition and, while it holds, a body.
final class WhileNode implements Node {
  private final Node[] condition;
  private final Slot test;
  private final Node[] body;
  private final Instance program;
  private final Origin origin;

  WhileNode(Node[] condition, Slot test, Node[] body, Instance program, Origin origin) {
    this.condition = condition;
    this.test = test;
    this.body = body;
    this.program = program;
    this.origin = origin;
  }

  @Override
  public void run() {
    Node.all(condition);
    for (long round = 1; test.scalar() != 0; round++) {
      Stop.poll("the interpreter");
      Rounds.check(round, origin, program);
      Node.all(body);
      Node.all(condition);
    }
  }
}
