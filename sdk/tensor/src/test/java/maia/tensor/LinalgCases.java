package maia.tensor;

import static maia.tensor.GradientCases.one;
import static maia.tensor.GradientCases.two;

import java.util.List;
import maia.tensor.GradientCases.Case;
import maia.tensor.TensorLinalg.Triangle;

/// Gradients of linear algebra. Vectors of decompositions are only determined up to their sign, so
/// functions that do not see it are checked.
final class LinalgCases {
  private static final List<Long> SQUARE = List.of(3L, 3L);

  private LinalgCases() {}

  private static Tensor definite(Tensor x) {
    return x.matmul(x.mT()).add(LinearAlgebra.identity(x));
  }

  private static Tensor regular(Tensor x) {
    return x.add(LinearAlgebra.identity(x).mul(4));
  }

  private static Tensor symmetric(Tensor x) {
    Tensor spread = LinearAlgebra.identity(x).mul(Tensor.arange(x.size(-1)).mul(3));
    return x.add(x.mT()).mul(0.5).add(spread);
  }

  static List<Case> all() {
    return List.of(
        one("cholesky", x -> definite(x).cholesky(), 2, 2, 2),
        two("solve", (a, b) -> regular(a).solve(b), SQUARE, List.of(3L, 2L)),
        two(
            "solve in batches",
            (a, b) -> regular(a).solve(b),
            List.of(2L, 2L),
            List.of(2L, 2L, 1L)),
        two(
            "triangularSolve below",
            (a, b) -> regular(a).triangularSolve(b, Triangle.LOWER),
            SQUARE,
            List.of(3L, 2L)),
        two(
            "triangularSolve above",
            (a, b) -> regular(a).triangularSolve(b, Triangle.UPPER),
            SQUARE,
            List.of(3L, 1L)),
        one("inverse", x -> regular(x).inverse(), 3, 3),
        one("pinv", x -> x.pinv(1e-9), 3, 2).first(),
        one("det", x -> regular(x).det(), 2, 2, 2),
        one("slogdet", x -> regular(x).slogdet().logAbsDet(), 3, 3),
        one("qr", x -> x.qr().q().square().add(x.qr().r().abs().sum()), 4, 3),
        one("qr of a wide matrix", x -> x.qr().r().square(), 2, 3),
        one("svd", x -> x.svd().s(), 4, 3),
        one(
            "svd vectors",
            x -> x.svd().u().square().sum(0).add(x.svd().vh().square().mul(x)),
            3,
            3),
        one("svd of a wide matrix", x -> x.svd().u().square().mul(x.svd().s()), 2, 3),
        one("eigh", x -> symmetric(x).eigh().values(), 3, 3),
        one("eigh vectors", x -> symmetric(x).eigh().vectors().square(), 3, 3),
        one("matrixPower", x -> regular(x).matrixPower(-2), 2, 2),
        one("trace", Tensor::trace, 3, 3),
        one("triu", x -> x.triu(1).mul(x.tril())),
        two("dot", (a, b) -> a.flatten().dot(b.flatten()), List.of(2L, 2L), List.of(4L)),
        two("outer", Tensor::outer, List.of(3L), List.of(2L)),
        two("bmm", Tensor::bmm, List.of(2L, 2L, 3L), List.of(2L, 3L, 1L)),
        two("cdist", Tensor::cdist, List.of(3L, 2L), List.of(2L, 2L)),
        two(
            "einsum",
            (a, b) -> Tensor.einsum("...ij,kj->...ki", a, b),
            List.of(2L, 2L, 3L),
            List.of(2L, 3L)),
        one(
            "einsum with a diagonal",
            x -> Tensor.einsum("iij,i->j", x, x.select(2, 0).sum(0)),
            2,
            2,
            3));
  }
}
