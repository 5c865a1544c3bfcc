package maia.quant;

import java.util.Arrays;
import java.util.Optional;
import maia.base.Check;
import maia.base.Stop;
import maia.numerics.BlockCodec;
import maia.numerics.BlockFormat;
import maia.numerics.BlockRules;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Rounding;
import maia.quant.Quantizer.Range;
import maia.quant.Quantizer.Scale;
import maia.quant.Quantizer.Sharing;

/// Stores matrices by a [Quantizer]: scalings of groups, then codes. [#fake] gives the values of
/// those codes, for common kinds without making the codes (tested equal).
final class Rounder {
  private Rounder() {}

  static Quantized quantize(Quantizer q, float[] x, int rows, int columns, double[] importance) {
    check(x, rows, columns);
    Layout layout = Layout.of(q.sharing(), rows, columns);
    return quantize(q, x, layout, groups(q, x, layout, importance));
  }

  /// The scalings of groups as they are read back.
  ///
  /// @param scalings one for each group
  /// @param second how their scales are stored, where that has scales of its own
  record Groups(Scaling[] scalings, Optional<DoubleScales> second) {}

  /// Codes under scalings that are already known.
  static Quantized quantize(Quantizer q, float[] x, Layout layout, Scaling[] scalings) {
    return quantize(q, x, layout, new Groups(scalings, Optional.empty()));
  }

  private static Quantized quantize(Quantizer q, float[] x, Layout layout, Groups groups) {
    Scaling[] scalings = groups.scalings();
    int[] codes = new int[x.length];
    for (int g = 0; g < layout.groups(); g++) {
      Stop.poll("quantize");
      Scaling scaling = scalings[g];
      layout.each(g, i -> codes[i] = scaling.code(q.grid(), x[i], q.rounding(), i));
    }
    return new Quantized(q, layout, codes, groups);
  }

  static void check(float[] x, int rows, int columns) {
    Check.argument(
        rows >= 0 && columns >= 0 && x.length == rows * columns,
        "quantize: %d values are not %d x %d",
        x.length,
        rows,
        columns);
    for (int i = 0; i < x.length; i++) {
      if (!Float.isFinite(x[i])) {
        Check.argument(
            false,
            "quantize: values must be finite, row %d column %d is %s",
            columns == 0 ? 0 : i / columns,
            columns == 0 ? 0 : i % columns,
            x[i]);
      }
    }
  }

  static float[] fake(Quantizer q, float[] x, int rows, int columns) {
    boolean isPlain =
        q.rounding() == Rounding.NEAREST_EVEN
            && q.range() instanceof Range.MinMax
            && q.grid() instanceof Grid.Floats;
    if (isPlain && q.sharing() instanceof Sharing.Groups(int block) && columns > 0) {
      Optional<BlockRules> rules = blockRules(q.scale());
      if (rules.isPresent()) {
        return blocks(q, rules.get(), block, x, rows, columns);
      }
    }
    if (isPlain && q.sharing() instanceof Sharing.Rows && q.scale() instanceof Scale.Symmetric) {
      return rowsOfFloats(q, x, rows, columns);
    }
    return quantize(q, x, rows, columns, new double[0]).values();
  }

  private static Optional<BlockRules> blockRules(Scale scale) {
    return switch (scale) {
      case Scale.PowerOfTwo(var rule) -> Optional.of(BlockRules.of(rule));
      case Scale.TwoLevel(var order) -> Optional.of(BlockRules.OCP.with(order));
      case Scale.Symmetric _, Scale.Asymmetric _, Scale.Affine _, Scale.Rounded _ ->
          Optional.empty();
      case Scale.Doubled _ -> Optional.empty();
    };
  }

  private static float[] blocks(
      Quantizer q, BlockRules rules, int block, float[] x, int rows, int columns) {
    check(x, rows, columns);
    DType element = ((Grid.Floats) q.grid()).type();
    boolean isNv = q.scale() instanceof Scale.TwoLevel;
    DType scale = isNv ? DType.UE4M3 : DType.E8M0;
    BlockFormat format = new BlockFormat("group", element, scale, block, isNv);
    float tensorScale = isNv ? Scaling.tensorScale(x) : 1;
    float[] out = new float[x.length];
    float[] scales = new float[Math.ceilDiv(columns, block)];
    for (int r = 0; r < rows; r++) {
      int at = r * columns;
      BlockCodec.quantize(format, rules, x, at, columns, tensorScale, out, at, scales, 0);
      BlockCodec.dequantize(format, out, at, columns, scales, 0, tensorScale, out, at);
    }
    return out;
  }

