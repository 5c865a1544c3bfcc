package maia.kernel.interp;

import maia.base.Origin;
import maia.kernel.ir.Mistake;

/// Refuses a program in which some element of a condition does not hold.
final class VerifyNode implements Node {
  private final Slot condition;
  private final Mistake mistake;
  private final String what;
  private final Instance program;
  private final Origin origin;

  VerifyNode(Slot condition, Mistake mistake, String what, Instance program, Origin origin) {
    this.condition = condition;
    this.mistake = mistake;
    this.what = what;
    this.program = program;
    this.origin = origin;
  }

  @Override
  public void run() {
    for (int i = 0; i < condition.longs.length; i++) {
      if (condition.longs[i] == 0) {
        throw program.fault(
            mistake,
            origin,
            "%s: the condition at line %d does not hold in program %s at lane %s",
            what,
            origin.line(),
            program.name(),
            Texts.lane(condition.shape, i));
      }
    }
  }
}
