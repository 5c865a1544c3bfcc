package maia.tensor;

import maia.tensor.TensorLinalg.Triangle;

/// Gradients of decompositions, made of tensor operations so that they can be differentiated again
/// (M. Giles, "An extended collection of matrix derivative results", 2008; J. Townsend,
/// "Differentiating the singular value decomposition", 2016).
final class MatrixGradients {
  private MatrixGradients() {}

  static Tensor cholesky(Tensor l, Tensor g) {
    Tensor product = l.mT().matmul(g);
    Tensor half = product.tril().sub(diagonalOf(product).mul(0.5));
    Tensor left = LinearAlgebra.triangularSolve(l.mT(), half, Triangle.UPPER);
    Tensor both = LinearAlgebra.triangularSolve(l.mT(), left.mT(), Triangle.UPPER);
    return symmetric(both);
  }

  private static Tensor symmetric(Tensor x) {
    return x.add(x.mT()).mul(0.5);
  }

  private static Tensor diagonalOf(Tensor x) {
    return LinearAlgebra.masked(x, "diagonal", (i, j) -> i == j);
  }

  static Tensor qr(Tensor a, Tensor output, Tensor g) {
    long m = a.size(-2);
    long n = a.size(-1);
    Tensor q = output.narrow(-2, 0, m);
    Tensor r = output.narrow(-2, m, n);
    Tensor ofQ = g.narrow(-2, 0, m);
    Tensor ofR = g.narrow(-2, m, n).triu();
    Tensor mixed = r.matmul(ofR.mT()).sub(ofQ.mT().matmul(q));
    Tensor mirrored = mixed.tril().add(mixed.tril(-1).mT());
    Tensor left = ofQ.add(q.matmul(mirrored));
    return LinearAlgebra.triangularSolve(r, left.mT(), Triangle.UPPER).mT();
  }

  static Tensor svd(Tensor a, Tensor output, Tensor g) {
    long m = a.size(-2);
    long n = a.size(-1);
    Tensor u = output.narrow(-2, 0, m);
    Tensor s = output.narrow(-2, m, 1);
    Tensor v = output.narrow(-2, m + 1, n);
    Tensor ofU = g.narrow(-2, 0, m);
    Tensor ofV = g.narrow(-2, m + 1, n);
    Tensor gaps = gaps(s.square());
    Tensor uu = u.mT().matmul(ofU);
    Tensor vv = v.mT().matmul(ofV);
    Tensor inner = skew(uu).mul(gaps).mul(s);
    inner = inner.add(skew(vv).mul(gaps).mul(s.mT()));
    inner = inner.add(diagonal(g.narrow(-2, m, 1)));
    Tensor rest = ofU.sub(u.matmul(uu)).div(s);
    return u.matmul(inner).add(rest).matmul(v.mT());
  }

  static Tensor eigh(Tensor output, Tensor g) {
    long n = output.size(-1);
    Tensor w = output.narrow(-2, 0, 1);
    Tensor v = output.narrow(-2, 1, n);
    Tensor inner = v.mT().matmul(g.narrow(-2, 1, n)).mul(gaps(w));
    inner = inner.add(diagonal(g.narrow(-2, 0, 1)));
    return symmetric(v.matmul(inner).matmul(v.mT()));
  }

  private static Tensor skew(Tensor x) {
    return x.sub(x.mT());
  }

  /// A row `[1, n]` as a diagonal matrix `[n, n]`.
  private static Tensor diagonal(Tensor row) {
    long n = row.size(-1);
    long[] shape = row.shape();
    shape[shape.length - 2] = n;
    return diagonalOf(row.expand(shape));
  }

  /// One over element j minus element i of a row, 0 on the diagonal.
  private static Tensor gaps(Tensor row) {
    Tensor difference = row.sub(row.mT());
    Tensor ones = diagonalOf(Create.fullLike(difference, 1));
    return difference.add(ones).reciprocal().sub(ones);
  }
}
