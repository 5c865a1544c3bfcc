package maia.kernel.interp;

import maia.kernel.ir.BinaryOp;
import maia.npl.Lane.UnaryOp;
import maia.numerics.Fmath;
import maia.numerics.Reduce;

/// Element-wise loops over binary32, one small loop per function so that each compiles well. The
/// output may be the same array as an input.
final class FloatOps {
  private FloatOps() {}

  static void unary(UnaryOp op, float[] x, float[] out, int n) {
    switch (op) {
      case EXP -> Fmath.exp(x, 0, out, 0, n);
      case EXP2 -> Fmath.exp2(x, 0, out, 0, n);
      case LOG -> Fmath.log(x, 0, out, 0, n);
      case LOG2 -> Fmath.log2(x, 0, out, 0, n);
      case TANH -> Fmath.tanh(x, 0, out, 0, n);
      case ERF -> Fmath.erf(x, 0, out, 0, n);
      case SIN -> Fmath.sin(x, 0, out, 0, n);
      case COS -> Fmath.cos(x, 0, out, 0, n);
      case SIGMOID -> Fmath.sigmoid(x, 0, out, 0, n);
      case NEG -> negate(x, out, n);
      case ABS -> magnitude(x, out, n);
      case SQRT -> root(x, out, n);
      case RSQRT -> reciprocalRoot(x, out, n);
      case RECIPROCAL -> reciprocal(x, out, n);
      case FLOOR -> floor(x, out, n);
      case CEIL -> ceil(x, out, n);
      case NOT -> throw new IllegalStateException("bug in kernel.interp: not of floats");
    }
  }

  private static void negate(float[] x, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = -x[i];
    }
  }

  private static void magnitude(float[] x, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = Math.abs(x[i]);
    }
  }

  private static void root(float[] x, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = (float) Math.sqrt(x[i]);
    }
  }

  private static void reciprocalRoot(float[] x, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = 1f / (float) Math.sqrt(x[i]);
    }
  }

  private static void reciprocal(float[] x, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = 1f / x[i];
    }
  }

  private static void floor(float[] x, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = (float) Math.floor(x[i]);
    }
  }

  private static void ceil(float[] x, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = (float) Math.ceil(x[i]);
    }
  }

  static void binary(BinaryOp op, float[] x, float[] y, float[] out, int n) {
    switch (op) {
      case ADD -> add(x, y, out, n);
      case SUB -> subtract(x, y, out, n);
      case MUL -> multiply(x, y, out, n);
      case DIV -> divide(x, y, out, n);
      case REM -> remainder(x, y, out, n);
      case MIN -> smaller(x, y, out, n);
      case MAX -> larger(x, y, out, n);
      case LT, LE, GT, GE, EQ, NE, AND, OR, XOR, CDIV, SHL, SHR, USHR, UMULHI ->
          throw new IllegalStateException("bug in kernel.interp: floats from " + op);
    }
  }

  private static void add(float[] x, float[] y, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = x[i] + y[i];
    }
  }

  private static void subtract(float[] x, float[] y, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = x[i] - y[i];
    }
  }

  private static void multiply(float[] x, float[] y, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = x[i] * y[i];
    }
  }

  private static void divide(float[] x, float[] y, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = x[i] / y[i];
    }
  }

  private static void remainder(float[] x, float[] y, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = x[i] % y[i];
    }
  }

  private static void smaller(float[] x, float[] y, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = Reduce.smaller(x[i], y[i]);
    }
  }

  private static void larger(float[] x, float[] y, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = Reduce.larger(x[i], y[i]);
    }
  }

  static void compare(BinaryOp op, float[] x, float[] y, long[] out, int n) {
    switch (op) {
      case LT -> less(x, y, out, n);
      case LE -> atMost(x, y, out, n);
      case GT -> less(y, x, out, n);
      case GE -> atMost(y, x, out, n);
      case EQ -> equal(x, y, out, n, 1);
      case NE -> equal(x, y, out, n, 0);
      case ADD, SUB, MUL, DIV, REM, CDIV, MIN, MAX, AND, OR, XOR, SHL, SHR, USHR, UMULHI ->
          throw new IllegalStateException("bug in kernel.interp: truth values from " + op);
    }
  }

  private static void less(float[] x, float[] y, long[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = x[i] < y[i] ? 1 : 0;
    }
  }

  private static void atMost(float[] x, float[] y, long[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = x[i] <= y[i] ? 1 : 0;
    }
  }

  private static void equal(float[] x, float[] y, long[] out, int n, long whenEqual) {
    for (int i = 0; i < n; i++) {
      out[i] = x[i] == y[i] ? whenEqual : 1 - whenEqual;
    }
  }

  static void fma(float[] x, float[] y, float[] z, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = Math.fma(x[i], y[i], z[i]);
    }
  }

  static void select(long[] condition, float[] x, float[] y, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = condition[i] != 0 ? x[i] : y[i];
    }
  }

  static void fromLongs(long[] x, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = x[i];
    }
  }
}
