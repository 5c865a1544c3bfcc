package maia.tensor;

import java.util.List;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;
import maia.numerics.ScaleRule;

/// The arithmetic of a [Tensor]. Every method returns a new tensor on the device of its inputs. Two
/// tensors broadcast: sizes are aligned at the last dimension and must be equal or 1.
public sealed interface TensorMath permits Tensor {
  /// This tensor.
  Tensor self();

  // ---------------------------------------------------------------- pairs

  /// this + other.
  default Tensor add(Tensor other) {
    return Dispatch.run(new Binary.Add(), self(), other);
  }

  /// this + value.
  default Tensor add(double value) {
    return add(Create.scalarLike(self(), value));
  }

  /// this + value, which leaves integers integers.
  default Tensor add(long value) {
    return add(Create.scalarLike(self(), value));
  }

  /// this - other.
  default Tensor sub(Tensor other) {
    return Dispatch.run(new Binary.Sub(), self(), other);
  }

  /// this - value.
  default Tensor sub(double value) {
    return sub(Create.scalarLike(self(), value));
  }

  /// this - value, which leaves integers integers.
  default Tensor sub(long value) {
    return sub(Create.scalarLike(self(), value));
  }

  /// this * other.
  default Tensor mul(Tensor other) {
    return Dispatch.run(new Binary.Mul(), self(), other);
  }

  /// this * value.
  default Tensor mul(double value) {
    return mul(Create.scalarLike(self(), value));
  }

  /// this * value, which leaves integers integers.
  default Tensor mul(long value) {
    return mul(Create.scalarLike(self(), value));
  }

  /// this / other; integers divide as F32.
  default Tensor div(Tensor other) {
    return Dispatch.run(new Binary.Div(), self(), other);
  }

  /// this / value; integers divide as F32.
  default Tensor div(double value) {
    return div(Create.scalarLike(self(), value));
  }

  /// The larger of each pair; the other operand wins over NaN.
  default Tensor maximum(Tensor other) {
    return Dispatch.run(new Binary.Maximum(), self(), other);
  }

  /// The smaller of each pair; the other operand wins over NaN.
  default Tensor minimum(Tensor other) {
    return Dispatch.run(new Binary.Minimum(), self(), other);
  }

  // ---------------------------------------------------------------- comparisons

  /// this == other, as BOOL.
  default Tensor eq(Tensor other) {
    return Dispatch.run(new Comparison.Eq(), self(), other);
  }

  /// this == value, as BOOL.
  default Tensor eq(double value) {
    return eq(Create.scalarLike(self(), value));
  }

  /// this == value, as BOOL.
  default Tensor eq(long value) {
    return eq(Create.scalarLike(self(), value));
  }

  /// this != other, as BOOL.
  default Tensor ne(Tensor other) {
    return Dispatch.run(new Comparison.Ne(), self(), other);
  }

  /// this != value, as BOOL.
  default Tensor ne(double value) {
    return ne(Create.scalarLike(self(), value));
  }

  /// this != value, as BOOL.
  default Tensor ne(long value) {
    return ne(Create.scalarLike(self(), value));
  }

  /// this &lt; other, as BOOL.
  default Tensor lt(Tensor other) {
    return Dispatch.run(new Comparison.Lt(), self(), other);
  }

  /// this &lt; value, as BOOL.
  default Tensor lt(double value) {
    return lt(Create.scalarLike(self(), value));
  }

  /// this &lt; value, as BOOL.
  default Tensor lt(long value) {
    return lt(Create.scalarLike(self(), value));
  }

  /// this &lt;= other, as BOOL.
  default Tensor le(Tensor other) {
    return Dispatch.run(new Comparison.Le(), self(), other);
  }

  /// this &lt;= value, as BOOL.
  default Tensor le(double value) {
    return le(Create.scalarLike(self(), value));
  }

  /// this &lt;= value, as BOOL.
  default Tensor le(long value) {
    return le(Create.scalarLike(self(), value));
  }

  /// this > other, as BOOL.
  default Tensor gt(Tensor other) {
    return Dispatch.run(new Comparison.Gt(), self(), other);
  }

  /// this > value, as BOOL.
  default Tensor gt(double value) {
    return gt(Create.scalarLike(self(), value));
  }

