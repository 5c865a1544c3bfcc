package maia.quant;

import java.util.Arrays;
import maia.base.Check;
import maia.base.Stop;
import maia.numerics.BlockFormat;
import maia.numerics.DType;
import maia.numerics.ScaleRule;

/// How a matrix of rows is stored: the grid of an element, which elements share a scale, what a
/// scale can be, and where its range comes from. Fake quantisation is [#quantize] followed by
/// [Quantized#values]: there is no second code path.
///
/// @param grid the numbers an element can be
/// @param sharing which elements share a scale
/// @param scale what a scale can be
/// @param range where the range of a scale comes from
public record Quantizer(Grid grid, Sharing sharing, Scale scale, Range range) {
  /// Which elements share a scale.
  public sealed interface Sharing {
    /// All elements.
    record Tensor() implements Sharing {}

    /// The elements of a row: an output channel of a weight matrix, a token of activations.
    record Rows() implements Sharing {}

    /// Consecutive elements of a row.
    ///
    /// @param size how many; a last group may be shorter
    record Groups(int size) implements Sharing {
      public Groups {
        Check.argument(size > 0, "groups: the size must be positive, was %d", size);
      }
    }

    /// All elements.
    Sharing TENSOR = new Tensor();

    /// The elements of a row.
    Sharing ROWS = new Rows();

    /// Consecutive elements of a row.
    static Sharing groups(int size) {
      return new Groups(size);
    }
  }

  /// What a scale can be.
  public sealed interface Scale {
    /// Any positive binary32: the largest magnitude over the grid's largest.
    record Symmetric() implements Scale {}

    /// Any positive binary32 and an integer zero point, so that the smallest and the largest value
    /// both become codes and zero stays exact; for integers only. Codes are 0 to 2^bits - 1.
    record Asymmetric() implements Scale {}

    /// A power of two between 2^-127 and 2^127, as in OCP MX.
    ///
    /// @param rule how it follows from the largest magnitude
    record PowerOfTwo(ScaleRule rule) implements Scale {}

    /// NVFP4's: E4M3 for each group under one binary32 scale for the tensor.
    record TwoLevel() implements Scale {}

    /// Any positive binary32.
    Scale SYMMETRIC = new Symmetric();

    /// Any positive binary32 and a zero point.
    Scale ASYMMETRIC = new Asymmetric();

    /// E4M3 under a scale for the tensor.
    Scale TWO_LEVEL = new TwoLevel();
  }

  /// Where the range of a scale comes from.
  public sealed interface Range {
    /// The smallest and the largest value.
    record MinMax() implements Range {}

    /// The share of the full range, of those tried, with the smallest squared error.
    ///
    /// @param steps how many shares are tried, from 1 downwards
    /// @param least the smallest share tried
    record Mse(int steps, double least) implements Range {
      public Mse {
        Check.argument(
            steps >= 2 && least > 0 && least < 1,
            "range: needs at least 2 steps and a least share between 0 and 1, was %d and %s",
            steps,
            least);
      }
    }

    /// The magnitude that a share of the values does not exceed.
    ///
    /// @param share above 0 up to 1
    record Percentile(double share) implements Range {
      public Percentile {
        Check.argument(share > 0 && share <= 1, "range: a share above 0 up to 1, was %s", share);
      }
    }

    /// The smallest and the largest value.
    Range MIN_MAX = new MinMax();

    /// 80 shares of the full range down to a fifth of it.
    Range MSE = new Mse(80, 0.2);
  }

  public Quantizer {
    Check.argument(
        !(scale instanceof Scale.Asymmetric) || grid instanceof Grid.Ints,
        "quantizer: a zero point needs an integer grid, was %s; use a symmetric scale",
        grid.label());
    Check.argument(
        !(scale instanceof Scale.PowerOfTwo) || !(grid instanceof Grid.Table),
        "quantizer: power-of-two scales are defined for floating-point and integer grids, was %s",
        grid.label());
    Check.argument(
        !(scale instanceof Scale.TwoLevel)
            || (grid.equals(new Grid.Floats(DType.FP4_E2M1)) && sharing instanceof Sharing.Groups),
        "quantizer: two-level scales are NVFP4's: groups of fp4_e2m1, was %s",
        grid.label());
  }

  /// A symmetric binary32 scale from the largest magnitude.
  public static Quantizer of(Grid grid, Sharing sharing) {
    return new Quantizer(grid, sharing, Scale.SYMMETRIC, Range.MIN_MAX);
  }

