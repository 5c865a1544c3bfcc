package maia.numerics;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Eight rows by two vectors, for 32 registers: 16 sums, two columns, eight broadcasts.
final class TallVectorTile implements Tile {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int ROWS = 8;
  private static final int COLUMNS = 2 * LANES;

  @Override
  public int rows() {
    return ROWS;
  }

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  public void multiplyAdd(
      int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, int cRow) {
    int r0 = cAt;
    int r1 = r0 + cRow;
    int r2 = r1 + cRow;
    int r3 = r2 + cRow;
    int r4 = r3 + cRow;
    int r5 = r4 + cRow;
    int r6 = r5 + cRow;
    int r7 = r6 + cRow;
    FloatVector c00 = load(c, r0);
    FloatVector c01 = load(c, r0 + LANES);
    FloatVector c10 = load(c, r1);
    FloatVector c11 = load(c, r1 + LANES);
    FloatVector c20 = load(c, r2);
    FloatVector c21 = load(c, r2 + LANES);
    FloatVector c30 = load(c, r3);
    FloatVector c31 = load(c, r3 + LANES);
    FloatVector c40 = load(c, r4);
    FloatVector c41 = load(c, r4 + LANES);
    FloatVector c50 = load(c, r5);
    FloatVector c51 = load(c, r5 + LANES);
    FloatVector c60 = load(c, r6);
    FloatVector c61 = load(c, r6 + LANES);
    FloatVector c70 = load(c, r7);
    FloatVector c71 = load(c, r7 + LANES);
    for (int p = aAt, q = bAt, end = aAt + depth * ROWS; p < end; p += ROWS, q += COLUMNS) {
      FloatVector b0 = load(b, q);
      FloatVector b1 = load(b, q + LANES);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[p]);
      c00 = a0.fma(b0, c00);
      c01 = a0.fma(b1, c01);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[p + 1]);
      c10 = a1.fma(b0, c10);
      c11 = a1.fma(b1, c11);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[p + 2]);
      c20 = a2.fma(b0, c20);
      c21 = a2.fma(b1, c21);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[p + 3]);
      c30 = a3.fma(b0, c30);
      c31 = a3.fma(b1, c31);
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[p + 4]);
      c40 = a4.fma(b0, c40);
      c41 = a4.fma(b1, c41);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[p + 5]);
      c50 = a5.fma(b0, c50);
      c51 = a5.fma(b1, c51);
      FloatVector a6 = FloatVector.broadcast(SPECIES, a[p + 6]);
      c60 = a6.fma(b0, c60);
      c61 = a6.fma(b1, c61);
      FloatVector a7 = FloatVector.broadcast(SPECIES, a[p + 7]);
      c70 = a7.fma(b0, c70);
      c71 = a7.fma(b1, c71);
    }
    c00.intoArray(c, r0);
    c01.intoArray(c, r0 + LANES);
    c10.intoArray(c, r1);
    c11.intoArray(c, r1 + LANES);
    c20.intoArray(c, r2);
    c21.intoArray(c, r2 + LANES);
    c30.intoArray(c, r3);
    c31.intoArray(c, r3 + LANES);
    c40.intoArray(c, r4);
    c41.intoArray(c, r4 + LANES);
    c50.intoArray(c, r5);
    c51.intoArray(c, r5 + LANES);
    c60.intoArray(c, r6);
    c61.intoArray(c, r6 + LANES);
    c70.intoArray(c, r7);
    c71.intoArray(c, r7 + LANES);
  }

  @Override
  public void copyColumns(float[] from, int at, int step, int depth, float[] to, int toAt) {
    for (int p = 0, source = at, target = toAt; p < depth; p++, source += step, target += COLUMNS) {
      load(from, source).intoArray(to, target);
      load(from, source + LANES).intoArray(to, target + LANES);
    }
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(SPECIES, x, at);
  }
}
