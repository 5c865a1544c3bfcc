package maia.runtime.ops;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import maia.kernel.KernelLaunch;
import maia.kernel.library.BatchedMatmul;
import maia.kernel.library.Blocks.Problem;
import maia.kernel.library.IntegerMatmul;
import maia.kernel.library.Linear;
import maia.kernel.library.LinearMx;
import maia.kernel.library.LowBits;
import maia.kernel.library.Matmul;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ElementType;
import maia.tensor.Contraction;
import maia.tensor.Tensor;
import maia.tensor.View;

/// Matrix products: one chain of fused multiply-adds in ascending k for each output, as on the
/// host.
///
/// Operands for which no kernel exists are first decoded to F32, which is exact: products of block
/// formats that do not lie along k or meet a scalar type, of F32 with a narrower type, and of types
/// that the tensor unit does not take. Integers have a kernel of their own and keep their low bits.
final class ProductSteps {
  private static final Rule TENSOR_SCALES =
      new Rule.Within(
          0x1p-20,
          Rule.Per.TERMS,
          "the tensor scales multiply the finished sum, the host decodes with them first");

  private ProductSteps() {}

  static void enter(Table table) {
    table
        .family("products")
        .add(
            Contraction.MatMul.class,
            Contraction.MatMul.class,
            "matmul",
            Types.OPERANDS,
            Rule.bits(),
            ProductSteps::matmul)
        .add(
            Contraction.Linear.class,
            Types.OPERANDS,
            Rule.bits(),
            (on, op, inputs, like) ->
                op.outType().isInteger()
                    ? wholeLinear(on, inputs, like)
                    : linear(
                        on,
                        LinearSpec.plain(op.outType()),
                        inputs.get(0),
                        inputs.get(1),
                        inputs.stream().skip(2).findFirst()))
        .row("matmul (integers)", "Contraction.MatMul", "integers", Rule.bits())
        .row("linear (integers)", "Contraction.Linear", "integers", Rule.bits())
        .row("linear (nvfp4)", "Contraction.Linear", "nvfp4 with nvfp4", TENSOR_SCALES);
  }

  // ---------------------------------------------------------------- linear

  static Tensor linear(Runner on, LinearSpec spec, Tensor x, Tensor w, Optional<Tensor> bias) {
    long[] shape = x.shape();
    shape[shape.length - 1] = w.size(0);
    boolean isMeta = x.isMeta() || w.isMeta();
    if (Arrays.stream(shape).anyMatch(size -> size == 0)) {
      return on.result(isMeta, spec.outType(), shape);
    }
    Tensor rows = on.rows(x);
    if (w.size(1) == 0) {
      return onlyBias(on, spec, bias, on.result(isMeta, spec.outType(), shape));
    }
    List<Tensor> operands = operands(on, rows, w);
    Tensor out = on.result(isMeta, spec.outType(), rows.size(0), w.size(0));
    Set<Linear.Part> parts = EnumSet.noneOf(Linear.Part.class);
    List<Object> arguments = new ArrayList<>(operands);
    boolean narrow =
        operands.getFirst().type() instanceof DType
            && bias.filter(ProductSteps::isNarrow).isPresent();
    DType biasType = narrow ? bias.get().dtype() : DType.F32;
    bias.ifPresent(b -> {
      parts.add(Linear.Part.BIAS);
      arguments.add(on.cast(b, biasType)); // added in binary32
    });
    arguments.add(out);
    spec.scale().ifPresent(s -> argument(Linear.Part.SCALE, s, parts, arguments));
    spec.outScale().ifPresent(s -> argument(Linear.Part.OUT_SCALE, s, parts, arguments));
    on.launch(launch(on, operands, spec, biasType, parts), isMeta, arguments.toArray());
    return on.reshape(out, shape);
  }

  private static void argument(
      Linear.Part part, float value, Set<Linear.Part> parts, List<Object> arguments) {
    parts.add(part);
    arguments.add(value);
  }

  private static KernelLaunch launch(
      Runner on, List<Tensor> operands, LinearSpec spec, DType bias, Set<Linear.Part> parts) {
    Tensor x = operands.get(0);
    Tensor w = operands.get(1);
    Problem problem =
        new Problem(x.size(0), w.size(0), x.size(1), x.type(), w.type(), spec.outType());
    return x.type() instanceof BlockFormat
        ? LinearMx.over(problem, spec.activation(), parts, on.machine())
        : Linear.over(problem, spec.activation(), bias, spec.between(), parts, on.machine());
  }

  /// Whether the kernel widens a bias itself.
  static boolean isNarrow(Tensor bias) {
    return bias.type() == DType.BF16 || bias.type() == DType.F16;
  }

  /// A sum of no products is 0.
  private static Tensor onlyBias(Runner on, LinearSpec spec, Optional<Tensor> bias, Tensor zeros) {
    if (bias.isEmpty() || spec.outType() instanceof BlockFormat) {
      return zeros;
    }
    Tensor b = bias.get();
    return on.pointwise(
        "bias",
        List.of(b),
        zeros,
        t -> Values.narrow(Values.wide(t.getFirst(), DType.F32), zeros.dtype()));
  }

  /// Both operands as a kernel takes them.
  private static List<Tensor> operands(Runner on, Tensor x, Tensor w) {
    return isTaken(on, x.type(), w.type()) ? List.of(x, w) : List.of(wide(on, x), wide(on, w));
  }

