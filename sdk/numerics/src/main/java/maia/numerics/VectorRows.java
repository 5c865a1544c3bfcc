package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/// The step of [VectorTile] on rows of `a` as they lie: a broadcast costs the same wherever its
/// element is, so nothing has to be interleaved.
final class VectorRows {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int NEXT = 4 * LANES;
  private static final int COLUMNS = 2 * LANES;

  private VectorRows() {}

  /// `c` in an array.
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
    int a2 = 2 * aRow;
    int a3 = 3 * aRow;
    int a4 = 4 * aRow;
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
  }

  /// `c` outside the heap.
  static void multiplyAdd(
      int depth,
      float[] a,
      int aAt,
      int aRow,
      float[] b,
      int bAt,
      MemorySegment c,
      long cAt,
      long cRow) {
    long step = 4 * cRow;
    long r0 = 4 * cAt;
    long r1 = r0 + step;
    long r2 = r1 + step;
    long r3 = r2 + step;
    long r4 = r3 + step;
    FloatVector c00 = load(c, r0);
    FloatVector c01 = load(c, r0 + NEXT);
    FloatVector c10 = load(c, r1);
    FloatVector c11 = load(c, r1 + NEXT);
    FloatVector c20 = load(c, r2);
    FloatVector c21 = load(c, r2 + NEXT);
    FloatVector c30 = load(c, r3);
    FloatVector c31 = load(c, r3 + NEXT);
    FloatVector c40 = load(c, r4);
    FloatVector c41 = load(c, r4 + NEXT);
    int a2 = 2 * aRow;
    int a3 = 3 * aRow;
    int a4 = 4 * aRow;
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
    }
    store(c00, c, r0);
    store(c01, c, r0 + NEXT);
    store(c10, c, r1);
    store(c11, c, r1 + NEXT);
    store(c20, c, r2);
    store(c21, c, r2 + NEXT);
    store(c30, c, r3);
    store(c31, c, r3 + NEXT);
    store(c40, c, r4);
    store(c41, c, r4 + NEXT);
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(SPECIES, x, at);
  }

  private static FloatVector load(MemorySegment x, long byteAt) {
    return FloatVector.fromMemorySegment(SPECIES, x, byteAt, ByteOrder.LITTLE_ENDIAN);
  }

  private static void store(FloatVector x, float[] to, int at) {
    x.intoArray(to, at);
  }

  private static void store(FloatVector x, MemorySegment to, long byteAt) {
    x.intoMemorySegment(to, byteAt, ByteOrder.LITTLE_ENDIAN);
  }
}
