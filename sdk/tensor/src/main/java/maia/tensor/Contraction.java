package maia.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import maia.numerics.DType;

/// Products summed over one dimension. Operands of any floating-point or block type are decoded
/// exactly to fp32; each output is one chain of fp32 fused multiply-adds in ascending k, starting
/// from 0; then the bias is added in fp32; then the result is rounded to `outType`. For a result of
/// F64 all of it happens in fp64.
///
/// Integers multiply integers, into integers: the low bits of the exact sum of products and bias
/// are the result. Truth values have no products.
public sealed interface Contraction extends Op {
  /// a `[.., M, K]` times b `[.., K, N]`; leading dimensions broadcast.
  record MatMul(DType outType) implements Contraction {
    @Override
    public String name() {
      return "matmul";
    }
  }

  /// x `[.., K]` times the transpose of w `[N, K]`, plus an optional bias `[N]`.
  record Linear(DType outType) implements Contraction {}

  /// The type of the result.
  DType outType();

  @Override
  default Tensor meta(List<Tensor> inputs) {
    if (outType().isInteger()) {
      inputs.forEach(this::checkInteger);
    }
    Tensor a = operand(inputs.get(0));
    Tensor b = operand(inputs.get(1));
    return switch (this) {
      case MatMul _ -> Tensor.meta(outType(), productShape(a, b));
      case Linear _ -> Tensor.meta(outType(), linearShape(a, b, inputs));
    };
  }

  private Tensor operand(Tensor x) {
    if (outType() == DType.BOOL || x.type() == DType.BOOL) {
      throw TensorException.of(
          "%s: truth values have no products, got %s for a result of %s; convert with to(I64) to count",
          name(), x.type().label(), outType().label());
    }
    if (!outType().isInteger() && isInteger(x)) {
      throw TensorException.of(
          "%s: integers are multiplied by integers, into integers, got %s for a result of %s; convert"
              + " with to(F32)",
          name(), x.type().label(), outType().label());
    }
    if (x.type() == DType.F64 && outType() != DType.F64) {
      throw TensorException.of(
          "%s: operands of f64 need a result of f64, got f64 for a result of %s; convert with to(F32)",
          name(), outType().label());
    }
    return x;
  }

  private static boolean isInteger(Tensor x) {
    return x.type() instanceof DType type && type.isInteger();
  }

  private void checkInteger(Tensor x) {
    if (!isInteger(x)) {
      throw TensorException.of(
          "%s: a result of %s is of integers, got %s; convert with to(%s), or ask for a result of f32",
          name(), outType().label(), x.type().label(), outType());
    }
  }

  private static long[] productShape(Tensor a, Tensor b) {
    ShapeException.check(
        a.rank() >= 2 && b.rank() >= 2 && a.size(-1) == b.size(-2),
        "matmul: inner dimensions differ: a is %s, b is %s; the last of a must equal the second last"
            + " of b",
        Layout.text(a.shape()),
        Layout.text(b.shape()));
    long[] lead = Shapes.broadcast("matmul", lead(a), lead(b));
    return Layout.insert(Layout.insert(lead, lead.length, a.size(-2)), lead.length + 1, b.size(-1));
  }

  /// A shape-only tensor of the leading dimensions.
  private static Tensor lead(Tensor x) {
    return Tensor.meta(DType.F32, Arrays.copyOf(x.shape(), x.rank() - 2));
  }

  private static long[] linearShape(Tensor x, Tensor w, List<Tensor> inputs) {
    ShapeException.check(
        x.rank() >= 1 && w.rank() == 2 && x.size(-1) == w.size(1),
        "linear: inner dimensions differ: x is %s, w is %s; w must be [out, in] with in equal to the"
            + " last of x",
        Layout.text(x.shape()),
        Layout.text(w.shape()));
    if (inputs.size() == 3) {
      Tensor bias = inputs.get(2);
      ShapeException.check(
          bias.rank() == 1 && bias.size(0) == w.size(0),
          "linear: bias is %s, must be %d, one per output of w, which is %s",
          Layout.text(bias.shape()),
          w.size(0),
          Layout.text(w.shape()));
    }
    long[] shape = x.shape();
    shape[shape.length - 1] = w.size(0);
    return shape;
  }

  @Override
  default Tensor host(List<Tensor> inputs) {
    long[] shape = meta(inputs).shape();
    if (outType() == DType.F64) {
      return DoubleProduct.of(this, inputs, shape);
    }
    if (outType().isInteger()) {
      return IntegerProduct.of(this, inputs, shape);
    }
    return switch (this) {
      case MatMul _ -> HostProducts.product(inputs.get(0), inputs.get(1), outType(), shape);
      case Linear _ -> HostProducts.linear(inputs, outType(), shape);
    };
  }

  @Override
  default Reads reads() {
    return Reads.INPUTS;
  }

  @Override
  default List<Optional<Tensor>> gradient(List<Tensor> inputs, Tensor output, Tensor gradient) {
    DType wide = outType() == DType.F64 ? DType.F64 : DType.F32;
    Tensor g = gradient.to(wide);
    Tensor a = inputs.get(0);
    Tensor b = inputs.get(1);
    return switch (this) {
      case MatMul _ ->
          List.of(
              Autograd.wanted(a, () -> fit(g.matmul(values(b, wide).transpose(-1, -2)), a)),
              Autograd.wanted(b, () -> fit(values(a, wide).transpose(-1, -2).matmul(g), b)));
      case Linear _ -> {
        Tensor rows = g.reshape(-1, g.size(-1));
        Stream<Optional<Tensor>> operands =
            Stream.of(
                Autograd.wanted(a, () -> fit(g.matmul(values(b, wide)), a)),
                Autograd.wanted(
                    b, () -> fit(rows.t().matmul(values(a, wide).reshape(-1, a.size(-1))), b)));
        Stream<Optional<Tensor>> bias =
            inputs.stream().skip(2).map(c -> Autograd.wanted(c, () -> rows.sum(0).to(c.dtype())));
        yield Stream.concat(operands, bias).toList();
      }
    };
  }

  private static Tensor values(Tensor x, DType wide) {
    return x.type() instanceof DType ? x.to(wide) : x.dequantize().to(wide);
  }

  private static Tensor fit(Tensor gradient, Tensor like) {
    Tensor sum = Shapes.sumTo(gradient, like);
    return like.type() instanceof DType type ? sum.to(type) : sum;
  }

  @Override
  default long flops(List<Tensor> inputs, Tensor output) {
    long bias = inputs.size() > 2 ? output.elements() : 0;
    return 2 * output.elements() * inputs.getFirst().size(-1) + bias;
  }
}
