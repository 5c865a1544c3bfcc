package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Five rows by two vectors, for 16 registers: ten sums, two columns, and broadcasts of which C2
/// makes one from memory. C2 makes all broadcasts of a step before it uses them, so a taller tile
/// spills (6 rows: half the speed).
final class VectorTile implements Tile {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final long VECTOR = 4L * LANES;
  private static final int ROWS = 5;
  private static final int COLUMNS = 2 * LANES;
  private static final int BLOCK = 100 << 10;

  @Override
  public int rows() {
    return ROWS;
  }

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  public int block() {
    return BLOCK;
  }

  @Override
  public void multiplyAdd(
      int tiles,
      int depth,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      boolean fresh,
      MemorySegment c,
      long cAt,
      long cRow) {
    if (c.getClass() != Direct.KIND) {
      throw Direct.refused();
    }
    long to = cAt;
    for (int t = 0, from = aAt; t < tiles; t++, from += depth * ROWS, to += ROWS * cRow) {
      FloatVector c00 = FloatVector.zero(SPECIES);
      FloatVector c01 = FloatVector.zero(SPECIES);
      FloatVector c10 = FloatVector.zero(SPECIES);
      FloatVector c11 = FloatVector.zero(SPECIES);
      FloatVector c20 = FloatVector.zero(SPECIES);
      FloatVector c21 = FloatVector.zero(SPECIES);
      FloatVector c30 = FloatVector.zero(SPECIES);
      FloatVector c31 = FloatVector.zero(SPECIES);
      FloatVector c40 = FloatVector.zero(SPECIES);
      FloatVector c41 = FloatVector.zero(SPECIES);
      if (!fresh) {
        c00 = load(c, to);
        c01 = load(c, to + VECTOR);
        c10 = load(c, to + cRow);
        c11 = load(c, to + cRow + VECTOR);
        c20 = load(c, to + 2 * cRow);
        c21 = load(c, to + 2 * cRow + VECTOR);
        c30 = load(c, to + 3 * cRow);
        c31 = load(c, to + 3 * cRow + VECTOR);
        c40 = load(c, to + 4 * cRow);
        c41 = load(c, to + 4 * cRow + VECTOR);
      }
      for (int p = from, q = bAt, end = from + depth * ROWS; p < end; p += ROWS, q += COLUMNS) {
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
      }
      store(c00, c, to);
      store(c01, c, to + VECTOR);
      store(c10, c, to + cRow);
      store(c11, c, to + cRow + VECTOR);
      store(c20, c, to + 2 * cRow);
      store(c21, c, to + 2 * cRow + VECTOR);
      store(c30, c, to + 3 * cRow);
      store(c31, c, to + 3 * cRow + VECTOR);
      store(c40, c, to + 4 * cRow);
      store(c41, c, to + 4 * cRow + VECTOR);
    }
  }

  @Override
  public int stripColumns() {
    return VectorStrip.COLUMNS;
  }

  @Override
  public void strip(
      int rows, int depth, float[] a, int aAt, int aRow, float[] b, float[] c, int cAt) {
    if (rows == 2) {
      VectorStrip.two(depth, a, aAt, aRow, b, c, cAt);
    } else {
      VectorStrip.one(depth, a, aAt, b, c, cAt);
    }
  }

  @Override
  public void multiplyAddRows(
      int depth, float[] a, int aAt, int aRow, float[] b, int bAt, float[] c, int cAt, int cRow) {
    VectorRows.multiplyAdd(depth, a, aAt, aRow, b, bAt, c, cAt, cRow);
  }

  @Override
  public void panels(
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
    VectorPanel.rows(rows, depth, a, aAt, b, bAt, bStep, c, cAt, cRow);
  }

  @Override
  public void copyColumns(
      float[] from, int at, int step, int depth, float[] to, int toAt, int panels, int panelStep) {
    for (int p = 0, target = toAt; p < depth; p++, target += COLUMNS) {
      int source = at + p * step;
      for (int j = 0, t = target; j < panels; j++, t += panelStep, source += COLUMNS) {
        load(from, source).intoArray(to, t);
        load(from, source + LANES).intoArray(to, t + LANES);
      }
    }
  }

  @Override
  public void readColumns(
      MemorySegment from,
      long at,
      long step,
      int depth,
      float[] to,
      int toAt,
      int panels,
      int panelStep) {
    VectorRead.columns(from, at, step, depth, to, toAt, panels, panelStep);
  }

  @Override
  public void write(
      float[] from,
      int at,
      int step,
      int rows,
      int columns,
      MemorySegment to,
      long toAt,
      long toStep) {
    VectorRead.write(from, at, step, rows, columns, to, toAt, toStep);
  }

  @Override
  public boolean areFinite(float[] x, int at, int count) {
    return VectorWeights.areFinite(x, at, count);
  }

  @Override
  public boolean reads() {
    return LANES == 8;
  }

  @Override
  public void read(MemorySegment from, long at, long step, int depth, float[] to, int toAt) {
    VectorRead.five(from, at, step, depth, to, toAt);
  }

  @Override
  public void interleave(float[] rows, int count, int depth, int height, float[] to, int toAt) {
    if (VectorInterleave.suits(height)) {
      VectorInterleave.rows(rows, count, depth, height, to, toAt);
    } else {
      Interleave.rows(rows, count, depth, height, to, toAt);
    }
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(SPECIES, x, at);
  }

  private static FloatVector load(MemorySegment x, long at) {
    return FloatVector.fromMemorySegment(SPECIES, x, at, ByteOrder.LITTLE_ENDIAN);
  }

  private static void store(FloatVector x, MemorySegment to, long at) {
    x.intoMemorySegment(to, at, ByteOrder.LITTLE_ENDIAN);
  }
}
