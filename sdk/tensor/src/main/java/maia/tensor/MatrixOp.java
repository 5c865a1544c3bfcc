package maia.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import maia.base.Stop;
import maia.numerics.DType;
import maia.tensor.TensorLinalg.Triangle;

/// Decompositions and systems of batches of matrices, computed in fp64 and rounded once. Several
/// results are stacked in one tensor, from which [LinearAlgebra] takes them.
sealed interface MatrixOp extends Op {
  /// The lower factor.
  record Cholesky() implements MatrixOp {}

  /// X with a X = b; inputs a and b.
  record Solve() implements MatrixOp {}

  /// X with a X = b for a triangle; inputs a and b.
  record TriangularSolve(Triangle triangle) implements MatrixOp {}

  /// The determinant.
  record Det() implements MatrixOp {}

  /// The sign of the determinant.
  record DetSign() implements MatrixOp {
    @Override
    public String name() {
      return "slogdet";
    }
  }

  /// The logarithm of the magnitude of the determinant.
  record LogAbsDet() implements MatrixOp {
    @Override
    public String name() {
      return "slogdet";
    }
  }

  /// Of an m x n matrix with m at least n: Q `[m, n]` above R `[n, n]`.
  record Qr() implements MatrixOp {}

  /// Of an m x n matrix with m at least n: U `[m, n]`, S `[1, n]`, V `[n, n]`.
  record Svd() implements MatrixOp {}

  /// Eigenvalues `[1, n]` above eigenvectors `[n, n]`.
  record Eigh() implements MatrixOp {}

  @Override
  default Tensor meta(List<Tensor> inputs) {
    Tensor a = inputs.getFirst();
    DType type = a.dtype(name());
    if (!type.isFloat()) {
      throw TensorException.of(
          "%s: needs a floating-point tensor, got %s; convert it with to(F32)",
          name(), type.label());
    }
    boolean anyShape = this instanceof Qr || this instanceof Svd;
    ShapeException.check(
        a.rank() >= 2 && (anyShape || a.size(-1) == a.size(-2)),
        "%s: needs %smatrices as the last two dimensions, the shape is %s",
        name(),
        anyShape ? "" : "square ",
        Layout.text(a.shape()));
    return Tensor.meta(type, shape(inputs, Arrays.copyOf(a.shape(), a.rank() - 2)));
  }

  private long[] shape(List<Tensor> inputs, long[] lead) {
    long m = inputs.getFirst().size(-2);
    long n = inputs.getFirst().size(-1);
    return switch (this) {
      case Cholesky _ -> inputs.getFirst().shape();
      case Solve _, TriangularSolve _ -> inputs.get(1).shape();
      case Det _, DetSign _, LogAbsDet _ -> lead;
      case Qr _ -> matrices(lead, m + n, n);
      case Svd _ -> matrices(lead, m + 1 + n, n);
      case Eigh _ -> matrices(lead, n + 1, n);
    };
  }

  private static long[] matrices(long[] lead, long rows, long columns) {
    return Layout.insert(Layout.insert(lead, lead.length, rows), lead.length + 1, columns);
  }

  @Override
  default Tensor host(List<Tensor> inputs) {
    Tensor like = meta(inputs);
    Tensor a = inputs.getFirst();
    int m = Math.toIntExact(a.size(-2));
    int n = Math.toIntExact(a.size(-1));
    double[] values = Host.doubles(a);
    double[] right = inputs.size() > 1 ? Host.doubles(inputs.get(1)) : new double[0];
    double[] out = new double[Math.toIntExact(like.elements())];
    int count = m * n == 0 ? 0 : values.length / (m * n);
    for (int i = 0; i < count; i++) {
      Stop.poll(name());
      double[] matrix = Arrays.copyOfRange(values, i * m * n, (i + 1) * m * n);
      int size = right.length / count;
      double[] b = Arrays.copyOfRange(right, i * size, (i + 1) * size);
      double[] result = one(matrix, m, n, b, i);
      System.arraycopy(result, 0, out, i * result.length, result.length);
    }
    if (count == 0) {
      Arrays.fill(out, this instanceof Det || this instanceof DetSign ? 1 : 0);
    }
    return Narrowed.tensor(out, like.dtype(), like.shape());
  }

  private double[] one(double[] a, int m, int n, double[] b, int index) {
    return switch (this) {
      case Cholesky _ -> Elimination.cholesky(a, n, index);
      case Solve _ -> Elimination.solve(a, n, b, index);
      case TriangularSolve(var triangle) -> Elimination.triangular(a, n, b, triangle, index);
      case Det _ -> new double[] {Elimination.lu(a, n).determinant()};
      case DetSign _ -> new double[] {Elimination.lu(a, n).sign()};
      case LogAbsDet _ -> new double[] {Elimination.lu(a, n).logMagnitude()};
      case Qr _ -> Orthogonal.qr(a, m, n);
      case Svd _ -> Orthogonal.svd(a, m, n);
      case Eigh _ -> Orthogonal.eigh(a, n);
    };
  }

  @Override
  default Reads reads() {
    return Reads.ALL;
  }

  @Override
  default List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor g) {
    Tensor a = inputs.getFirst();
    return switch (this) {
      case Cholesky _ -> List.of(Optional.of(MatrixGradients.cholesky(output, g)));
      case Solve _ -> {
        Tensor ofB = LinearAlgebra.solve(a.mT(), g);
        yield List.of(Optional.of(ofB.matmul(output.mT()).neg()), Optional.of(ofB));
      }
      case TriangularSolve(var triangle) -> {
        Tensor ofB = LinearAlgebra.triangularSolve(a.mT(), g, triangle.other());
        Tensor full = ofB.matmul(output.mT()).neg();
        Tensor ofA = triangle == Triangle.LOWER ? full.tril() : full.triu();
        yield List.of(Optional.of(ofA), Optional.of(ofB));
      }
      case Det _ -> List.of(Optional.of(scaledInverse(a, g.mul(output))));
      case LogAbsDet _ -> List.of(Optional.of(scaledInverse(a, g)));
      case DetSign _ -> List.of(Optional.empty());
      case Qr _ -> List.of(Optional.of(MatrixGradients.qr(a, output, g)));
      case Svd _ -> List.of(Optional.of(MatrixGradients.svd(a, output, g)));
      case Eigh _ -> List.of(Optional.of(MatrixGradients.eigh(output, g)));
    };
  }

  private static Tensor scaledInverse(Tensor a, Tensor factor) {
    return LinearAlgebra.inverse(a).mT().mul(factor.unsqueeze(-1).unsqueeze(-1));
  }
}
