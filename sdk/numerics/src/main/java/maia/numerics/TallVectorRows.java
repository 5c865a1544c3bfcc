package maia.numerics;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The step of [TallVectorTile] on rows of `a` as they lie.
final class TallVectorRows {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int COLUMNS = 2 * LANES;

  private TallVectorRows() {}

  /// See [Tile#multiplyAddRows].
  static void multiplyAdd(
      int depth, float[] a, int aAt, int aRow, float[] b, int bAt, float[] c, int cAt, int cRow) {
    FloatVector c00 = load(c, cAt);
    FloatVector c01 = load(c, cAt + LANES);
    FloatVector c10 = load(c, cAt + cRow);
    FloatVector c11 = load(c, cAt + cRow + LANES);
    FloatVector c20 = load(c, cAt + 2 * cRow);
    FloatVector c21 = load(c, cAt + 2 * cRow + LANES);
    FloatVector c30 = load(c, cAt + 3 * cRow);
    FloatVector c31 = load(c, cAt + 3 * cRow + LANES);
    FloatVector c40 = load(c, cAt + 4 * cRow);
    FloatVector c41 = load(c, cAt + 4 * cRow + LANES);
    FloatVector c50 = load(c, cAt + 5 * cRow);
    FloatVector c51 = load(c, cAt + 5 * cRow + LANES);
    FloatVector c60 = load(c, cAt + 6 * cRow);
    FloatVector c61 = load(c, cAt + 6 * cRow + LANES);
    FloatVector c70 = load(c, cAt + 7 * cRow);
    FloatVector c71 = load(c, cAt + 7 * cRow + LANES);
    int a2 = 2 * aRow;
    int a3 = 3 * aRow;
    int a4 = 4 * aRow;
    int a5 = 5 * aRow;
    int a6 = 6 * aRow;
    int a7 = 7 * aRow;
    for (int p = aAt, q = bAt, end = aAt + depth; p < end; p++, q += COLUMNS) {
      FloatVector b0 = load(b, q);
      FloatVector b1 = load(b, q + LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[p]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[p + aRow]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[p + a2]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[p + a3]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
      FloatVector x4 = FloatVector.broadcast(SPECIES, a[p + a4]);
      c40 = x4.fma(b0, c40);
      c41 = x4.fma(b1, c41);
      FloatVector x5 = FloatVector.broadcast(SPECIES, a[p + a5]);
      c50 = x5.fma(b0, c50);
      c51 = x5.fma(b1, c51);
      FloatVector x6 = FloatVector.broadcast(SPECIES, a[p + a6]);
      c60 = x6.fma(b0, c60);
      c61 = x6.fma(b1, c61);
      FloatVector x7 = FloatVector.broadcast(SPECIES, a[p + a7]);
      c70 = x7.fma(b0, c70);
      c71 = x7.fma(b1, c71);
    }
    store(c00, c, cAt);
    store(c01, c, cAt + LANES);
    store(c10, c, cAt + cRow);
    store(c11, c, cAt + cRow + LANES);
    store(c20, c, cAt + 2 * cRow);
    store(c21, c, cAt + 2 * cRow + LANES);
    store(c30, c, cAt + 3 * cRow);
    store(c31, c, cAt + 3 * cRow + LANES);
    store(c40, c, cAt + 4 * cRow);
    store(c41, c, cAt + 4 * cRow + LANES);
    store(c50, c, cAt + 5 * cRow);
    store(c51, c, cAt + 5 * cRow + LANES);
    store(c60, c, cAt + 6 * cRow);
    store(c61, c, cAt + 6 * cRow + LANES);
    store(c70, c, cAt + 7 * cRow);
    store(c71, c, cAt + 7 * cRow + LANES);
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(SPECIES, x, at);
  }

  private static void store(FloatVector x, float[] to, int at) {
    x.intoArray(to, at);
  }
}
