package maia.runtime.ops;

import java.util.List;
import maia.kernel.Tile;
import maia.kernel.library.Dequantise;
import maia.kernel.library.Quantise;
import maia.numerics.BlockCodec;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.HostArray;
import maia.numerics.Rounding;
import maia.numerics.ScaleRule;
import maia.tensor.Conversion;
import maia.tensor.Dims;
import maia.tensor.Reduction;
import maia.tensor.StraightThrough;
import maia.tensor.Tensor;

/// Other types, blocks, and copies in row order.
final class ConversionSteps {
  private ConversionSteps() {}

  static void enter(Table table) {
    table
        .family("conversions")
        .add(Conversion.Cast.class, Types.SCALARS, Rule.bits(), ConversionSteps::cast)
        .add(Conversion.Quantize.class, Types.EVERYTHING, Rule.bits(), ConversionSteps::quantize)
        .refuse(
            "quantize (mxint8 by MSE)",
            "Conversion.Quantize",
            "the kernel of mxint8 does not search for the smallest error")
        .add(
            Conversion.Dequantize.class,
            Types.EVERYTHING,
            Rule.bits(),
            (on, _, inputs, _) -> dequantize(on, inputs.getFirst()))
        .add(
            Conversion.Contiguous.class,
            Types.EVERYTHING,
            Rule.bits(),
            (on, _, inputs, like) -> contiguous(on, inputs.getFirst(), like))
        .add(
            StraightThrough.class,
            Types.SCALARS,
            Rule.bits(),
            (on, _, inputs, like) -> contiguous(on, inputs.getLast(), like));
  }

  private static Tensor cast(Runner on, Conversion.Cast cast, List<Tensor> inputs, Tensor like) {
    DType to = cast.type();
    if (cast.rounding() instanceof Rounding.Stochastic) {
      throw on.refusal(cast, "the kernel has no stochastic rounding");
    }
    return on.pointwise("cast", inputs, like, x -> cast(x.getFirst(), cast, to));
  }

  private static Tile cast(Tile x, Conversion.Cast cast, DType to) {
    if (x.dtype() == to) {
      return x;
    }
    return to.isFloat() ? x.to(to, cast.rounding(), cast.overflow()) : x.to(to);
  }

  private static Tensor quantize(
      Runner on, Conversion.Quantize op, List<Tensor> inputs, Tensor like) {
    if (op.format() == BlockFormat.MXINT8 && op.rule() == ScaleRule.MSE) {
      throw on.refusal(
          op,
          "the kernel of mxint8 does not search for the smallest error; use another scale rule");
    }
    Tensor rows = on.rows(ProductSteps.wide(on, inputs.getFirst()));
    boolean isMeta = rows.isMeta();
    Tensor out =
        op.format().tensorScale() && !isMeta
            ? on.blocks(op.format(), tensorScale(on, rows, op.format()), rows.shape())
            : on.result(isMeta, op.format(), rows.shape());
    var kernel = Quantise.over(rows.size(0), rows.size(1), op.format(), op.rule(), on.machine());
    on.launch(kernel, isMeta, rows, out);
    return on.reshape(out, like.shape());
  }

  /// The tensor scale for the largest finite magnitude, which two more kernels find; a launch of
  /// the last one takes it as an immediate.
  private static float tensorScale(Runner on, Tensor x, BlockFormat format) {
    Tensor sizes =
        on.pointwise(
            "finite_magnitudes",
            List.of(x),
            x,
            t -> {
              Tile size = t.getFirst().abs();
              return size.lt(Double.POSITIVE_INFINITY).where(size, 0.0);
            });
    Tensor most = on.run(new Reduction.Amax(List.of(0, 1), Dims.DROP), sizes);
    return BlockCodec.tensorScale(HostArray.floats(most)[0], format);
  }

  /// The values of a block tensor, in F32.
  static Tensor dequantize(Runner on, Tensor x) {
    Tensor rows = on.rows(x);
    Tensor out = on.result(x.isMeta(), DType.F32, rows.shape());
    BlockFormat format = (BlockFormat) x.type();
    var kernel = Dequantise.over(rows.size(0), rows.size(1), format, on.machine());
    on.launch(kernel, x.isMeta(), rows, out);
    return on.reshape(out, x.shape());
  }

  private static Tensor contiguous(Runner on, Tensor x, Tensor like) {
    if (!(x.type() instanceof BlockFormat)) {
      Tensor out = on.result(x.isMeta(), like.type(), like.shape());
      on.copy(x, out);
      return out;
    }
    Tensor out = Blocks.like(on, x, like.shape());
    for (List<Tensor> pair : Blocks.parts(on, x, out)) {
      on.copy(pair.getFirst(), pair.getLast());
    }
    return out;
  }
}
