package maia.numerics;

import java.util.Objects;

/// Reductions with an order that is part of the result: element `i` goes to logical lane `i % 16`
/// in ascending order, and the lanes meet in a fixed tree (distance 8, 4, 2, 1).
public final class Reduce {
  /// Logical lanes, whatever the width of the machine.
  static final int LANES = 16;

  private Reduce() {}

  /// The sum of `count` elements `x[at + i * stride]`; 0 for none.
  public static float sum(float[] x, int at, int count, int stride) {
    check(x, at, count, stride);
    float[] lanes = new float[LANES];
    int whole = stride == 1 ? count - count % LANES : 0;
    Kernels.current(Kernels.Kind.SUM, count).addToLanes(x, at, whole, lanes);
    for (int i = whole; i < count; i++) {
      lanes[i % LANES] += x[at + i * stride];
    }
    return tree(lanes);
  }

  /// The largest element; NaN elements are passed over and plus zero is above minus zero. NaN when
  /// all are NaN or there are none.
  public static float max(float[] x, int at, int count, int stride) {
    check(x, at, count, stride);
    if (stride == 1) {
      return Kernels.current(Kernels.Kind.LARGEST, count).max(x, at, count);
    }
    float best = Float.NaN;
    for (int i = 0; i < count; i++) {
      best = larger(best, x[at + i * stride]);
    }
    return best;
  }

  /// The smallest element; NaN elements are passed over and minus zero is below plus zero. NaN when
  /// all are NaN or there are none.
  public static float min(float[] x, int at, int count, int stride) {
    check(x, at, count, stride);
    float best = Float.NaN;
    for (int i = 0; i < count; i++) {
      best = smaller(best, x[at + i * stride]);
    }
    return best;
  }

  /// The larger of two numbers; the other operand wins over NaN, plus zero over minus zero.
  public static float larger(float a, float b) {
    if (a != a) {
      return b;
    }
    return b > a || b == a && Float.floatToRawIntBits(b) == 0 ? b : a;
  }

  /// The smaller of two numbers; the other operand wins over NaN, minus zero over plus zero.
  public static float smaller(float a, float b) {
    if (a != a) {
      return b;
    }
    return b < a || b == a && Float.floatToRawIntBits(a) == 0 ? b : a;
  }

  /// The sum of 16 lanes in the fixed tree.
  static float tree(float[] lanes) {
    return tree(lanes, 0);
  }

  /// The same of `lanes[at..at+16]`, written out: as loops it goes through memory at each level.
  static float tree(float[] lanes, int at) {
    float a = eighth(lanes, at) + eighth(lanes, at + 4);
    float b = eighth(lanes, at + 1) + eighth(lanes, at + 5);
    float c = eighth(lanes, at + 2) + eighth(lanes, at + 6);
    float d = eighth(lanes, at + 3) + eighth(lanes, at + 7);
    return a + c + (b + d);
  }

  private static float eighth(float[] lanes, int at) {
    return lanes[at] + lanes[at + LANES / 2];
  }

  private static void check(float[] x, int at, int count, int stride) {
    if (count > 0) {
      Objects.checkIndex(at, x.length);
      Objects.checkIndex(at + (count - 1L) * stride, (long) x.length);
    }
  }
}
