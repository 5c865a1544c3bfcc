package maia.kernel.interp;

import maia.base.Origin;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;
import maia.numerics.DType;

/// Integer arithmetic that stays in its type: an overflow or a division by zero is refused with the
/// program and the line.
final class LongStep implements Node {
  private final String verb;
  private final Slot out;
  private final Node step;
  private final Instance program;
  private final Origin origin;

  /// @param step computes `out`
  LongStep(String verb, Slot out, Node step, Instance program, Origin origin) {
    this.verb = verb;
    this.out = out;
    this.step = step;
    this.program = program;
    this.origin = origin;
  }

  @Override
  public void run() {
    try {
      step.run();
    } catch (ArithmeticException e) {
      throw fault(reason(String.valueOf(e.getMessage())));
    }
    if (out.dtype != DType.I64 && out.dtype != DType.BOOL) {
      check();
    }
  }

  private static String reason(String message) {
    if (message.contains("zero")) {
      return "division by zero; guard the divisor with where(...) or max(1)";
    }
    return message.startsWith("shift") ? message : "overflow of 64 bits";
  }

  private void check() {
    long low = LongOps.lowest(out.dtype);
    long high = LongOps.highest(out.dtype);
    for (long value : out.longs) {
      if (value < low || value > high) {
        throw fault(
            "overflow: %d does not fit %s; cast to i64 first".formatted(value, out.dtype.label()));
      }
    }
  }

  private KernelException fault(String what) {
    return program.fault(
        Mistake.DOES_NOT_FIT,
        origin,
        "%s of %s in program %s: %s",
        verb,
        out.dtype.label(),
        program.name(),
        what);
  }
}
