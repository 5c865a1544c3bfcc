package maia.tensor;

import java.util.Arrays;
import java.util.List;
import maia.numerics.DType;

/// What PyTorch offers of a [Tensor] beside the operations it is made of: products with an addend,
/// sets, statistics that pass over NaN, and rearrangements.
public sealed interface TensorExtras permits Tensor {
  /// This tensor.
  Tensor self();

  // ---------------------------------------------------------------- products

  /// The product of two matrices.
  default Tensor mm(Tensor other) {
    ShapeException.check(
        self().rank() == 2 && other.rank() == 2,
        "mm: needs two matrices, got %s and %s; use matmul",
        Layout.text(self().shape()),
        Layout.text(other.shape()));
    return self().matmul(other);
  }

  /// The product of this matrix and a vector.
  default Tensor mv(Tensor vector) {
    ShapeException.check(
        self().rank() == 2 && vector.rank() == 1,
        "mv: needs a matrix and a vector, got %s and %s; use matmul",
        Layout.text(self().shape()),
        Layout.text(vector.shape()));
    return self().matmul(vector);
  }

  /// This plus the product of two matrices.
  default Tensor addmm(Tensor a, Tensor b) {
    return self().add(a.mm(b));
  }

  /// `beta` this plus `alpha` times the product of two matrices.
  default Tensor addmm(double beta, Tensor a, Tensor b, double alpha) {
    return self().mul(beta).add(a.mm(b).mul(alpha));
  }

  /// This plus the product of a matrix and a vector.
  default Tensor addmv(Tensor matrix, Tensor vector) {
    return self().add(matrix.mv(vector));
  }

  /// This plus the products of two batches of matrices.
  default Tensor baddbmm(Tensor a, Tensor b) {
    return self().add(a.bmm(b));
  }

  /// Sums of products over the last `dims` dimensions of this and the first of `other`.
  default Tensor tensordot(Tensor other, int dims) {
    long[] left = self().shape();
    long[] right = other.shape();
    ShapeException.check(
        dims >= 0
            && dims <= Math.min(left.length, right.length)
            && Arrays.equals(left, left.length - dims, left.length, right, 0, dims),
        "tensordot: the last %d sizes of %s must be the first of %s",
        dims,
        Layout.text(left),
        Layout.text(right));
    long joint = Arrays.stream(right, 0, dims).reduce(1, Math::multiplyExact);
    long rows = Arrays.stream(left, 0, left.length - dims).reduce(1, Math::multiplyExact);
    long columns = Arrays.stream(right, dims, right.length).reduce(1, Math::multiplyExact);
    long[] shape = Arrays.copyOf(left, left.length - dims + right.length - dims);
    System.arraycopy(right, dims, shape, left.length - dims, right.length - dims);
    return self().reshape(rows, joint).matmul(other.reshape(joint, columns)).reshape(shape);
  }

  /// Each element of this matrix times the whole of another, as blocks of one matrix.
  default Tensor kron(Tensor other) {
    ShapeException.check(
        self().rank() == 2 && other.rank() == 2,
        "kron: needs two matrices, got %s and %s",
        Layout.text(self().shape()),
        Layout.text(other.shape()));
    long rows = self().size(0) * other.size(0);
    long columns = self().size(1) * other.size(1);
    Tensor spread = self().unsqueeze(1).unsqueeze(3);
    return spread.mul(other.unsqueeze(1).unsqueeze(0)).reshape(rows, columns);
  }

  /// The cross product of vectors of three elements along `dim`.
  default Tensor cross(Tensor other, int dim) {
    ShapeException.check(
        self().size(dim) == 3 && other.size(dim) == 3,
        "cross: dimension %d must have size 3, the shapes are %s and %s",
        dim,
        Layout.text(self().shape()),
        Layout.text(other.shape()));
    Tensor forward = self().roll(-1, dim).mul(other.roll(-2, dim));
    return forward.sub(self().roll(-2, dim).mul(other.roll(-1, dim)));
  }

