package maia.sim;

import java.util.BitSet;
import maia.npl.Expr;
import maia.npl.Exprs;

/// An integer expression over the registers of a queue. Those of [Expressions] are unique, so
/// operations are compared by identity.
sealed interface IntFunction {
  /// The value; throws [ArithmeticException] where it has none.
  long of(Registers registers);

  /// The registers it reads; not to be changed.
  BitSet reads();

  /// Operations it consists of.
  int size();

  /// The same in every state.
  record Constant(long value) implements IntFunction {
    private static final BitSet NOTHING = new BitSet();

    @Override
    public long of(Registers registers) {
      return value;
    }

    @Override
    public BitSet reads() {
      return NOTHING;
    }

    @Override
    public int size() {
      return 0;
    }
  }

  /// A register.
  record Register(int index, BitSet reads) implements IntFunction {
    static Register of(int index) {
      var one = new BitSet();
      one.set(index);
      return new Register(index, one);
    }

    @Override
    public long of(Registers registers) {
      return registers.values[index];
    }

    @Override
    public int size() {
      return 0;
    }
  }

  /// An operation on two expressions.
  record Operation(Expr.Operator op, IntFunction x, IntFunction y, BitSet reads, int size)
      implements IntFunction {
    static Operation of(Expr.Operator op, IntFunction x, IntFunction y) {
      return new Operation(op, x, y, union(x.reads(), y.reads()), x.size() + y.size() + 1);
    }

    private static BitSet union(BitSet a, BitSet b) {
      if (b.isEmpty() || a.equals(b)) {
        return a;
      }
      if (a.isEmpty()) {
        return b;
      }
      var both = (BitSet) a.clone();
      both.or(b);
      return both;
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }

    @Override
    public long of(Registers r) {
      long a = x.of(r);
      long b = y.of(r);
      return switch (op) {
        case ADD -> Math.addExact(a, b);
        case SUB -> Math.subtractExact(a, b);
        case MUL -> Math.multiplyExact(a, b);
        case DIV -> a / divisor(b);
        case REM -> a % divisor(b);
        case MIN -> Math.min(a, b);
        case MAX -> Math.max(a, b);
        case EQ -> a == b ? 1 : 0;
        case LT -> a < b ? 1 : 0;
        case CDIV -> Math.ceilDiv(a, divisor(b));
        case LE, GT, GE, NE, AND, OR -> Exprs.apply(op, a, b);
      };
    }

    /// A divisor that is not zero; the virtual machine's own exception has no message once the code
    /// is compiled.
    private static long divisor(long b) {
      if (b == 0) {
        throw new ArithmeticException("/ by zero");
      }
      return b;
    }
  }

  /// An expression whose value is kept in register `at` until one of `registers` changes.
  record Kept(IntFunction inner, int[] registers, int at) implements IntFunction {
    @Override
    public long of(Registers r) {
      long[] changes = r.changes;
      long kept = changes[at];
      for (int register : registers) {
        if (changes[register] >= kept) {
          long value = inner.of(r);
          r.keep(at, value);
          return value;
        }
      }
      return r.values[at];
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }

    @Override
    public BitSet reads() {
      return inner.reads();
    }

    @Override
    public int size() {
      return 0;
    }
  }
}
