package maia.sim;

import maia.npl.Instr;
import maia.npl.NplException;
import maia.npl.NplException.Category;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Reduce;
import maia.numerics.Rounding;

/// One read-modify-write of one element.
final class Atomics {
  private Atomics() {}

  /// Combines element `i` of `values` with the storage element `at`; `old[i]` is what was there.
  /// Returns whether something was written.
  static boolean floats(
      Instr.AtomicOp op,
      BoundArray array,
      long at,
      float[] values,
      float[] compare,
      float[] old,
      int i) {
    Codec codec = Codec.of(array.type);
    codec.decode(array.segment, at, 1, 1, old, i);
    float before = old[i];
    float value = values[i];
    float after =
        switch (op) {
          case ADD -> before + value;
          case MIN -> Reduce.smaller(before, value);
          case MAX -> Reduce.larger(before, value);
          case XCHG -> value;
          case CAS -> same(array.type, before, compare[i]) ? value : before;
          case AND, OR, XOR ->
              throw new IllegalStateException("bug in Atomics: " + op + " of floats");
        };
    if (op == Instr.AtomicOp.CAS && !same(array.type, before, compare[i])) {
      return false;
    }
    codec.encode(
        new float[] {after},
        0,
        1,
        array.segment,
        at,
        1,
        Rounding.NEAREST_EVEN,
        Overflow.NON_SATURATE);
    return true;
  }

  /// A comparison of bits, all NaN equal.
  private static boolean same(DType type, float a, float b) {
    return Float.floatToIntBits(a) == Float.floatToIntBits(Codec.of(type).round(b));
  }

  /// As for floats.
  static boolean longs(
      Op.Atomic op, BoundArray array, long at, long[] values, long[] compare, long[] old, int i) {
    long before = Integers.get(array.type, array.segment, at);
    old[i] = before;
    long value = values[i];
    if (op.op() == Instr.AtomicOp.CAS && before != compare[i]) {
      return false;
    }
    long after =
        switch (op.op()) {
          case ADD -> add(op, array, before, value);
          case AND -> before & value;
          case OR -> before | value;
          case XOR -> before ^ value;
          case MIN -> Math.min(before, value);
          case MAX -> Math.max(before, value);
          case XCHG, CAS -> value;
        };
    if (Integers.saturate(array.type, after) != after) {
      throw overflow(op, array, before, value);
    }
    Integers.set(array.type, array.segment, at, after);
    return true;
  }

  private static long add(Op.Atomic op, BoundArray array, long before, long value) {
    try {
      return Math.addExact(before, value);
    } catch (ArithmeticException e) {
      throw overflow(op, array, before, value);
    }
  }

  private static NplException overflow(Op.Atomic op, BoundArray array, long before, long value) {
    return new NplException(
        Category.TYPE,
        "%s: %d with %d does not fit %s of '%s'; use a wider type"
            .formatted(op.info().label(), before, value, array.type.label(), array.name()),
        op.info().origin());
  }
}
