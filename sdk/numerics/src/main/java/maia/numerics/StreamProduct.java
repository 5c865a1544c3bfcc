package maia.numerics;

import java.lang.foreign.MemorySegment;
import maia.base.Stop;

/// Product of one row or a few with a matrix in memory that is read once, without packing: what
/// decoding a token is made of. Every output is one ascending chain.
final class StreamProduct {
  /// Rows up to which reading `b` costs more than arithmetic.
  static final int ROWS = 3;

  private static final int CHAINS = 8;
  private static final int STEPS = 4;
  private static final int STRETCH = 1024;

  private StreamProduct() {}

  /// `c += a * b`, with contiguous rows in `c`, which is fp32; `b` runs along k or along n.
  static void run(int m, int n, int k, Operand a, Operand b, Operand c, boolean parallel) {
    int part = parallel ? partOf(n) : n;
    if (part >= n) {
      columns(m, 0, n, k, a, b, c);
      return;
    }
    Workers.run(
        Math.ceilDiv(n, part),
        "matmul",
        i -> columns(m, i * part, Math.min(part, n - i * part), k, a, b, c));
  }

  /// Eight parts per thread, so that a busy processor does not hold up the others.
  private static int partOf(int n) {
    int part = Math.ceilDiv(n, 8 * Workers.threads());
    return Math.max(64, Math.ceilDiv(part, CHAINS) * CHAINS);
  }

  private static void columns(int m, int first, int count, int k, Operand a, Operand b, Operand c) {
    float[] row = Scratch.floats(Scratch.Slot.LEFT, k);
    float[] sums = Scratch.floats(Scratch.Slot.EDGE, STRETCH);
    for (int i = 0; i < m; i++) {
      a.read(i, 0, k, row, 0);
      for (int j = first; j < first + count; j += STRETCH) {
        Stop.poll("matmul");
        int width = Math.min(STRETCH, first + count - j);
        c.read(i, j, width, sums, 0);
        if (b.column() == 1) {
          alongRows(width, k, row, b.from(0, j), sums);
        } else {
          alongColumns(width, k, row, b.from(0, j), sums);
        }
        MemorySegment.copy(sums, 0, c.x(), Packed.FLOAT, 4 * (c.at() + i * c.row() + j), width);
      }
    }
  }

  /// Four rows of `b` at a time.
  private static void alongRows(int n, int k, float[] a, Operand b, float[] sums) {
    float[] rows = Scratch.floats(Scratch.Slot.ROWS, STEPS * STRETCH);
    int p = 0;
    for (; p + STEPS <= k; p += STEPS) {
      for (int i = 0; i < STEPS; i++) {
        b.read(p + i, 0, n, rows, i * STRETCH);
      }
      four(n, a[p], a[p + 1], a[p + 2], a[p + 3], rows, sums);
    }
    for (; p < k; p++) {
      b.read(p, 0, n, rows, 0);
      one(n, a[p], rows, sums);
    }
  }

  private static void one(int n, float x, float[] b, float[] sums) {
    for (int j = 0; j < n; j++) {
      sums[j] = Math.fma(x, b[j], sums[j]);
    }
  }

  private static void four(int n, float x0, float x1, float x2, float x3, float[] b, float[] sums) {
    for (int j = 0; j < n; j++) {
      float first = Math.fma(x1, b[STRETCH + j], Math.fma(x0, b[j], sums[j]));
      sums[j] = Math.fma(x3, b[3 * STRETCH + j], Math.fma(x2, b[2 * STRETCH + j], first));
    }
  }

  private static void alongColumns(int n, int k, float[] a, Operand b, float[] sums) {
    int j = 0;
    if (b.row() == 1 && b.type() == DType.F32) {
      for (; j + CHAINS <= n; j += CHAINS) {
        eight(k, a, b.x(), 4 * (b.at() + j * b.column()), 4 * b.column(), sums, j);
      }
    }
    for (; j < n; j += CHAINS) {
      decoded(Math.min(CHAINS, n - j), k, a, b.from(0, j).transposed(), sums, j);
    }
  }

