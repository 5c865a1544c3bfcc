package maia.numerics;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// One or two rows by four vectors: enough independent chains to hide the latency of the
/// multiply-add, for products that are over when the second operand has been read.
final class VectorStrip {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /// Columns of a strip.
  static final int COLUMNS = 4 * LANES;

  private VectorStrip() {}

  /// `c[j] = fma(a[p], b[p, j], c[j])` for `depth` ascending p.
  static void one(int depth, float[] a, int aAt, float[] b, float[] c, int cAt) {
    FloatVector c0 = load(c, cAt);
    FloatVector c1 = load(c, cAt + LANES);
    FloatVector c2 = load(c, cAt + 2 * LANES);
    FloatVector c3 = load(c, cAt + 3 * LANES);
    for (int p = aAt, q = 0, end = aAt + depth; p < end; p++, q += COLUMNS) {
      FloatVector x = FloatVector.broadcast(SPECIES, a[p]);
      c0 = x.fma(load(b, q), c0);
      c1 = x.fma(load(b, q + LANES), c1);
      c2 = x.fma(load(b, q + 2 * LANES), c2);
      c3 = x.fma(load(b, q + 3 * LANES), c3);
    }
    c0.intoArray(c, cAt);
    c1.intoArray(c, cAt + LANES);
    c2.intoArray(c, cAt + 2 * LANES);
    c3.intoArray(c, cAt + 3 * LANES);
  }

  /// The same for two rows of `a`, `aRow` apart, whose sums follow each other in `c`.
  static void two(int depth, float[] a, int aAt, int aRow, float[] b, float[] c, int cAt) {
    int d = cAt + COLUMNS;
    FloatVector c0 = load(c, cAt);
    FloatVector c1 = load(c, cAt + LANES);
    FloatVector c2 = load(c, cAt + 2 * LANES);
    FloatVector c3 = load(c, cAt + 3 * LANES);
    FloatVector d0 = load(c, d);
    FloatVector d1 = load(c, d + LANES);
    FloatVector d2 = load(c, d + 2 * LANES);
    FloatVector d3 = load(c, d + 3 * LANES);
    for (int p = aAt, q = 0, end = aAt + depth; p < end; p++, q += COLUMNS) {
      FloatVector b0 = load(b, q);
      FloatVector b1 = load(b, q + LANES);
      FloatVector b2 = load(b, q + 2 * LANES);
      FloatVector b3 = load(b, q + 3 * LANES);
      FloatVector x = FloatVector.broadcast(SPECIES, a[p]);
      c0 = x.fma(b0, c0);
      c1 = x.fma(b1, c1);
      c2 = x.fma(b2, c2);
      c3 = x.fma(b3, c3);
      FloatVector y = FloatVector.broadcast(SPECIES, a[p + aRow]);
      d0 = y.fma(b0, d0);
      d1 = y.fma(b1, d1);
      d2 = y.fma(b2, d2);
      d3 = y.fma(b3, d3);
    }
    c0.intoArray(c, cAt);
    c1.intoArray(c, cAt + LANES);
    c2.intoArray(c, cAt + 2 * LANES);
    c3.intoArray(c, cAt + 3 * LANES);
    d0.intoArray(c, d);
    d1.intoArray(c, d + LANES);
    d2.intoArray(c, d + 2 * LANES);
    d3.intoArray(c, d + 3 * LANES);
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(SPECIES, x, at);
  }
}
