package maia.tensor;

/// Linear algebra of a [Tensor], whose last two dimensions are matrices and the others batches.
/// Decompositions are computed in fp64 in a fixed order and rounded once.
public sealed interface TensorLinalg permits Tensor {
  /// This tensor.
  Tensor self();

  /// Which half of a square matrix counts.
  enum Triangle {
    /// On and below the diagonal.
    LOWER,
    /// On and above the diagonal.
    UPPER;

    Triangle other() {
      return this == LOWER ? UPPER : LOWER;
    }
  }

  /// A = Q R.
  ///
  /// @param q orthonormal columns
  /// @param r an upper triangle
  record Qr(Tensor q, Tensor r) {}

  /// A = U diag(S) Vh.
  ///
  /// @param u orthonormal columns
  /// @param s singular values, from large to small
  /// @param vh orthonormal rows
  record Svd(Tensor u, Tensor s, Tensor vh) {}

  /// A = V diag(values) transpose of V, for a symmetric A.
  ///
  /// @param values eigenvalues, from small to large
  /// @param vectors orthonormal columns
  record Eigh(Tensor values, Tensor vectors) {}

  /// The logarithm of a determinant.
  ///
  /// @param sign -1, 0 or 1
  /// @param logAbsDet the natural logarithm of the magnitude
  record SlogDet(Tensor sign, Tensor logAbsDet) {}

  // ---------------------------------------------------------------- products

  /// The product of two vectors, a number.
  default Tensor dot(Tensor other) {
    ShapeException.check(
        self().rank() == 1 && other.rank() == 1 && self().size(0) == other.size(0),
        "dot: needs two vectors of one length, got %s and %s",
        Layout.text(self().shape()),
        Layout.text(other.shape()));
    return self().matmul(other);
  }

  /// Every product of an element of this vector and one of the other.
  default Tensor outer(Tensor other) {
    ShapeException.check(
        self().rank() == 1 && other.rank() == 1,
        "outer: needs two vectors, got %s and %s",
        Layout.text(self().shape()),
        Layout.text(other.shape()));
    return self().unsqueeze(1).mul(other);
  }

  /// Products of two batches of matrices, `[B, M, K]` times `[B, K, N]`.
  default Tensor bmm(Tensor other) {
    ShapeException.check(
        self().rank() == 3 && other.rank() == 3 && self().size(0) == other.size(0),
        "bmm: needs two batches of one size, [B, M, K] and [B, K, N], got %s and %s; matmul broadcasts",
        Layout.text(self().shape()),
        Layout.text(other.shape()));
    return self().matmul(other);
  }

  /// A matrix times itself `exponent` times; the inverse of that for negative exponents.
  default Tensor matrixPower(int exponent) {
    return LinearAlgebra.power(self(), exponent);
  }

  /// The p-norm of every difference between a row of this `[.., M, D]` and one of the other `[..,
  /// N, D]`: `[.., M, N]`.
  default Tensor cdist(Tensor other, double p) {
    return self().unsqueeze(-2).sub(other.unsqueeze(-3)).norm(p, -1);
  }

  /// Euclidean distances, see [#cdist(Tensor, double)].
  default Tensor cdist(Tensor other) {
    return cdist(other, 2);
  }

  // ---------------------------------------------------------------- parts

  /// The sum of the diagonal.
  default Tensor trace() {
    return self().diagonal(0, -2, -1).sum(-1);
  }

  /// Zeros above diagonal number `diagonal`.
  default Tensor tril(int diagonal) {
    return LinearAlgebra.masked(self(), "tril", (i, j) -> j - i <= diagonal);
  }

  /// Zeros above the diagonal.
  default Tensor tril() {
    return tril(0);
  }

  /// Zeros below diagonal number `diagonal`.
  default Tensor triu(int diagonal) {
    return LinearAlgebra.masked(self(), "triu", (i, j) -> j - i >= diagonal);
  }

  /// Zeros below the diagonal.
  default Tensor triu() {
    return triu(0);
  }

  // ---------------------------------------------------------------- systems

  /// X with this X = b, for square matrices; b is `[.., n, k]`, or a vector for one matrix.
  default Tensor solve(Tensor b) {
    return LinearAlgebra.solve(self(), b);
  }

  /// X with this X = b, where only one triangle of this counts.
  default Tensor triangularSolve(Tensor b, Triangle triangle) {
    return LinearAlgebra.triangularSolve(self(), b, triangle);
  }

  /// The inverse of square matrices.
  default Tensor inverse() {
    return LinearAlgebra.inverse(self());
  }

  /// The inverse in the sense of least squares, of any matrix; singular values of at most `rcond`
  /// times the largest count as 0.
  default Tensor pinv(double rcond) {
    return LinearAlgebra.pseudoInverse(self(), rcond);
  }

  /// The determinant.
  default Tensor det() {
    return Dispatch.run(new MatrixOp.Det(), self());
  }

  /// Sign and logarithm of the determinant, without overflow.
  default SlogDet slogdet() {
    return new SlogDet(
        Dispatch.run(new MatrixOp.DetSign(), self().detach()),
        Dispatch.run(new MatrixOp.LogAbsDet(), self()));
  }

  // ---------------------------------------------------------------- decompositions

  /// L with L times its transpose equal to this, which must be symmetric and positive definite; its
  /// lower triangle is read.
  default Tensor cholesky() {
    return Dispatch.run(new MatrixOp.Cholesky(), self());
  }

  /// Q and R; of an `m` x `n` matrix Q has min(m, n) columns.
  default Qr qr() {
    return LinearAlgebra.qr(self());
  }

  /// Singular values and vectors, min(m, n) of them. Gradients need different singular values.
  default Svd svd() {
    return LinearAlgebra.svd(self());
  }

  /// Eigenvalues and vectors of a symmetric matrix; its lower triangle is read. Gradients of the
  /// vectors need different eigenvalues.
  default Eigh eigh() {
    return LinearAlgebra.eigh(self());
  }
}
