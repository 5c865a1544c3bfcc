package maia.numerics;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import maia.base.Check;
import org.jspecify.annotations.Nullable;

/// Matrix products in fp32 with one fused multiply-add chain per output, in ascending k, starting
/// from the value already in `c`. The bits depend on nothing else.
public final class MatMul {
  private static final long SMALL = 4096;
  private static final long PARALLEL = 1 << 21;

  /// Rows up to which packing the second operand is a good part of a product.
  private static final int WORTH_PACKING = 512;

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
    run(packing((long) m * n * k), m, n, k, left, right, new Matrix(c, cAt, cRow, 1), false);
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

  private static void parallel(int m, int n, int k, Matrix a, Matrix b, Matrix c) {
    long work = (long) m * n * k;
    run(packing(work), m, n, k, a, b, c, work >= PARALLEL);
  }

  /// `c += a * b` on arrays of two dimensions in host memory, on all processors where that pays:
  /// `a` and `b` of any scalar type of at most 32 bits, decoded exactly, `c` in F32 with contiguous
  /// rows that share no memory with them. The bits are those of [#multiplyAdd].
  public static void multiplyAdd(Array a, Array b, Array c) {
    product(a, b, c, false);
  }

  /// `c = a * b`, as [#multiplyAdd(Array, Array, Array)] with a `c` of zeros, whatever is in it.
  public static void multiply(Array a, Array b, Array c) {
    product(a, b, c, true);
  }

  private static void product(Array a, Array b, Array c, boolean fresh) {
    int m = Math.toIntExact(c.shape()[0]);
    int n = Math.toIntExact(c.shape()[1]);
    int k = Math.toIntExact(a.shape()[1]);
    Check.argument(
        a.shape()[0] == m && b.shape()[0] == k && b.shape()[1] == n,
        "matmul: %s times %s does not fit %s",
        Arrays.toString(a.shape()),
        Arrays.toString(b.shape()),
        Arrays.toString(c.shape()));
    checkResult(c, n);
    if (m > 0 && n > 0 && k > 0) {
      long work = (long) m * n * k;
      run(tile(a, b, work), m, n, k, a, b, c, fresh);
    } else if (fresh) {
      clear(c, m, n);
    }
  }

  /// The tile for such operands, where it is ready.
  private static @Nullable Tile tile(Array a, Array b, long work) {
    boolean asTheyLie =
        PanelPacking.isDirect(Operand.of(a)) && PanelPacking.isDirect(Operand.of(b));
    return asTheyLie ? Kernels.current(Kernels.Kind.PRODUCTS, work).tile() : packing(work);
  }

  private static @Nullable Tile packing(long work) {
    return Kernels.tile(Kernels.Kind.PRODUCTS, Kernels.Kind.PACKING, work);
  }

  private static void clear(Array c, long m, long n) {
    for (long i = 0; n > 0 && i < m; i++) {
      c.segment().asSlice(4 * (c.offset() + i * c.strides()[0]), 4 * n).fill((byte) 0);
    }
  }

  /// `c = x * w^T`, a linear layer: `x` `[m, k]`, `w` `[n, k]`, `c` `[m, n]`, as [#multiply(Array,
  /// Array, Array)]. A `w` that is used again and again is packed once, see [PackedWeights].
  public static void linear(Array x, Array w, Array c) {
    int m = Math.toIntExact(c.shape()[0]);
    int n = Math.toIntExact(c.shape()[1]);
    int k = Math.toIntExact(x.shape()[1]);
    Check.argument(
        x.shape()[0] == m && w.shape()[1] == k && w.shape()[0] == n,
        "linear: %s times the transpose of %s does not fit %s",
        Arrays.toString(x.shape()),
        Arrays.toString(w.shape()),
        Arrays.toString(c.shape()));
    checkResult(c, n);
    if (m > 0 && n > 0 && k > 0) {
      linear(packing((long) m * n * k), m, n, k, x, w, c);
    } else {
      clear(c, m, n);
    }
  }

  /// The same with this tile, or without one.
  static void linear(@Nullable Tile tile, int m, int n, int k, Array x, Array w, Array c) {
    boolean parallel = (long) m * n * k >= PARALLEL;
    Operand b = Operand.of(w).transposed();
    boolean make = m <= WORTH_PACKING;
    float[] panels = tile == null ? null : PackedWeights.of(tile, b, n, k, make, parallel);
    if (tile == null || panels == null) {
      run(tile, m, n, k, x, transposed(w), c, true);
    } else if (PanelProduct.suits(m, k)) {
      clear(c, m, n);
      PanelProduct.run(tile, m, n, k, Operand.of(x), panels, Operand.of(c), parallel);
    } else {
      PackedProduct.run(tile, m, n, k, Operand.of(x), b, Operand.of(c), panels, true, parallel);
    }
  }

  private static Array transposed(Array w) {
    long[] shape = {w.shape()[1], w.shape()[0]};
    long[] strides = {w.strides()[1], w.strides()[0]};
    return HostArray.view(w.type(), shape, strides, w.offset(), w.segment(), Optional.empty(), 1);
  }

  private static void checkResult(Array c, int n) {
    Check.argument(
        c.type() == DType.F32 && (n <= 1 || c.strides()[1] == 1),
        "matmul: the result must be f32 with contiguous rows, was %s",
        c.type().label());
  }

  static void run(@Nullable Tile tile, int m, int n, int k, Array a, Array b, Array c) {
    run(tile, m, n, k, a, b, c, false);
  }

  /// The same; a `fresh` `c` counts as 0.
  private static void run(
      @Nullable Tile tile, int m, int n, int k, Array a, Array b, Array c, boolean fresh) {
    boolean parallel = (long) m * n * k >= PARALLEL;
    Operand left = Operand.of(a);
    Operand right = Operand.of(b);
    Operand to = Operand.of(c);
    boolean small = (long) m * n * k < SMALL;
    boolean strips = StripProduct.suits(m, k, right);
    if (tile != null && !small && !strips && m > StreamProduct.ROWS) {
      PackedProduct.run(tile, m, n, k, left, right, to, null, fresh, parallel);
      return;
    }
    if (fresh) {
      clear(c, m, n);
    }
    if (tile != null && !small && strips) {
      StripProduct.run(tile, m, n, k, left, right, to, parallel);
    } else if (m <= StreamProduct.ROWS) {
      StreamProduct.run(m, n, k, left, right, to, parallel);
    } else {
      float[] out = HostArray.floats(c);
      Matrix x = new Matrix(HostArray.floats(a), 0, k, 1);
      Matrix y = new Matrix(HostArray.floats(b), 0, n, 1);
      run(tile, m, n, k, x, y, new Matrix(out, 0, n, 1), parallel);
      HostArray.store(out, c);
    }
  }

  /// The same with this tile, or without one.
  static void run(
      @Nullable Tile tile, int m, int n, int k, Matrix a, Matrix b, Matrix c, boolean parallel) {
    if (m <= ThinProduct.ROWS || (long) m * n * k < SMALL) {
      ThinProduct.run(m, n, k, a, b, c);
    } else if (n <= ThinProduct.ROWS) {
      ThinProduct.run(n, m, k, b.transposed(), a.transposed(), c.transposed());
    } else if (tile == null) {
      RowProduct.run(m, n, k, a, b, c);
    } else {
      PackedProduct.run(tile, m, n, k, Operand.of(a), Operand.of(b), Operand.of(c), parallel);
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
