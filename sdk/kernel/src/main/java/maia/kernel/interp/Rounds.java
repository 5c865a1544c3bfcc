package maia.kernel.interp;

import maia.base.Origin;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;
import maia.npl.Endless;

/// Stops loops that do not end.
final class Rounds {
  private Rounds() {}

  /// Refuses round `round`, counted from 1, of a loop that goes on while a condition holds.
  static void check(long round, Origin origin, Instance program) {
    if (round > Endless.WHILE_ROUNDS) {
      throw tooMany(origin, program);
    }
  }

  private static KernelException tooMany(Origin origin, Instance program) {
    return program.fault(
        Mistake.ENDLESS_LOOP,
        origin,
        "loopWhile: program %s has gone round %d times and goes on; programs run one after the other, so what it waits for from a later one does not come; let the body change what the condition reads, or count with range",
        program.name(),
        Endless.WHILE_ROUNDS);
  }

  /// What a step of 0 is refused with.
  static KernelException stands(Origin origin, Instance program) {
    return program.fault(
        Mistake.LOOP_STANDS,
        origin,
        "range: the step must not be 0, but is in program %s",
        program.name());
  }

  /// Refuses a loop over a range of too many rounds.
  static void check(long from, long to, long step, Origin origin, Instance program) {
    if (Endless.isTooLong(from, to, step)) {
      throw program.fault(
          Mistake.ENDLESS_LOOP,
          origin,
          "range: from %d to %d by %d takes %.4g rounds in program %s, at most %d are run; deal them to more programs, or take larger blocks",
          from,
          to,
          step,
          Endless.rounds(from, to, step),
          program.name(),
          Endless.RANGE_ROUNDS);
    }
  }
}
