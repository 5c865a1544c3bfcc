package maia.tensor;

import java.util.Arrays;
import java.util.List;
import maia.numerics.DType;
import maia.tensor.TensorLinalg.Triangle;

/// Linear algebra above the operations of [MatrixOp]: shapes, broadcasting, and what other
/// operations make.
final class LinearAlgebra {
  private LinearAlgebra() {}

  /// Whether an element counts.
  @FunctionalInterface
  interface Mask {
    boolean has(int row, int column);
  }

  /// `x` with zeros where the mask has no element.
  static Tensor masked(Tensor x, String name, Mask mask) {
    ShapeException.check(
        x.rank() >= 2,
        "%s: needs matrices as the last two dimensions, the shape is %s",
        name,
        Layout.text(x.shape()));
    int m = Math.toIntExact(x.size(-2));
    int n = Math.toIntExact(x.size(-1));
    boolean[] kept = new boolean[Math.multiplyExact(m, n)];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        kept[i * n + j] = mask.has(i, j);
      }
    }
    Tensor keep =
        x.isMeta() ? Tensor.meta(DType.BOOL, m, n) : Host.tensor(kept, m, n).to(x.device());
    return keep.where(x, Create.zeroLike(x).to(x.dtype()));
  }

  static Tensor solve(Tensor a, Tensor b) {
    if (b.rank() == 1) {
      return solve(a, b.unsqueeze(1)).squeeze(-1);
    }
    return system("solve", new MatrixOp.Solve(), a, b);
  }

  static Tensor triangularSolve(Tensor a, Tensor b, Triangle triangle) {
    return system("triangularSolve", new MatrixOp.TriangularSolve(triangle), a, b);
  }

  private static Tensor system(String name, Op op, Tensor a, Tensor b) {
    ShapeException.check(
        a.rank() >= 2 && b.rank() >= 2 && a.size(-1) == a.size(-2) && a.size(-1) == b.size(-2),
        "%s: needs square matrices and as many rows on the right, got %s and %s",
        name,
        Layout.text(a.shape()),
        Layout.text(b.shape()));
    long[] left = Arrays.copyOf(a.shape(), a.rank() - 2);
    long[] right = Arrays.copyOf(b.shape(), b.rank() - 2);
    long[] lead =
        Shapes.broadcast(name, Tensor.meta(a.dtype(), left), Tensor.meta(b.dtype(), right));
    return Dispatch.run(op, repeated(a, lead), repeated(b, lead));
  }

  private static Tensor repeated(Tensor x, long[] lead) {
    long[] shape = Arrays.copyOf(lead, lead.length + 2);
    shape[lead.length] = x.size(-2);
    shape[lead.length + 1] = x.size(-1);
    return Arrays.equals(shape, x.shape()) ? x : x.expand(shape);
  }

  static Tensor identity(Tensor like) {
    return masked(Create.fullLike(like.detach(), 1), "eye", (i, j) -> i == j);
  }

  static Tensor inverse(Tensor a) {
    ShapeException.check(
        a.rank() >= 2 && a.size(-1) == a.size(-2),
        "inverse: needs square matrices as the last two dimensions, the shape is %s",
        Layout.text(a.shape()));
    return solve(a, identity(a));
  }

  static Tensor power(Tensor a, int exponent) {
    if (exponent < 0) {
      return power(inverse(a), -exponent);
    }
    ShapeException.check(
        a.rank() >= 2 && a.size(-1) == a.size(-2),
        "matrixPower: needs square matrices as the last two dimensions, the shape is %s",
        Layout.text(a.shape()));
    Tensor y = identity(a);
    Tensor square = a;
    for (int left = exponent; left > 0; left >>= 1) {
      y = (left & 1) == 1 ? y.matmul(square) : y;
      square = left > 1 ? square.matmul(square) : square;
    }
    return y;
  }

  static TensorLinalg.Qr qr(Tensor a) {
    checkMatrix("qr", a);
    long m = a.size(-2);
    long n = a.size(-1);
    if (m < n) {
      TensorLinalg.Qr square = qr(a.narrow(-1, 0, m));
      Tensor rest = square.q().mT().matmul(a.narrow(-1, m, n - m));
      return new TensorLinalg.Qr(square.q(), Tensor.cat(List.of(square.r(), rest), -1));
    }
    Tensor both = Dispatch.run(new MatrixOp.Qr(), a);
    return new TensorLinalg.Qr(both.narrow(-2, 0, m), both.narrow(-2, m, n));
  }

  static TensorLinalg.Svd svd(Tensor a) {
    checkMatrix("svd", a);
    long m = a.size(-2);
    long n = a.size(-1);
    if (m < n) {
      TensorLinalg.Svd flipped = svd(a.mT());
      return new TensorLinalg.Svd(flipped.vh().mT(), flipped.s(), flipped.u().mT());
    }
    Tensor all = Dispatch.run(new MatrixOp.Svd(), a);
    return new TensorLinalg.Svd(
        all.narrow(-2, 0, m), all.select(-2, m), all.narrow(-2, m + 1, n).mT());
  }

  static TensorLinalg.Eigh eigh(Tensor a) {
    checkMatrix("eigh", a);
    Tensor both = Dispatch.run(new MatrixOp.Eigh(), a);
    return new TensorLinalg.Eigh(both.select(-2, 0), both.narrow(-2, 1, a.size(-1)));
  }

  static Tensor pseudoInverse(Tensor a, double rcond) {
    TensorLinalg.Svd svd = svd(a);
    Tensor small = svd.s().le(svd.s().detach().amax(Dims.KEEP, -1).mul(rcond));
    Tensor one = Create.scalarLike(svd.s(), 1).to(a.dtype());
    Tensor inverse = small.where(one, svd.s()).reciprocal();
    Tensor kept = small.where(Create.zeroLike(inverse), inverse);
    return svd.vh().mT().mul(kept.unsqueeze(-2)).matmul(svd.u().mT());
  }

  private static void checkMatrix(String name, Tensor a) {
    ShapeException.check(
        a.rank() >= 2,
        "%s: needs matrices as the last two dimensions, the shape is %s",
        name,
        Layout.text(a.shape()));
  }
}
