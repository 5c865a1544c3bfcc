package maia.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import maia.npl.Expr;
import maia.npl.Exprs;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

class ExpressionTest {
  private static final int REGISTERS = 4;
  private static final Expr.Operator[] OPERATORS = Expr.Operator.values();

  private final Expressions expressions = new Expressions();
  private int registers = REGISTERS;

  /// A random expression as the tree that is evaluated in the plain way, and as the bound one.
  private record Both(Expr plain, IntFunction bound) {}

  private Both random(SplittableRandom random, int depth) {
    if (depth == 0 || random.nextInt(6) == 0) {
      if (random.nextBoolean()) {
        long value = random.nextInt(-3, 9);
        return new Both(new Expr.Const(value), expressions.constant(value));
      }
      int register = random.nextInt(REGISTERS);
      return new Both(new Expr.Reg("r" + register), expressions.register(register));
    }
    Both x = random(random, depth - 1);
    Both y = random(random, depth - 1);
    Expr.Operator op = OPERATORS[random.nextInt(OPERATORS.length)];
    return new Both(
        new Expr.Binary(op, x.plain(), y.plain()),
        expressions.operation(op, x.bound(), y.bound(), () -> registers++));
  }

  @RepeatedTest(40)
  void expressions_whateverRegistersChange_areWhatTheTreeSays(RepetitionInfo repetition) {
    var random = new SplittableRandom(repetition.getCurrentRepetition());
    List<Both> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Both one = random(random, 5);
      all.add(new Both(one.plain(), expressions.operand(one.bound(), () -> registers++)));
    }
    var state = new Registers(registers);
    for (int turn = 0; turn < 60; turn++) {
      state.set(random.nextInt(REGISTERS), random.nextInt(-4, 9));
      for (Both one : all) {
        assertThat(bound(one.bound(), state)).isEqualTo(plain(one.plain(), state));
      }
    }
  }

  /// The value, or the message of what it lacks one for.
  private static Object bound(IntFunction function, Registers state) {
    try {
      return function.of(state);
    } catch (ArithmeticException none) {
      return "none";
    }
  }

  private static Object plain(Expr expr, Registers state) {
    try {
      return Exprs.evaluate(
          expr, leaf -> state.get(Integer.parseInt(((Expr.Reg) leaf).name().substring(1))));
    } catch (ArithmeticException none) {
      return "none";
    }
  }
}
