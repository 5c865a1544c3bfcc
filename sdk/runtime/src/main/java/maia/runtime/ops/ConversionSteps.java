package maia.runtime.ops;

import java.util.Arrays;
import java.util.List;
import maia.kernel.Tile;
import maia.kernel.library.Dequantise;
import maia.kernel.library.Quantise;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.Rounding;
import maia.numerics.ScaleRule;
import maia.tensor.Conversion;
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
            "quantize (nvfp4, mxint8)",
            "Conversion.Quantize",
            "the kernel gives MX formats of floats by rule FLOOR")
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
    Tensor x = inputs.getFirst();
    boolean fits =
        op.rule() == ScaleRule.FLOOR
            && op.format().scale() == DType.E8M0
            && op.format() != BlockFormat.MXINT8
            && x.type() == DType.F32
            && x.rank() >= 1;
    if (!fits) {
      throw on.refusal(
          op,
          "the kernel takes f32 and gives MX formats of floats by rule FLOOR, asked for %s %s to %s by %s"
              .formatted(
                  x.type().label(), Arrays.toString(x.shape()), op.format().label(), op.rule()));
    }
    Tensor rows = on.rows(x);
    Tensor out = on.result(x.isMeta(), op.format(), rows.shape());
    on.launch(Quantise.over(rows.size(0), rows.size(1), op.format()), x.isMeta(), rows, out);
    return on.reshape(out, like.shape());
  }

  /// The values of a block tensor, in F32.
  static Tensor dequantize(Runner on, Tensor x) {
    if (x.type() == BlockFormat.MXINT8) {
      throw on.refusal(
          new Conversion.Dequantize(), "the kernels take blocks of floats, got mxint8");
    }
    Tensor rows = on.rows(x);
    Tensor out = on.result(x.isMeta(), DType.F32, rows.shape());
    BlockFormat format = (BlockFormat) x.type();
    on.launch(Dequantise.over(rows.size(0), rows.size(1), format), x.isMeta(), rows, out);
    return on.reshape(out, x.shape());
  }

  private static Tensor contiguous(Runner on, Tensor x, Tensor like) {
    Tensor out = on.result(x.isMeta(), like.type(), like.shape());
    if (x.type() instanceof BlockFormat) {
      for (List<Tensor> pair : Blocks.parts(on, x, out)) {
        on.copy(pair.getFirst(), pair.getLast());
      }
    } else {
      on.copy(x, out);
    }
    return out;
  }
}