  /// Whether a kernel multiplies these types as they are.
  static boolean isTaken(Runner on, ElementType x, ElementType w) {
    return x instanceof BlockFormat a && w instanceof BlockFormat b
        ? LinearMx.takes(a, b)
        : multiplies(on, x, w);
  }

  /// Whether one instruction multiplies these scalar types: F32 on the vector processor, narrow
  /// floats on the tensor unit.
  static boolean multiplies(Runner on, ElementType a, ElementType b) {
    if (!(a instanceof DType x && b instanceof DType y)) {
      return false;
    }
    boolean areNarrow = x.bits() <= Short.SIZE && y.bits() <= Short.SIZE;
    return areNarrow ? on.machine().ttu().depth(x, y).isPresent() : x == DType.F32 && x == y;
  }

  /// `x` decoded to F32.
  static Tensor wide(Runner on, Tensor x) {
    return x.type() instanceof BlockFormat
        ? ConversionSteps.dequantize(on, x)
        : on.cast(x, DType.F32);
  }

  // ---------------------------------------------------------------- matmul

  private static Tensor matmul(Runner on, Contraction.MatMul op, List<Tensor> inputs, Tensor like) {
    boolean isMeta = Runner.isTimingOnly(inputs);
    if (inputs.get(0).size(-1) == 0) {
      return on.result(isMeta, like.type(), like.shape());
    }
    if (op.outType().isInteger()) {
      return whole(on, inputs.get(0), inputs.get(1), like);
    }
    List<Tensor> both = sameType(on, inputs.get(0), inputs.get(1));
    Tensor a = both.get(0);
    Tensor b = both.get(1);
    if (b.elements() == b.size(-1) * b.size(-2)) {
      return oneMatrix(on, a, b, like);
    }
    long m = like.size(-2);
    long n = like.size(-1);
    long k = a.size(-1);
    int batch = Math.toIntExact(like.elements() / (m * n));
    Tensor out = on.result(isMeta, like.type(), batch, m, n);
    on.launch(
        BatchedMatmul.over(batch, m, n, k, a.dtype(), like.dtype(), on.machine()),
        isMeta,
        on.reshape(lead(a, like), batch, m, k),
        on.reshape(lead(b, like), batch, k, n),
        out);
    return on.reshape(out, like.shape());
  }

  /// The rows of all matrices on the left times the one on the right.
  private static Tensor oneMatrix(Runner on, Tensor a, Tensor b, Tensor like) {
    long m = a.elements() / a.size(-1);
    Tensor rows = on.reshape(a, m, a.size(-1));
    Tensor matrix = on.reshape(b, b.size(-2), b.size(-1));
    Tensor out = on.result(a.isMeta() || b.isMeta(), like.type(), m, like.size(-1));
    if (matrix.strides()[0] == 1 && matrix.strides()[1] != 1) {
      Tensor w = new View.Permute(List.of(1, 0)).apply(matrix);
      on.launch(
          launch(on, List.of(rows, w), LinearSpec.plain(like.type()), DType.F32, Set.of()),
          out.isMeta(),
          rows,
          w,
          out);
    } else {
      on.launch(
          Matmul.over(m, like.size(-1), a.size(-1), a.dtype(), like.dtype(), on.machine()),
          out.isMeta(),
          rows,
          matrix,
          out);
    }
    return on.reshape(out, like.shape());
  }

  // ---------------------------------------------------------------- integers

  /// Products of integers, of which the low bits are kept.
  private static Tensor whole(Runner on, Tensor a, Tensor b, Tensor like) {
    long m = like.size(-2);
    long n = like.size(-1);
    long k = a.size(-1);
    int batch = Math.toIntExact(like.elements() / (m * n));
    Tensor out = on.result(a.isMeta() || b.isMeta(), like.type(), batch, m, n);
    on.launch(
        IntegerMatmul.over(
            batch, new Problem(m, n, k, a.type(), b.type(), like.type()), on.machine()),
        out.isMeta(),
        on.reshape(lead(a, like), batch, m, k),
        on.reshape(lead(b, like), batch, k, n),
        out);
    return on.reshape(out, like.shape());
  }

  /// The rows of `x` times the transpose of `w`, and the bias added to the sums kept.
  private static Tensor wholeLinear(Runner on, List<Tensor> inputs, Tensor like) {
    Tensor rows = on.rows(inputs.get(0));
    Tensor w = new View.Permute(List.of(1, 0)).apply(inputs.get(1));
    Tensor flat = Tensor.meta(like.type(), rows.size(0), w.size(1));
    Tensor sums =
        w.size(0) == 0
            ? on.result(Runner.isTimingOnly(inputs), like.type(), like.shape())
            : on.reshape(whole(on, rows, w, flat), like.shape());
    if (inputs.size() == 2) {
      return sums;
    }
    return on.pointwise(
        "bias",
        List.of(sums, inputs.get(2)),
        like,
        x ->
            Values.narrow(
                Values.wide(x.get(0), DType.I64)
                    .add(LowBits.of(Values.wide(x.get(1), DType.I64), like.dtype())),
                like.dtype()));
  }

  private static List<Tensor> sameType(Runner on, Tensor a, Tensor b) {
    boolean same = a.type().equals(b.type()) && multiplies(on, a.type(), b.type());
    return same ? List.of(a, b) : List.of(wide(on, a), wide(on, b));
  }

  /// `x` with the leading dimensions of the result.
  private static Tensor lead(Tensor x, Tensor like) {
    long[] shape = like.shape();
    shape[shape.length - 2] = x.size(-2);
    shape[shape.length - 1] = x.size(-1);
    return new View.Expand(Runner.list(shape)).apply(x);
  }
}