  /// The covariance of variables (rows) over observations (columns), divided by n - 1.
  default Tensor cov() {
    Tensor x = self().rank() == 1 ? self().unsqueeze(0) : self();
    Tensor centred = x.sub(x.mean(Dims.KEEP, 1));
    Tensor result = centred.matmul(centred.mT()).div(x.size(1) - 1);
    return self().rank() == 1 ? result.reshape() : result;
  }

  /// The correlation of variables (rows) over observations (columns).
  default Tensor corrcoef() {
    Tensor c = cov();
    if (c.rank() == 0) {
      return c.div(c);
    }
    Tensor deviation = c.diagonal().sqrt();
    return c.div(deviation.unsqueeze(1)).div(deviation.unsqueeze(0)).clamp(-1, 1);
  }

  /// The logarithm of the determinant; NaN where that is negative.
  default Tensor logdet() {
    TensorLinalg.SlogDet parts = self().slogdet();
    return parts.sign().lt(0).where(Double.NaN, parts.logAbsDet());
  }

  /// The x of least length for which this matrix times x is closest to `b`.
  default Tensor lstsq(Tensor b) {
    return self().pinv(1e-7 * Math.max(self().size(0), self().size(1))).matmul(b);
  }

  // ---------------------------------------------------------------- NaN

  /// NaN replaced by `nan`, infinities by the numbers given.
  default Tensor nanToNum(double nan, double positive, double negative) {
    Tensor infinite = self().isInf().logicalAnd(self().gt(0)).where(positive, self());
    Tensor finite = infinite.isInf().logicalAnd(infinite.lt(0)).where(negative, infinite);
    return self().isNan().where(nan, finite);
  }

  /// NaN replaced by 0, infinities by the largest numbers of the type.
  default Tensor nanToNum() {
    double most = self().dtype() == DType.F64 ? Double.MAX_VALUE : Float.MAX_VALUE;
    return nanToNum(0, most, -most);
  }

  /// The sum over `dims` of what is not NaN.
  default Tensor nansum(int... dims) {
    return self().isNan().where(0, self()).sum(dims);
  }

  /// The mean over `dims` of what is not NaN.
  default Tensor nanmean(int... dims) {
    return nansum(dims).div(self().isNan().logicalNot().to(self().dtype()).sum(dims));
  }

  // ---------------------------------------------------------------- sets

  /// Whether each element is one of `elements`.
  default Tensor isIn(Tensor elements) {
    return self().unsqueeze(-1).eq(elements.flatten()).any(-1);
  }

  /// For each element the place among sorted `boundaries` where it would go.
  default Tensor bucketize(Tensor boundaries, Sets.Side side) {
    return boundaries.searchsorted(self(), side);
  }

  /// As many copies of each index of `dim` as the integer vector `counts` says.
  default Tensor repeatInterleave(Tensor counts, int dim) {
    long[] times = counts.toLongs();
    ShapeException.check(
        counts.rank() == 1 && times.length == self().size(dim),
        "repeatInterleave: needs %d counts, one per index of dimension %d, got %s",
        self().size(dim),
        dim,
        Layout.text(counts.shape()));
    ShapeException.check(
        Arrays.stream(times).allMatch(t -> t >= 0),
        "repeatInterleave: counts must not be negative, were %s",
        Arrays.toString(times));
    long[] places = new long[Math.toIntExact(Arrays.stream(times).reduce(0, Math::addExact))];
    int to = 0;
    for (int i = 0; i < times.length; i++) {
      Arrays.fill(places, to, to += Math.toIntExact(times[i]), i);
    }
    return self().indexSelect(dim, Tensor.ofLongs(places).to(self().device()));
  }

  // ---------------------------------------------------------------- limits, angles

  /// Limited to `low` and `high`, element by element.
  default Tensor clamp(Tensor low, Tensor high) {
    return self().maximum(low).minimum(high);
  }

