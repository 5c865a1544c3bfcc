package maia.kernel.interp;

import maia.kernel.ir.BinaryOp;
import maia.npl.Lane.UnaryOp;
import maia.numerics.DType;

/// Element-wise loops over integers and truth values; overflow of 64 bits and division by zero
/// throw [ArithmeticException]. The output may be the same array as an input.
final class LongOps {
  private static final int BYTE = 0xff;

  private interface Function {
    long of(long x, long y);
  }

  private LongOps() {}

  static void unary(UnaryOp op, long[] x, long[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] =
          switch (op) {
            case NEG -> Math.negateExact(x[i]);
            case ABS -> Math.absExact(x[i]);
            case NOT -> x[i] == 0 ? 1 : 0;
            case EXP, EXP2, LOG, LOG2, SQRT, RSQRT, RECIPROCAL, TANH, ERF, SIN, COS -> bug(op);
            case SIGMOID, FLOOR, CEIL -> bug(op);
          };
    }
  }

  private static long bug(UnaryOp op) {
    throw new IllegalStateException("bug in kernel.interp: integers from " + op);
  }

  static void binary(BinaryOp op, long[] x, long[] y, long[] out, int n) {
    switch (op) {
      case ADD -> add(x, y, out, n);
      case MUL -> multiply(x, y, out, n);
      case LT -> less(x, y, out, n);
      case GE -> atMost(y, x, out, n);
      case AND -> and(x, y, out, n);
      case SUB, DIV, REM, CDIV, MIN, MAX, LE, GT, EQ, NE, OR, XOR ->
          apply(function(op), x, y, out, n);
      case SHL, SHR, USHR, UMULHI ->
          throw new IllegalStateException("bug in kernel.interp: " + op + " needs a width");
    }
  }

  private static void add(long[] x, long[] y, long[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = Math.addExact(x[i], y[i]);
    }
  }

  private static void multiply(long[] x, long[] y, long[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = Math.multiplyExact(x[i], y[i]);
    }
  }

  private static void less(long[] x, long[] y, long[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = x[i] < y[i] ? 1 : 0;
    }
  }

  private static void atMost(long[] x, long[] y, long[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = x[i] <= y[i] ? 1 : 0;
    }
  }

  private static void and(long[] x, long[] y, long[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = x[i] & y[i];
    }
  }

  private static void apply(Function f, long[] x, long[] y, long[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = f.of(x[i], y[i]);
    }
  }

  private static Function function(BinaryOp op) {
    return switch (op) {
      case ADD -> Math::addExact;
      case SUB -> Math::subtractExact;
      case MUL -> Math::multiplyExact;
      case DIV -> Math::divideExact;
      case REM -> (x, y) -> x % y;
      case CDIV -> Math::ceilDiv;
      case MIN -> Math::min;
      case MAX -> Math::max;
      case LT -> (x, y) -> x < y ? 1 : 0;
      case LE -> (x, y) -> x <= y ? 1 : 0;
      case GT -> (x, y) -> x > y ? 1 : 0;
      case GE -> (x, y) -> x >= y ? 1 : 0;
      case EQ -> (x, y) -> x == y ? 1 : 0;
      case NE -> (x, y) -> x != y ? 1 : 0;
      case AND -> (x, y) -> x & y;
      case OR -> (x, y) -> x | y;
      case XOR -> (x, y) -> x ^ y;
      case SHL, SHR, USHR, UMULHI ->
          throw new IllegalStateException("bug in kernel.interp: " + op + " needs a width");
    };
  }

  /// Operations on the bits of integers of `type`; shift counts outside 0 to the width throw
  /// [ArithmeticException].
  static void bits(BinaryOp op, DType type, long[] x, long[] y, long[] out, int n) {
    int width = type == DType.I64 ? Long.SIZE : Integer.SIZE;
    for (int i = 0; i < n; i++) {
      if (op != BinaryOp.UMULHI && (y[i] < 0 || y[i] >= width)) {
        throw new ArithmeticException("shift by %d of a %d-bit integer".formatted(y[i], width));
      }
      long unsigned = x[i] & mask(width);
      long result =
          switch (op) {
            case SHL -> x[i] << y[i];
            case SHR -> x[i] >> y[i];
            case USHR -> unsigned >>> y[i];
            case UMULHI ->
                width == Long.SIZE
                    ? Math.unsignedMultiplyHigh(x[i], y[i])
                    : unsigned * (y[i] & mask(width)) >>> width;
            default -> throw new IllegalStateException("bug in kernel.interp: bits of " + op);
          };
      out[i] = width == Long.SIZE ? result : (int) result;
    }
  }

  private static long mask(int width) {
    return -1L >>> (Long.SIZE - width);
  }

  /// The integer of `type` with the low bits of `value`.
  static long wrapped(DType type, long value) {
    int unused = Long.SIZE - type.bits();
    return type == DType.U8 || type == DType.BOOL
        ? value & mask(type.bits())
        : value << unused >> unused;
  }

  static void select(long[] condition, long[] x, long[] y, long[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = condition[i] != 0 ? x[i] : y[i];
    }
  }

  /// Each value moved into the range of `type`.
  static void saturate(DType type, long[] x, long[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = saturate(type, x[i]);
    }
  }

  /// The nearest integer of `type`, ties to even, saturating; NaN is 0.
  static void round(DType type, float[] x, long[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = round(type, x[i]);
    }
  }

  static long round(DType type, float value) {
    return type == DType.BOOL
        ? value != 0 ? 1 : 0
        : saturate(type, (long) Math.rint((double) value));
  }

  static long saturate(DType type, long value) {
    return type == DType.BOOL ? value == 0 ? 0 : 1 : Math.clamp(value, lowest(type), highest(type));
  }

  static long lowest(DType type) {
    return type == DType.U8 || type == DType.BOOL ? 0 : -1L << (type.bits() - 1);
  }

  static long highest(DType type) {
    return switch (type) {
      case BOOL -> 1;
      case U8 -> BYTE;
      default -> ~lowest(type);
    };
  }
}
