package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// Eight rows by two vectors, for 32 registers: 16 sums, two columns, eight broadcasts. Sums are
/// read and written without a helper, and begin with one zero: the method is at C2's limit, beyond
/// which it takes in nothing but what the Vector API demands, and every sum would be an object.
final class TallVectorTile implements Tile {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final long VECTOR = 4L * LANES;
  private static final int ROWS = 8;
  private static final int COLUMNS = 2 * LANES;

  /// Processors with 16 lanes have second caches of 1 or 2 MiB (decision 078).
  private static final int BLOCK = (LANES == 16 ? 160 : 100) << 10;

  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

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
      FloatVector zero = FloatVector.zero(SPECIES);
      FloatVector c00 = zero;
      FloatVector c01 = zero;
      FloatVector c10 = zero;
      FloatVector c11 = zero;
      FloatVector c20 = zero;
      FloatVector c21 = zero;
      FloatVector c30 = zero;
      FloatVector c31 = zero;
      FloatVector c40 = zero;
      FloatVector c41 = zero;
      FloatVector c50 = zero;
      FloatVector c51 = zero;
      FloatVector c60 = zero;
      FloatVector c61 = zero;
      FloatVector c70 = zero;
      FloatVector c71 = zero;
      if (!fresh) {
        c00 = FloatVector.fromMemorySegment(SPECIES, c, to, ORDER);
        c01 = FloatVector.fromMemorySegment(SPECIES, c, to + VECTOR, ORDER);
        c10 = FloatVector.fromMemorySegment(SPECIES, c, to + cRow, ORDER);
        c11 = FloatVector.fromMemorySegment(SPECIES, c, to + cRow + VECTOR, ORDER);
        c20 = FloatVector.fromMemorySegment(SPECIES, c, to + 2 * cRow, ORDER);
        c21 = FloatVector.fromMemorySegment(SPECIES, c, to + 2 * cRow + VECTOR, ORDER);
        c30 = FloatVector.fromMemorySegment(SPECIES, c, to + 3 * cRow, ORDER);
        c31 = FloatVector.fromMemorySegment(SPECIES, c, to + 3 * cRow + VECTOR, ORDER);
        c40 = FloatVector.fromMemorySegment(SPECIES, c, to + 4 * cRow, ORDER);
        c41 = FloatVector.fromMemorySegment(SPECIES, c, to + 4 * cRow + VECTOR, ORDER);
        c50 = FloatVector.fromMemorySegment(SPECIES, c, to + 5 * cRow, ORDER);
        c51 = FloatVector.fromMemorySegment(SPECIES, c, to + 5 * cRow + VECTOR, ORDER);
        c60 = FloatVector.fromMemorySegment(SPECIES, c, to + 6 * cRow, ORDER);
        c61 = FloatVector.fromMemorySegment(SPECIES, c, to + 6 * cRow + VECTOR, ORDER);
        c70 = FloatVector.fromMemorySegment(SPECIES, c, to + 7 * cRow, ORDER);
        c71 = FloatVector.fromMemorySegment(SPECIES, c, to + 7 * cRow + VECTOR, ORDER);
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
      c00.intoMemorySegment(c, to, ORDER);
      c01.intoMemorySegment(c, to + VECTOR, ORDER);
      c10.intoMemorySegment(c, to + cRow, ORDER);
      c11.intoMemorySegment(c, to + cRow + VECTOR, ORDER);
      c20.intoMemorySegment(c, to + 2 * cRow, ORDER);
      c21.intoMemorySegment(c, to + 2 * cRow + VECTOR, ORDER);
      c30.intoMemorySegment(c, to + 3 * cRow, ORDER);
      c31.intoMemorySegment(c, to + 3 * cRow + VECTOR, ORDER);
      c40.intoMemorySegment(c, to + 4 * cRow, ORDER);
      c41.intoMemorySegment(c, to + 4 * cRow + VECTOR, ORDER);
      c50.intoMemorySegment(c, to + 5 * cRow, ORDER);
      c51.intoMemorySegment(c, to + 5 * cRow + VECTOR, ORDER);
      c60.intoMemorySegment(c, to + 6 * cRow, ORDER);
      c61.intoMemorySegment(c, to + 6 * cRow + VECTOR, ORDER);
      c70.intoMemorySegment(c, to + 7 * cRow, ORDER);
      c71.intoMemorySegment(c, to + 7 * cRow + VECTOR, ORDER);
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
    TallVectorRows.multiplyAdd(depth, a, aAt, aRow, b, bAt, c, cAt, cRow);
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
    return LANES >= 8;
  }

  @Override
  public void read(MemorySegment from, long at, long step, int depth, float[] to, int toAt) {
    VectorRead.eight(from, at, step, depth, to, toAt);
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
}
