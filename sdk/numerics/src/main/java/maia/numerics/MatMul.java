package maia.numerics;

import java.util.Objects;
import maia.base.Check;
import org.jspecify.annotations.Nullable;

/// Matrix products in fp32 with one fused multiply-add chain per output, in ascending k, starting
/// from the value already in `c`. The bits depend on nothing else.
public final class MatMul {
  private static final long SMALL = 4096;
  private static final long PARALLEL = 1 << 21;

  /// A band is a multiple of every tile's rows and columns; each thread gets about this many.
  private static final int BAND = 32;

  private static final int BANDS = 2;

  private MatMul() {}

  /// `c[i, j] = fma(a[i, k-1], b[k-1, j], ... fma(a[i, 0], b[0, j], c[i, j]))`.
  ///
  /// Element (i, k) of `a` is `a[aAt + i * aRow + k * aCol]`, likewise `b` (k, j); rows of `c` are
  /// contiguous. `c` must not share elements with the inputs.
  public static void multiplyAdd(
      int m,
      int n,
      int k,
      float[] a,
      int aAt,
      int aRow,
      int aCol,
      float[] b,
      int bAt,
      int bRow,
      int bCol,
      float[] c,
      int cAt,
      int cRow) {
    check(m, n, k, a, aAt, aRow, aCol, b, bAt, bRow, bCol, c, cAt, cRow);
    Matrix left = new Matrix(a, aAt, aRow, aCol);
    Matrix right = new Matrix(b, bAt, bRow, bCol);
    run(
        Kernels.current((long) m * n * k).tile(),
        m,
        n,
        k,
        left,
        right,
        new Matrix(c, cAt, cRow, 1));
  }

  /// The same bits as [#multiplyAdd], on all processors where that pays. An interrupt of the
  /// calling thread ends it with some blocks of `c` done and others not.
  public static void parallel(
      int m,
      int n,
      int k,
      float[] a,
      int aAt,
      int aRow,
      int aCol,
      float[] b,
      int bAt,
      int bRow,
      int bCol,
      float[] c,
      int cAt,
      int cRow) {
    check(m, n, k, a, aAt, aRow, aCol, b, bAt, bRow, bCol, c, cAt, cRow);
    Matrix left = new Matrix(a, aAt, aRow, aCol);
    Matrix right = new Matrix(b, bAt, bRow, bCol);
    parallel(m, n, k, left, right, new Matrix(c, cAt, cRow, 1));
  }

  /// Parts are bands of the longer side of `c`; k is never divided.
  private static void parallel(int m, int n, int k, Matrix a, Matrix b, Matrix c) {
    Tile tile = Kernels.current((long) m * n * k).tile();
    boolean byRows = m > n;
    int side = Math.max(m, n);
    int band = Math.max(BAND, Math.ceilDiv(side, BANDS * Workers.threads() * BAND) * BAND);
    if (Workers.threads() == 1 || side <= band || (long) m * n * k < PARALLEL) {
      run(tile, m, n, k, a, b, c);
      return;
    }
    Workers.run(
        Math.ceilDiv(side, band),
        "matmul",
        part -> {
          int at = part * band;
          int size = Math.min(band, side - at);
          if (byRows) {
            run(tile, size, n, k, a.from(at, 0), b, c.from(at, 0));
          } else {
            run(tile, m, size, k, a, b.from(0, at), c.from(0, at));
          }
        });
  }

  /// The same with this tile, or without one.
  static void run(@Nullable Tile tile, int m, int n, int k, Matrix a, Matrix b, Matrix c) {
    if (m <= ThinProduct.ROWS || (long) m * n * k < SMALL) {
      ThinProduct.run(m, n, k, a, b, c);
    } else if (n <= ThinProduct.ROWS) {
      ThinProduct.run(n, m, k, b.transposed(), a.transposed(), c.transposed());
    } else if (tile == null) {
      RowProduct.run(m, n, k, a, b, c);
    } else {
      new PackedProduct(tile, m, n, k).run(m, n, k, a, b, c);
    }
  }

  private static void check(
      int m,
      int n,
      int k,
      float[] a,
      int aAt,
      int aRow,
      int aCol,
      float[] b,
      int bAt,
      int bRow,
      int bCol,
      float[] c,
      int cAt,
      int cRow) {
    Check.argument(
        m >= 0 && n >= 0 && k >= 0, "matmul: sizes must not be negative, were %dx%dx%d", m, n, k);
    if (m == 0 || n == 0) {
      return;
    }
    inside("c", c, cAt, m, cRow, n, 1);
    if (k > 0) {
      inside("a", a, aAt, m, aRow, k, aCol);
      inside("b", b, bAt, k, bRow, n, bCol);
    }
  }

  private static void inside(
      String name, float[] x, int at, int rows, int row, int columns, int column) {
    long down = (rows - 1L) * row;
    long across = (columns - 1L) * column;
    long low = at + Math.min(down, 0) + Math.min(across, 0);
    long high = at + Math.max(down, 0) + Math.max(across, 0);
    if (low < 0 || high >= x.length) {
      throw new IndexOutOfBoundsException(
          "matmul: %s covers elements %d to %d of an array of %d"
              .formatted(name, low, high, x.length));
    }
    Objects.requireNonNull(x);
  }
}