  /// 0 below 0, 1 above, `values` at 0.
  default Tensor heaviside(Tensor values) {
    Tensor step = self().gt(0).to(self().dtype());
    return self().eq(0).where(values.to(self().dtype()), step);
  }

  /// Degrees as radians.
  default Tensor deg2rad() {
    return self().mul(Math.PI / 180);
  }

  /// Radians as degrees.
  default Tensor rad2deg() {
    return self().mul(180 / Math.PI);
  }

  /// Quantiles along `dim`, one first index each; see [TensorReductions#quantile].
  default Tensor quantile(List<Double> q, int dim) {
    return Tensor.stack(q.stream().map(one -> self().quantile(one, dim)).toList(), 0);
  }

  // ---------------------------------------------------------------- arrangement

  /// A vector as the diagonal of a matrix, or the diagonal of a matrix as a vector.
  default Tensor diag() {
    ShapeException.check(
        self().rank() == 1 || self().rank() == 2,
        "diag: needs a vector or a matrix, got %s; use diagonal or diagEmbed",
        Layout.text(self().shape()));
    return self().rank() == 1 ? diagEmbed() : self().diagonal().contiguous();
  }

  /// The last dimension as the diagonals of square matrices.
  default Tensor diagEmbed() {
    int n = Math.toIntExact(self().size(-1));
    Tensor mask = Tensor.eye(n).to(DType.BOOL).to(self().device());
    return mask.where(self().unsqueeze(-2), Create.zeroLike(self()));
  }

  /// Columns in reverse order.
  default Tensor fliplr() {
    return self().flip(1);
  }

  /// Rows in reverse order.
  default Tensor flipud() {
    return self().flip(0);
  }

  /// Turned by `quarters` of a circle from dimension `first` towards `second`.
  default Tensor rot90(int quarters, int first, int second) {
    return switch (Math.floorMod(quarters, 4)) {
      case 1 -> self().flip(second).transpose(first, second);
      case 2 -> self().flip(first, second);
      case 3 -> self().flip(first).transpose(first, second);
      default -> self().clone();
    };
  }

  /// Elements moved along several dimensions at once; see [TensorViews#roll].
  default Tensor roll(long[] shifts, int... dims) {
    ShapeException.check(
        shifts.length == dims.length,
        "roll: needs one shift per dimension, got %d and %d",
        shifts.length,
        dims.length);
    Tensor at = self();
    for (int i = 0; i < dims.length; i++) {
      at = at.roll(shifts[i], dims[i]);
    }
    return at;
  }

  /// Stretched to `shape`, which may have more dimensions in front.
  default Tensor broadcastTo(long... shape) {
    return self().expand(shape);
  }

  /// The elements along `dim` that `index` names; its other sizes broadcast.
  default Tensor takeAlongDim(Tensor index, int dim) {
    int d = self().layout().dim("takeAlongDim", dim);
    long[] own = self().shape();
    long[] wanted = index.shape();
    ShapeException.check(
        own.length == wanted.length,
        "takeAlongDim: index and tensor must have as many dimensions, got %s and %s",
        Layout.text(wanted),
        Layout.text(own));
    for (int i = 0; i < own.length; i++) {
      long joint = Math.max(own[i], wanted[i]);
      wanted[i] = i == d ? wanted[i] : joint;
      own[i] = i == d ? own[i] : joint;
    }
    return self().expand(own).gather(d, index.expand(wanted));
  }

  /// A copy with `value` at the indices of `dim` that the integer vector `index` names.
  default Tensor indexFill(int dim, Tensor index, double value) {
    Tensor result = self().clone();
    Tensor moved = result.transpose(0, dim);
    moved.put_(value, Index.of(index));
    return result;
  }

  /// A copy with `values` at the indices of `dim` that the integer vector `index` names.
  default Tensor indexCopy(int dim, Tensor index, Tensor values) {
    Tensor result = self().clone();
    result.transpose(0, dim).put_(values.transpose(0, dim), Index.of(index));
    return result;
  }
}