  /// this > value, as BOOL.
  default Tensor gt(long value) {
    return gt(Create.scalarLike(self(), value));
  }

  /// this >= other, as BOOL.
  default Tensor ge(Tensor other) {
    return Dispatch.run(new Comparison.Ge(), self(), other);
  }

  /// this >= value, as BOOL.
  default Tensor ge(double value) {
    return ge(Create.scalarLike(self(), value));
  }

  /// this >= value, as BOOL.
  default Tensor ge(long value) {
    return ge(Create.scalarLike(self(), value));
  }

  /// `then` where this BOOL tensor is true, else `otherwise`.
  default Tensor where(Tensor then, Tensor otherwise) {
    return Dispatch.run(new Selection.Where(), self(), then, otherwise);
  }

  // ---------------------------------------------------------------- elementwise

  /// The larger of x and 0; NaN stays NaN.
  default Tensor relu() {
    return Dispatch.run(new Unary.Relu(), self());
  }

  /// e to the x.
  default Tensor exp() {
    return Dispatch.run(new Unary.Exp(), self());
  }

  /// The natural logarithm.
  default Tensor log() {
    return Dispatch.run(new Unary.Log(), self());
  }

  /// The hyperbolic tangent.
  default Tensor tanh() {
    return Dispatch.run(new Unary.Tanh(), self());
  }

  /// 1 / (1 + e to the -x).
  default Tensor sigmoid() {
    return Dispatch.run(new Unary.Sigmoid(), self());
  }

  /// The error function.
  default Tensor erf() {
    return Dispatch.run(new Unary.Erf(), self());
  }

  /// The square root.
  default Tensor sqrt() {
    return Dispatch.run(new Unary.Sqrt(), self());
  }

  /// x to a whole power.
  default Tensor pow(int exponent) {
    return Dispatch.run(new Unary.Pow(exponent), self());
  }

  /// -x.
  default Tensor neg() {
    return Dispatch.run(new Unary.Neg(), self());
  }

  /// The magnitude.
  default Tensor abs() {
    return Dispatch.run(new Unary.Abs(), self());
  }

  /// -1, 0 or 1.
  default Tensor sign() {
    return Dispatch.run(new Unary.Sign(), self());
  }

  /// Limited to `low` and `high`; integers become F32 where a bound has a fraction.
  default Tensor clamp(double low, double high) {
    DType type = self().dtype("clamp");
    if (type.isFloat() && type != DType.F64) {
      return Dispatch.run(new Unary.Clamp((float) low, (float) high), self());
    }
    boolean isWhole = type == DType.F64 || isWhole(low) && isWhole(high);
    return isWhole
        ? Dispatch.run(new Unary.Clamp(low, high), self())
        : to(DType.F32).clamp(low, high);
  }

  private static boolean isWhole(double bound) {
    return bound == Math.rint(bound);
  }

  // ---------------------------------------------------------------- reductions

  /// The sum over `dims`, which disappear; over everything where none is named.
  default Tensor sum(int... dims) {
    return sum(Dims.DROP, dims);
  }

  /// The sum over `dims`.
  default Tensor sum(Dims keep, int... dims) {
    return Dispatch.run(new Reduction.Sum(Shapes.dims("sum", self(), dims), keep), self());
  }

  /// The mean over `dims`, which disappear; over everything where none is named.
  default Tensor mean(int... dims) {
    return mean(Dims.DROP, dims);
  }

  /// The mean over `dims`.
  default Tensor mean(Dims keep, int... dims) {
    return Dispatch.run(new Reduction.Mean(Shapes.dims("mean", self(), dims), keep), self());
  }

  /// The largest element over `dims`, which disappear; over everything where none is named.
  default Tensor amax(int... dims) {
    return amax(Dims.DROP, dims);
  }

  /// The largest element over `dims`.
  default Tensor amax(Dims keep, int... dims) {
    return Dispatch.run(new Reduction.Amax(Shapes.dims("amax", self(), dims), keep), self());
  }

  /// The smallest element over `dims`, which disappear; over everything where none is named.
  default Tensor amin(int... dims) {
    return amin(Dims.DROP, dims);
  }

  /// The smallest element over `dims`.
  default Tensor amin(Dims keep, int... dims) {
    return Dispatch.run(new Reduction.Amin(Shapes.dims("amin", self(), dims), keep), self());
  }