  /// Eight independent chains hide the latency of the multiply-add.
  private static void eight(
      int k, float[] a, MemorySegment b, long at, long step, float[] sums, int to) {
    float s0 = sums[to];
    float s1 = sums[to + 1];
    float s2 = sums[to + 2];
    float s3 = sums[to + 3];
    float s4 = sums[to + 4];
    float s5 = sums[to + 5];
    float s6 = sums[to + 6];
    float s7 = sums[to + 7];
    for (int p = 0; p < k; p++) {
      long q = at + 4L * p;
      float x = a[p];
      s0 = Math.fma(x, b.get(Packed.FLOAT, q), s0);
      s1 = Math.fma(x, b.get(Packed.FLOAT, q + step), s1);
      s2 = Math.fma(x, b.get(Packed.FLOAT, q + 2 * step), s2);
      s3 = Math.fma(x, b.get(Packed.FLOAT, q + 3 * step), s3);
      s4 = Math.fma(x, b.get(Packed.FLOAT, q + 4 * step), s4);
      s5 = Math.fma(x, b.get(Packed.FLOAT, q + 5 * step), s5);
      s6 = Math.fma(x, b.get(Packed.FLOAT, q + 6 * step), s6);
      s7 = Math.fma(x, b.get(Packed.FLOAT, q + 7 * step), s7);
    }
    sums[to] = s0;
    sums[to + 1] = s1;
    sums[to + 2] = s2;
    sums[to + 3] = s3;
    sums[to + 4] = s4;
    sums[to + 5] = s5;
    sums[to + 6] = s6;
    sums[to + 7] = s7;
  }

  /// Rows of any type, decoded in stretches and then added as eight chains.
  private static void decoded(int count, int k, float[] a, Operand rows, float[] sums, int to) {
    float[] x = Scratch.floats(Scratch.Slot.ROWS, CHAINS * STRETCH);
    for (int p = 0; p < k; p += STRETCH) {
      int depth = Math.min(STRETCH, k - p);
      for (int r = 0; r < count; r++) {
        rows.read(r, p, depth, x, r * STRETCH);
      }
      if (count == CHAINS) {
        eight(depth, a, p, x, sums, to);
      } else {
        for (int r = 0; r < count; r++) {
          sums[to + r] = chain(depth, a, p, x, r * STRETCH, sums[to + r]);
        }
      }
    }
  }

  private static float chain(int count, float[] a, int at, float[] b, int bAt, float start) {
    float sum = start;
    for (int p = 0; p < count; p++) {
      sum = Math.fma(a[at + p], b[bAt + p], sum);
    }
    return sum;
  }

  private static void eight(int count, float[] a, int at, float[] b, float[] sums, int to) {
    float s0 = sums[to];
    float s1 = sums[to + 1];
    float s2 = sums[to + 2];
    float s3 = sums[to + 3];
    float s4 = sums[to + 4];
    float s5 = sums[to + 5];
    float s6 = sums[to + 6];
    float s7 = sums[to + 7];
    for (int p = 0; p < count; p++) {
      float x = a[at + p];
      s0 = Math.fma(x, b[p], s0);
      s1 = Math.fma(x, b[STRETCH + p], s1);
      s2 = Math.fma(x, b[2 * STRETCH + p], s2);
      s3 = Math.fma(x, b[3 * STRETCH + p], s3);
      s4 = Math.fma(x, b[4 * STRETCH + p], s4);
      s5 = Math.fma(x, b[5 * STRETCH + p], s5);
      s6 = Math.fma(x, b[6 * STRETCH + p], s6);
      s7 = Math.fma(x, b[7 * STRETCH + p], s7);
    }
    sums[to] = s0;
    sums[to + 1] = s1;
    sums[to + 2] = s2;
    sums[to + 3] = s3;
    sums[to + 4] = s4;
    sums[to + 5] = s5;
    sums[to + 6] = s6;
    sums[to + 7] = s7;
  }
}