  /// The quantizer of a block format; [BlockFormat#MXINT8] has elements in 64ths and no grid here.
  public static Quantizer of(BlockFormat format, ScaleRule rule) {
    Check.argument(
        format.element().isFloat(),
        "quantizer: %s has fixed-point elements; use BlockCodec for it",
        format.label());
    Scale scale = format.tensorScale() ? Scale.TWO_LEVEL : new Scale.PowerOfTwo(rule);
    return new Quantizer(
        new Grid.Floats(format.element()), Sharing.groups(format.block()), scale, Range.MIN_MAX);
  }

  /// This quantizer with another kind of scale.
  public Quantizer with(Scale other) {
    return new Quantizer(grid, sharing, other, range);
  }

  /// This quantizer with another source of the range.
  public Quantizer with(Range other) {
    return new Quantizer(grid, sharing, scale, other);
  }

  /// The name used in tables: grid, sharing and what differs from a symmetric binary32 scale.
  public String label() {
    String shared =
        switch (sharing) {
          case Sharing.Tensor _ -> " per tensor";
          case Sharing.Rows _ -> " per row";
          case Sharing.Groups(int size) -> " g" + size;
        };
    String kind =
        switch (scale) {
          case Scale.Symmetric _ -> "";
          case Scale.Asymmetric _ -> " asymmetric";
          case Scale.PowerOfTwo(var rule) ->
              " e8m0 " + rule.name().toLowerCase(java.util.Locale.ROOT);
          case Scale.TwoLevel _ -> " e4m3 x fp32";
        };
    String from =
        switch (range) {
          case Range.MinMax _ -> "";
          case Range.Mse _ -> " mse";
          case Range.Percentile(double share) -> " p" + share * 100;
        };
    return grid.label() + shared + kind + from;
  }

  /// The stored form of a row-major matrix; every value must be finite.
  public Quantized quantize(float[] x, int rows, int columns) {
    Check.argument(
        rows >= 0 && columns >= 0 && x.length == rows * columns,
        "quantize: %d values are not %d x %d",
        x.length,
        rows,
        columns);
    for (int i = 0; i < x.length; i++) {
      Check.argument(
          Float.isFinite(x[i]),
          "quantize: values must be finite, row %d column %d is %s",
          columns == 0 ? 0 : i / columns,
          columns == 0 ? 0 : i % columns,
          x[i]);
    }
    Layout layout = Layout.of(sharing, rows, columns);
    Scaling[] scalings = scalings(x, layout);
    int[] codes = new int[x.length];
    for (int g = 0; g < layout.groups(); g++) {
      Stop.poll("quantize");
      Scaling scaling = scalings[g];
      layout.each(g, i -> codes[i] = scaling.code(grid, x[i]));
    }
    return new Quantized(this, layout, codes, scalings);
  }

  /// The values after storing: what fake quantisation computes with.
  public float[] fake(float[] x, int rows, int columns) {
    return quantize(x, rows, columns).values();
  }

  /// One scaling for each group of `layout`.
  Scaling[] scalings(float[] x, Layout layout) {
    float tensorScale = scale instanceof Scale.TwoLevel ? Scaling.tensorScale(x) : 1;
    Scaling[] all = new Scaling[layout.groups()];
    for (int g = 0; g < all.length; g++) {
      all[g] = scaling(layout.gather(g, x), tensorScale);
    }
    return all;
  }

  /// The scaling of a group of values.
  Scaling scaling(float[] group, float tensorScale) {
    float low = 0;
    float high = 0;
    for (float value : group) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return switch (range) {
      case Range.MinMax _ -> Scaling.of(this, low, high, tensorScale);
      case Range.Percentile(double share) -> {
        float[] sizes = new float[group.length];
        for (int i = 0; i < sizes.length; i++) {
          sizes[i] = Math.abs(group[i]);
        }
        Arrays.sort(sizes);
        int at = Math.clamp((long) Math.ceil(share * sizes.length) - 1, 0, sizes.length - 1);
        float limit = sizes.length == 0 ? 0 : sizes[at];
        yield Scaling.of(this, Math.max(low, -limit), Math.min(high, limit), tensorScale);
      }
      case Range.Mse(int steps, double least) -> {
        Scaling best = Scaling.of(this, low, high, tensorScale);
        double bestError = best.squaredError(grid, group);
        for (int i = 1; i < steps; i++) {
          float share = (float) (1 - (1 - least) * i / (steps - 1));
          Scaling next = Scaling.of(this, low * share, high * share, tensorScale);
          double error = next.equals(best) ? bestError : next.squaredError(grid, group);
          if (error < bestError) {
            best = next;
            bestError = error;
          }
        }
        yield best;
      }
    };
  }

  @Override
  public String toString() {
    return label();
  }
}
