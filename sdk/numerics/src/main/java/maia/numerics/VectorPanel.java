package maia.numerics;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// A few rows times panels of two vectors of columns. A row goes through four panels at once and
/// two rows through two: enough independent chains to hide the latency of the multiply-add, and
/// enough streams of memory at once to keep it busy.
final class VectorPanel {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /// Columns of a panel.
  static final int COLUMNS = 2 * LANES;

  private VectorPanel() {}

  /// One row and four panels, `bStep` apart.
  static void one(int depth, float[] a, int aAt, float[] b, int bAt, int bStep, float[] c, int at) {
    FloatVector c0 = load(c, at);
    FloatVector c1 = load(c, at + LANES);
    FloatVector c2 = load(c, at + 2 * LANES);
    FloatVector c3 = load(c, at + 3 * LANES);
    FloatVector c4 = load(c, at + 4 * LANES);
    FloatVector c5 = load(c, at + 5 * LANES);
    FloatVector c6 = load(c, at + 6 * LANES);
    FloatVector c7 = load(c, at + 7 * LANES);
    int r = bAt + bStep;
    int s = r + bStep;
    int t = s + bStep;
    for (int p = aAt, q = bAt, end = aAt + depth; p < end; p++, q += COLUMNS) {
      FloatVector x = FloatVector.broadcast(SPECIES, a[p]);
      c0 = x.fma(load(b, q), c0);
      c1 = x.fma(load(b, q + LANES), c1);
      c2 = x.fma(load(b, r), c2);
      c3 = x.fma(load(b, r + LANES), c3);
      c4 = x.fma(load(b, s), c4);
      c5 = x.fma(load(b, s + LANES), c5);
      c6 = x.fma(load(b, t), c6);
      c7 = x.fma(load(b, t + LANES), c7);
      r += COLUMNS;
      s += COLUMNS;
      t += COLUMNS;
    }
    c0.intoArray(c, at);
    c1.intoArray(c, at + LANES);
    c2.intoArray(c, at + 2 * LANES);
    c3.intoArray(c, at + 3 * LANES);
    c4.intoArray(c, at + 4 * LANES);
    c5.intoArray(c, at + 5 * LANES);
    c6.intoArray(c, at + 6 * LANES);
    c7.intoArray(c, at + 7 * LANES);
  }

  /// Two rows and two panels.
  static void two(
      int depth, float[] a, int aAt, float[] b, int bAt, int bStep, float[] c, int cAt, int cRow) {
    int dAt = cAt + cRow;
    FloatVector c0 = load(c, cAt);
    FloatVector c1 = load(c, cAt + LANES);
    FloatVector c2 = load(c, cAt + 2 * LANES);
    FloatVector c3 = load(c, cAt + 3 * LANES);
    FloatVector d0 = load(c, dAt);
    FloatVector d1 = load(c, dAt + LANES);
    FloatVector d2 = load(c, dAt + 2 * LANES);
    FloatVector d3 = load(c, dAt + 3 * LANES);
    int r = bAt + bStep;
    for (int p = aAt, q = bAt, end = aAt + 2 * depth; p < end; p += 2, q += COLUMNS) {
      FloatVector b0 = load(b, q);
      FloatVector b1 = load(b, q + LANES);
      FloatVector b2 = load(b, r);
      FloatVector b3 = load(b, r + LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[p]);
      c0 = x.fma(b0, c0);
      c1 = x.fma(b1, c1);
      c2 = x.fma(b2, c2);
      c3 = x.fma(b3, c3);
      FloatVector y = FloatVector.broadcast(SPECIES, a[p + 1]);
      d0 = y.fma(b0, d0);
      d1 = y.fma(b1, d1);
      d2 = y.fma(b2, d2);
      d3 = y.fma(b3, d3);
      r += COLUMNS;
    }
    c0.intoArray(c, cAt);
    c1.intoArray(c, cAt + LANES);
    c2.intoArray(c, cAt + 2 * LANES);
    c3.intoArray(c, cAt + 3 * LANES);
    d0.intoArray(c, dAt);
    d1.intoArray(c, dAt + LANES);
    d2.intoArray(c, dAt + 2 * LANES);
    d3.intoArray(c, dAt + 3 * LANES);
  }

