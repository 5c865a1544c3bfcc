package maia.quant;

import java.util.Locale;
import maia.numerics.DType;
import maia.numerics.NvOrder;
import maia.numerics.ScaleRule;
import maia.quant.Quantizer.Range;
import maia.quant.Quantizer.Scale;
import maia.quant.Quantizer.Sharing;

/// The parts of a quantizer's name.
final class QuantizerText {
  private QuantizerText() {}

  static String sharing(Sharing sharing) {
    return switch (sharing) {
      case Sharing.Tensor _ -> " per tensor";
      case Sharing.Rows _ -> " per row";
      case Sharing.Groups(int size) -> " g" + size;
      case Sharing.Blocks(int rows, int columns) ->
          rows == 0
              ? columns == 1 ? " per channel" : " per head of " + columns
              : " b" + rows + "x" + columns;
    };
  }

  static String scale(Scale scale) {
    return switch (scale) {
      case Scale.Symmetric _ -> "";
      case Scale.Asymmetric _ -> " asymmetric";
      case Scale.Affine _ -> " affine";
      case Scale.Rounded(DType type) -> " " + type.label();
      case Scale.PowerOfTwo(ScaleRule rule) -> " e8m0 " + lower(rule.name());
      case Scale.TwoLevel(NvOrder order) ->
          " e4m3 x fp32" + (order == NvOrder.DIVIDE ? "" : " " + lower(order.name()));
      case Scale.Doubled(Grid grid, int group) -> " double " + grid.label() + " g" + group;
    };
  }

  static String range(Range range) {
    return switch (range) {
      case Range.MinMax _ -> "";
      case Range.Mse _ -> " mse";
      case Range.Percentile(double share) -> " p" + share * 100;
      case Range.Entropy _ -> " kl";
      case Range.Importance _ -> " importance";
    };
  }

  static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