  private static float[] rowsOfFloats(Quantizer q, float[] x, int rows, int columns) {
    check(x, rows, columns);
    Codec codec = Codec.of(((Grid.Floats) q.grid()).type());
    float[] out = x.clone();
    for (int r = 0; r < rows; r++) {
      int at = r * columns;
      float most = 0;
      for (int i = at; i < at + columns; i++) {
        most = Math.max(most, Math.abs(x[i]));
      }
      float scale = Scaling.of(q, -most, most, 1, new float[0]).scale();
      if (scale == 0) {
        Arrays.fill(out, at, at + columns, 0f);
      } else {
        for (int i = at; i < at + columns; i++) {
          out[i] /= scale;
        }
        codec.round(out, at, columns);
        for (int i = at; i < at + columns; i++) {
          out[i] *= scale;
        }
      }
    }
    return out;
  }

  /// One scaling for each group of `layout`, as it is read back.
  static Groups groups(Quantizer q, float[] x, Layout layout, double[] importance) {
    Scaling[] firsts = scalings(q, x, layout, importance);
    return q.scale() instanceof Scale.Doubled kind
        ? doubled(firsts, kind)
        : new Groups(firsts, Optional.empty());
  }

  private static Groups doubled(Scaling[] firsts, Scale.Doubled kind) {
    float[] scales = new float[firsts.length];
    for (int g = 0; g < scales.length; g++) {
      scales[g] = firsts[g].scale();
    }
    return doubled(DoubleScales.of(scales, kind), kind);
  }

  static Groups doubled(DoubleScales second, Scale.Doubled kind) {
    float[] values = second.values(kind);
    Scaling[] scalings = new Scaling[values.length];
    for (int g = 0; g < scalings.length; g++) {
      scalings[g] = new Scaling(values[g], -1, 1);
    }
    return new Groups(scalings, Optional.of(second));
  }

  /// One scaling for each group of `layout`, before scales are stored with scales of their own.
  static Scaling[] scalings(Quantizer q, float[] x, Layout layout, double[] importance) {
    float tensorScale = q.scale() instanceof Scale.TwoLevel ? Scaling.tensorScale(x) : 1;
    Scaling[] all = new Scaling[layout.groups()];
    for (int g = 0; g < all.length; g++) {
      double[] weights = weights(q, layout, g, importance);
      all[g] = scaling(q, layout.gather(g, x), tensorScale, weights);
    }
    return all;
  }

  /// The importance of each value of a group; empty where it does not count.
  static double[] weights(Quantizer q, Layout layout, int g, double[] importance) {
    if (!(q.range() instanceof Range.Importance)) {
      return new double[0];
    }
    Check.argument(
        importance.length > 0,
        "quantize %s: needs the importance of each column; pass it, or calibrate",
        q.label());
    double[] weights = new double[layout.size(g)];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = importance[layout.column(g, i)];
    }
    return weights;
  }

  /// The scaling of a group of values.
  static Scaling scaling(Quantizer q, float[] group, float tensorScale, double[] weights) {
    float low = 0;
    float high = 0;
    for (float value : group) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return switch (q.range()) {
      case Range.MinMax _ -> Scaling.of(q, low, high, tensorScale, group);
      case Range.Percentile(double share) ->
          limited(q, low, high, percentile(group, share), tensorScale, group);
      case Range.Entropy _ -> {
        Observer observer = Observer.of(Observer.ENTROPY, q.grid());
        observer.see(group);
        float limit = (float) observer.observation().threshold();
        yield limited(q, low, high, limit, tensorScale, group);
      }
      case Range.Mse(int steps, double least) ->
          search(q, group, new double[0], steps, least, tensorScale, low, high);
      case Range.Importance(int steps, double least) ->
          search(q, group, weights, steps, least, tensorScale, low, high);
    };
  }

  private static Scaling limited(
      Quantizer q, float low, float high, float limit, float tensorScale, float[] group) {
    return Scaling.of(q, Math.max(low, -limit), Math.min(high, limit), tensorScale, group);
  }

  private static float percentile(float[] group, double share) {
    float[] sizes = new float[group.length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Math.abs(group[i]);
    }
    Arrays.sort(sizes);
    int at =
        Math.clamp((long) Math.ceil(share * sizes.length) - 1, 0, Math.max(0, sizes.length - 1));
    return sizes.length == 0 ? 0 : sizes[at];
  }

  private static Scaling search(
      Quantizer q,
      float[] group,
      double[] weights,
      int steps,
      double least,
      float tensorScale,
      float low,
      float high) {
    Scaling best = Scaling.of(q, low, high, tensorScale, group);
    double bestError = error(q, best, group, weights);
    for (int i = 1; i < steps; i++) {
      float share = (float) (1 - (1 - least) * i / (steps - 1));
      Scaling next = Scaling.of(q, low * share, high * share, tensorScale, group);
      double error = next.equals(best) ? bestError : error(q, next, group, weights);
      if (error < bestError) {
        best = next;
        bestError = error;
      }
    }
    return best;
  }

  private static double error(Quantizer q, Scaling scaling, float[] group, double[] weights) {
    return weights.length == 0
        ? scaling.squaredError(q.grid(), group)
        : scaling.squaredError(q.grid(), group, weights);
  }
}
