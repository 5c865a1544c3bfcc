package maia.sim;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;
import maia.npl.Expr;
import maia.npl.Exprs;

/// The integer expressions of a queue. Equal ones are one object, so that what several instructions
/// compute is computed and kept once.
final class Expressions {
  /// Operations from which the value of an operand is kept.
  private static final int WORTH_KEEPING = 3;

  /// Operations from which a part is kept that reads the same registers as the whole.
  private static final int LARGE = 6;

  private record Key(Expr.Operator op, IntFunction x, IntFunction y) {}

  private final Map<Long, IntFunction> constants = new HashMap<>();
  private final Map<Integer, IntFunction> registers = new HashMap<>();
  private final Map<Key, IntFunction> operations = new HashMap<>();
  private final Map<IntFunction, IntFunction> kept = new HashMap<>();

  IntFunction constant(long value) {
    return constants.computeIfAbsent(value, IntFunction.Constant::new);
  }

  IntFunction register(int index) {
    return registers.computeIfAbsent(index, IntFunction.Register::of);
  }

  /// What does not change is computed once; what has no value is left to whoever issues it. A part
  /// that reads fewer registers than the other one changes less often: its value is kept.
  ///
  /// @param register a register to keep a value in
  IntFunction operation(Expr.Operator op, IntFunction x, IntFunction y, IntSupplier register) {
    if (x instanceof IntFunction.Constant(long a) && y instanceof IntFunction.Constant(long b)) {
      try {
        return constant(Exprs.apply(op, a, b));
      } catch (ArithmeticException none) {
        return unique(op, x, y);
      }
    }
    boolean alike = x.reads().equals(y.reads()) || x.reads().isEmpty() || y.reads().isEmpty();
    int least = alike ? LARGE : WORTH_KEEPING;
    return unique(op, kept(x, least, register), kept(y, least, register));
  }

  private IntFunction unique(Expr.Operator op, IntFunction x, IntFunction y) {
    return operations.computeIfAbsent(new Key(op, x, y), _ -> IntFunction.Operation.of(op, x, y));
  }

  /// A whole operand of an instruction or a control step.
  IntFunction operand(IntFunction function, IntSupplier register) {
    return kept(function, WORTH_KEEPING, register);
  }

  private IntFunction kept(IntFunction function, int least, IntSupplier register) {
    if (function.size() < least || function.reads().isEmpty()) {
      return function;
    }
    return kept.computeIfAbsent(
        function, f -> new IntFunction.Kept(f, f.reads().stream().toArray(), register.getAsInt()));
  }
}
