package maia.tensor;

import maia.numerics.Array;
import maia.numerics.DType;
import maia.numerics.Elementwise;
import maia.numerics.Function;
import maia.numerics.HostArray;
import maia.numerics.Overflow;
import maia.numerics.Rounding;

/// Results of the host's loops in room numerics: the one place where operations of tensors call
/// them. Every result is a fresh dense tensor of the host.
final class HostKernels {
  private HostKernels() {}

  /// `f` of every element.
  static Tensor map(Op op, Tensor x, DType type, Elementwise.Map f) {
    HostArray out = HostArray.unset(type, x.shape());
    Elementwise.map(op.name(), x, out, f);
    return Tensor.on(Device.cpu(), out);
  }

  /// The same with a function that has loops of its own.
  static Tensor map(Function f, Tensor x, DType type) {
    HostArray out = HostArray.unset(type, x.shape());
    Elementwise.map(f, x, out);
    return Tensor.on(Device.cpu(), out);
  }

  /// The elements in another floating-point type.
  static Tensor convert(Tensor x, DType type, Rounding rounding, Overflow overflow) {
    HostArray out = HostArray.unset(type, x.shape());
    Elementwise.convert(x, out, rounding, overflow);
    return Tensor.on(Device.cpu(), out);
  }

  /// `f` of every pair of elements of two tensors that already have the shape of the result.
  static Tensor combine(Op op, Tensor a, Tensor b, DType type, Elementwise.Combine f) {
    HostArray out = HostArray.unset(type, a.shape());
    Elementwise.combine(op.name(), a, b, out, f);
    return Tensor.on(Device.cpu(), out);
  }

  /// The same for the four basic operations.
  static Tensor combine(Elementwise.Pair pair, Tensor a, Tensor b, DType type) {
    HostArray out = HostArray.unset(type, a.shape());
    Elementwise.combine(pair, a, b, out);
    return Tensor.on(Device.cpu(), out);
  }

  /// `f` of every run of `size` elements in row order.
  static Tensor rows(Op op, Tensor x, DType type, int size, Elementwise.Map f) {
    return rows(x, type, (from, out) -> Elementwise.rows(op.name(), from, out, size, f));
  }

  /// A function of all rows of an array, to another.
  @FunctionalInterface
  interface OfRows {
    void run(Array x, Array out);
  }

  /// The result of `f`.
  static Tensor rows(Tensor x, DType type, OfRows f) {
    HostArray out = HostArray.unset(type, x.shape());
    f.run(x, out);
    return Tensor.on(Device.cpu(), out);
  }
}