  /// Three rows and one panel.
  static void three(
      int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int cRow) {
    int dAt = cAt + cRow;
    int eAt = dAt + cRow;
    FloatVector c0 = load(c, cAt);
    FloatVector c1 = load(c, cAt + LANES);
    FloatVector d0 = load(c, dAt);
    FloatVector d1 = load(c, dAt + LANES);
    FloatVector e0 = load(c, eAt);
    FloatVector e1 = load(c, eAt + LANES);
    for (int p = aAt, q = bAt, end = aAt + 3 * depth; p < end; p += 3, q += COLUMNS) {
      FloatVector b0 = load(b, q);
      FloatVector b1 = load(b, q + LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[p]);
      c0 = x.fma(b0, c0);
      c1 = x.fma(b1, c1);
      FloatVector y = FloatVector.broadcast(SPECIES, a[p + 1]);
      d0 = y.fma(b0, d0);
      d1 = y.fma(b1, d1);
      FloatVector z = FloatVector.broadcast(SPECIES, a[p + 2]);
      e0 = z.fma(b0, e0);
      e1 = z.fma(b1, e1);
    }
    c0.intoArray(c, cAt);
    c1.intoArray(c, cAt + LANES);
    d0.intoArray(c, dAt);
    d1.intoArray(c, dAt + LANES);
    e0.intoArray(c, eAt);
    e1.intoArray(c, eAt + LANES);
  }

  /// Four rows and one panel.
  static void four(
      int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int cRow) {
    int dAt = cAt + cRow;
    int eAt = dAt + cRow;
    int fAt = eAt + cRow;
    FloatVector c0 = load(c, cAt);
    FloatVector c1 = load(c, cAt + LANES);
    FloatVector d0 = load(c, dAt);
    FloatVector d1 = load(c, dAt + LANES);
    FloatVector e0 = load(c, eAt);
    FloatVector e1 = load(c, eAt + LANES);
    FloatVector f0 = load(c, fAt);
    FloatVector f1 = load(c, fAt + LANES);
    for (int p = aAt, q = bAt, end = aAt + 4 * depth; p < end; p += 4, q += COLUMNS) {
      FloatVector b0 = load(b, q);
      FloatVector b1 = load(b, q + LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[p]);
      c0 = x.fma(b0, c0);
      c1 = x.fma(b1, c1);
      FloatVector y = FloatVector.broadcast(SPECIES, a[p + 1]);
      d0 = y.fma(b0, d0);
      d1 = y.fma(b1, d1);
      FloatVector z = FloatVector.broadcast(SPECIES, a[p + 2]);
      e0 = z.fma(b0, e0);
      e1 = z.fma(b1, e1);
      FloatVector w = FloatVector.broadcast(SPECIES, a[p + 3]);
      f0 = w.fma(b0, f0);
      f1 = w.fma(b1, f1);
    }
    c0.intoArray(c, cAt);
    c1.intoArray(c, cAt + LANES);
    d0.intoArray(c, dAt);
    d1.intoArray(c, dAt + LANES);
    e0.intoArray(c, eAt);
    e1.intoArray(c, eAt + LANES);
    f0.intoArray(c, fAt);
    f1.intoArray(c, fAt + LANES);
  }

  /// One to four rows and four panels `bStep` apart; rows of sums are `cRow` apart in `c`.
  static void rows(
      int rows,
      int depth,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int bStep,
      float[] c,
      int cAt,
      int cRow) {
    switch (rows) {
      case 1 -> one(depth, a, aAt, b, bAt, bStep, c, cAt);
      case 2 -> {
        two(depth, a, aAt, b, bAt, bStep, c, cAt, cRow);
        two(depth, a, aAt, b, bAt + 2 * bStep, bStep, c, cAt + 2 * COLUMNS, cRow);
      }
      case 3 -> {
        for (int i = 0; i < 4; i++) {
          three(depth, a, aAt, b, bAt + i * bStep, c, cAt + i * COLUMNS, cRow);
        }
      }
      case 4 -> {
        for (int i = 0; i < 4; i++) {
          four(depth, a, aAt, b, bAt + i * bStep, c, cAt + i * COLUMNS, cRow);
        }
      }
      default -> throw new IllegalStateException("bug in VectorPanel: " + rows + " rows");
    }
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(SPECIES, x, at);
  }
}