  /// The largest element.
  default Tensor max() {
    return amax();
  }

  /// The smallest element.
  default Tensor min() {
    return amin();
  }

  /// The index of the first largest element along `dim`, as I64.
  default Tensor argmax(int dim) {
    if (Shapes.isOfScalar(self(), dim)) {
      return self().reshape(1).argmax(0);
    }
    int d = self().layout().dim("argmax", dim);
    return Dispatch.run(new Reduction.ArgMax(List.of(d), Dims.DROP), self());
  }

  /// Probabilities along `dim`.
  default Tensor softmax(int dim) {
    if (Shapes.isOfScalar(self(), dim)) {
      return self().reshape(1).softmax(0).reshape();
    }
    int d = self().layout().dim("softmax", dim);
    return Dispatch.run(new SoftmaxOp.Probability(d), self());
  }

  /// The logarithm of [#softmax].
  default Tensor logSoftmax(int dim) {
    if (Shapes.isOfScalar(self(), dim)) {
      return self().reshape(1).logSoftmax(0).reshape();
    }
    int d = self().layout().dim("logSoftmax", dim);
    return Dispatch.run(new SoftmaxOp.LogProbability(d), self());
  }

  // ---------------------------------------------------------------- products

  /// The matrix product, in the type in which both meet (F32 for block tensors; of integers the low
  /// bits). Vectors act as a row on the left and a column on the right.
  default Tensor matmul(Tensor other) {
    return matmul(other, Products.outType("matmul", self(), other));
  }

  /// The matrix product rounded once to `outType`.
  default Tensor matmul(Tensor other, DType outType) {
    return Products.matmul(self(), other, outType);
  }

  /// This `[.., in]` times the transpose of `weight` `[out, in]`.
  default Tensor linear(Tensor weight) {
    return linear(weight, Products.outType("linear", self(), weight));
  }

  /// This `[.., in]` times the transpose of `weight` `[out, in]`, rounded once to `outType`.
  default Tensor linear(Tensor weight, DType outType) {
    return Dispatch.run(new Contraction.Linear(outType), self(), weight);
  }

  /// This `[.., in]` times the transpose of `weight` `[out, in]`, plus `bias` `[out]`.
  default Tensor linear(Tensor weight, Tensor bias) {
    return linear(weight, bias, Products.outType("linear", self(), weight));
  }

  /// As [#linear(Tensor, Tensor)], rounded once, after the bias, to `outType`.
  default Tensor linear(Tensor weight, Tensor bias, DType outType) {
    return Dispatch.run(new Contraction.Linear(outType), self(), weight, bias);
  }

  // ---------------------------------------------------------------- types, places, arrangement

  /// Another scalar type: to the nearest value (ties to even), saturating.
  default Tensor to(DType type) {
    return self().type() == type ? self() : Dispatch.run(new Conversion.Cast(type), self());
  }

  /// Another scalar type, with the rounding and overflow named.
  default Tensor to(DType type, Rounding rounding, Overflow overflow) {
    return Dispatch.run(new Conversion.Cast(type, rounding, overflow), self());
  }

  /// The same values on another device.
  default Tensor to(Device device) {
    return Transfer.to(self(), device);
  }

  /// Blocks along the last dimension that share scales.
  default Tensor quantize(BlockFormat format, ScaleRule rule) {
    return Dispatch.run(new Conversion.Quantize(format, rule), self());
  }

  /// The values of a block tensor, as F32.
  default Tensor dequantize() {
    return Dispatch.run(new Conversion.Dequantize(), self());
  }

  /// `value`, with the gradient passing to this tensor as it is: how training goes through
  /// rounding. Both have one shape and type.
  default Tensor straightThrough(Tensor value) {
    return Dispatch.run(new StraightThrough(), self(), value);
  }

  /// Truth values with a new last dimension of size `classes`: true at the index held here.
  default Tensor oneHot(int classes) {
    return Dispatch.run(new Selection.OneHot(classes), self());
  }

  /// The rows (indices of the first dimension) that the integer vector `index` names.
  default Tensor rows(Tensor index) {
    return Dispatch.run(new Selection.Rows(false), self(), index);
  }
}
