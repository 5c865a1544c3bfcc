package maia.numerics;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Four rows by two vectors, for 16 registers: eight sums, two columns, four broadcasts. C2 makes
/// all broadcasts of a step before it uses them, so a taller tile would spill (6 rows: half the
/// speed).
final class VectorTile implements Tile {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int ROWS = 4;
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
    FloatVector c00 = load(c, r0);
    FloatVector c01 = load(c, r0 + LANES);
    FloatVector c10 = load(c, r1);
    FloatVector c11 = load(c, r1 + LANES);
    FloatVector c20 = load(c, r2);
    FloatVector c21 = load(c, r2 + LANES);
    FloatVector c30 = load(c, r3);
    FloatVector c31 = load(c, r3 + LANES);
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
    }
    c00.intoArray(c, r0);
    c01.intoArray(c, r0 + LANES);
    c10.intoArray(c, r1);
    c11.intoArray(c, r1 + LANES);
    c20.intoArray(c, r2);
    c21.intoArray(c, r2 + LANES);
    c30.intoArray(c, r3);
    c31.intoArray(c, r3 + LANES);
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
