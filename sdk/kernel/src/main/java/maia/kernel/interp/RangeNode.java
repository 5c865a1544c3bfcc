package maia.kernel.interp;

import maia.base.Origin;
import maia.base.Stop;

/// Runs a body for an index that ascends, or descends with a negative step.
final class RangeNode implements Node {
  private final Slot index;
  private final Slot from;
  private final Slot to;
  private final Slot step;
  private final Node[] body;
  private final Instance program;
  private final Origin origin;

  RangeNode(
      Slot index, Slot from, Slot to, Slot step, Node[] body, Instance program, Origin origin) {
    this.index = index;
    this.from = from;
    this.to = to;
    this.step = step;
    this.body = body;
    this.program = program;
    this.origin = origin;
  }

  @Override
  public void run() {
    long by = step.scalar();
    if (by == 0) {
      throw Rounds.stands(origin, program);
    }
    long end = to.scalar();
    long i = from.scalar();
    Rounds.check(i, end, by, origin, program);
    while (by > 0 ? i < end : i > end) {
      Stop.poll("the interpreter");
      index.longs[0] = i;
      Node.all(body);
      if (by > 0 ? i > Long.MAX_VALUE - by : i < Long.MIN_VALUE - by) {
        return; // beyond 64 bits and so beyond the end
      }
      i += by;
    }
  }
}
