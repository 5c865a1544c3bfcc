package maia.quant;

import maia.base.Check;
import maia.numerics.BlockFormat;
import maia.numerics.BlockRules;
import maia.numerics.DType;
import maia.numerics.NvOrder;
import maia.numerics.Rounding;
import maia.numerics.ScaleRule;

/// How a matrix of rows is stored: the grid of an element, which elements share a scale, what a
/// scale can be, and where its range comes from. Fake quantisation is [#quantize] followed by
/// [Quantized#values]: there is no second code path.
///
/// @param grid the numbers an element can be
/// @param sharing which elements share a scale
/// @param scale what a scale can be
/// @param range where the range of a scale comes from
/// @param rounding how a value between two codes is rounded; codes saturate
public record Quantizer(Grid grid, Sharing sharing, Scale scale, Range range, Rounding rounding) {
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

    /// Blocks of rows and columns: the 128 x 128 of block FP8, or a column block over all rows (a
    /// head or a channel of activations).
    ///
    /// @param rows rows of a block; 0 for all
    /// @param columns columns of a block
    record Blocks(int rows, int columns) implements Sharing {
      public Blocks {
        Check.argument(
            rows >= 0 && columns > 0,
            "blocks: needs columns above 0 and rows of at least 0, was %d x %d",
            rows,
            columns);
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

    /// Blocks of rows and columns.
    static Sharing blocks(int rows, int columns) {
      return new Blocks(rows, columns);
    }

    /// The columns of one head, over all rows.
    static Sharing heads(int width) {
      return new Blocks(0, width);
    }

    /// A column over all rows: a channel of activations.
    static Sharing channels() {
      return new Blocks(0, 1);
    }
  }

  /// What a scale can be.
  public sealed interface Scale {
    /// Any positive binary32: the largest magnitude over the grid's largest.
    record Symmetric() implements Scale {}

    /// Any positive binary32 and an integer zero point, so that the smallest and the largest value
    /// both become codes and zero stays exact; for integers only. Codes are 0 to 2^bits - 1.
    record Asymmetric() implements Scale {}

    /// Any positive binary32 and a binary32 zero point between the smallest and the largest value;
    /// zero is not exact. For integers only; codes are 0 to 2^bits - 1.
    record Affine() implements Scale {}

    /// A power of two between 2^-127 and 2^127, as in OCP MX.
    ///
    /// @param rule how it follows from the largest magnitude
    record PowerOfTwo(ScaleRule rule) implements Scale {}

    /// As [Symmetric], rounded to the nearest number of a type.
    ///
    /// @param type a floating-point type of at most 16 bits
    record Rounded(DType type) implements Scale {
      public Rounded {
        Check.argument(
            type.format().isPresent() && type.bits() <= 16 && type != DType.E8M0,
            "scale: a floating-point type of at most 16 bits, was %s; powers of two are PowerOfTwo",
            type.label());
      }
    }

    /// NVFP4's: E4M3 for each group under one binary32 scale for the tensor.
    ///
    /// @param order the order of operations
    record TwoLevel(NvOrder order) implements Scale {}

    /// As [Symmetric], with the scales themselves stored in few bits (the double quantisation of
    /// QLoRA, arXiv:2305.14314): less their mean over the matrix, symmetrically, `group` scales
    /// under one binary32 scale. Codes of elements are chosen under the scale that is read back;
    /// bitsandbytes chooses them under the scale before it was stored.
    ///
    /// @param grid what a stored scale can be: a floating-point format or integers, of at most 8
    ///   bits
    /// @param group how many scales share a scale
    record Doubled(Grid grid, int group) implements Scale {
      public Doubled {
        Check.argument(
            group > 0
                && grid.bits() <= 8
                && (grid instanceof Grid.Floats || grid instanceof Grid.Ints),
            "scale: doubled scales are floating-point or integers of at most 8 bits in groups above 0, was %s in groups of %d",
            grid.label(),
            group);
      }
    }

    /// Any positive binary32.
    Scale SYMMETRIC = new Symmetric();

    /// Any positive binary32 and a zero point.
    Scale ASYMMETRIC = new Asymmetric();

    /// Any positive binary32 and a binary32 zero point.
    Scale AFFINE = new Affine();

    /// E4M3 scales around their mean, 256 under one binary32 scale: QLoRA's sizes.
    Scale DOUBLED = new Doubled(new Grid.Floats(DType.FP8_E4M3), 256);

    /// E4M3 under a scale for the tensor.
    Scale TWO_LEVEL = new TwoLevel(NvOrder.DIVIDE);
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

    /// The magnitude whose clipped and rounded histogram diverges least from the histogram of the
    /// values (Kullback-Leibler), as an [Observer] finds it; for groups of thousands of values.
    record Entropy() implements Range {}

    /// As [Mse], with squared errors weighted by the importance of their column.
    ///
    /// @param steps how many shares are tried, from 1 downwards
    /// @param least the smallest share tried
    record Importance(int steps, double least) implements Range {
      public Importance {
        Check.argument(
            steps >= 2 && least > 0 && least < 1,
            "range: needs at least 2 steps and a least share between 0 and 1, was %d and %s",
            steps,
            least);
      }
    }

    /// The smallest and the largest value.
    Range MIN_MAX = new MinMax();

    /// 80 shares of the full range down to a fifth of it.
    Range MSE = new Mse(80, 0.2);

    /// The least divergence of histograms.
    Range ENTROPY = new Entropy();

    /// 80 shares of the full range down to a fifth of it, errors weighted by column.
    Range IMPORTANCE = new Importance(80, 0.2);
  }

  public Quantizer {
    Check.argument(
        !(scale instanceof Scale.Asymmetric || scale instanceof Scale.Affine)
            || grid instanceof Grid.Ints,
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

  /// As the canonical constructor, to the nearest, ties to even.
  public Quantizer(Grid grid, Sharing sharing, Scale scale, Range range) {
    this(grid, sharing, scale, range, Rounding.NEAREST_EVEN);
  }

  /// A symmetric binary32 scale from the largest magnitude, to the nearest.
  public static Quantizer of(Grid grid, Sharing sharing) {
    return new Quantizer(grid, sharing, Scale.SYMMETRIC, Range.MIN_MAX, Rounding.NEAREST_EVEN);
  }

  /// The quantizer of a block format with nearest-even elements; NVFP4 by division.
  public static Quantizer of(BlockFormat format, ScaleRule rule) {
    return of(format, BlockRules.of(rule));
  }

  /// The quantizer of a block format.
  public static Quantizer of(BlockFormat format, BlockRules rules) {
    Scale scale =
        format.tensorScale()
            ? new Scale.TwoLevel(rules.order())
            : new Scale.PowerOfTwo(rules.scale());
    Grid grid = format.element().isFloat() ? new Grid.Floats(format.element()) : Grid.MXINT8;
    return new Quantizer(
        grid, Sharing.groups(format.block()), scale, Range.MIN_MAX, rules.rounding());
  }

  /// This quantizer with another kind of scale.
  public Quantizer with(Scale other) {
    return new Quantizer(grid, sharing, other, range, rounding);
  }

  /// This quantizer with another source of the range.
  public Quantizer with(Range other) {
    return new Quantizer(grid, sharing, scale, other, rounding);
  }

  /// This quantizer with another rounding.
  public Quantizer with(Rounding other) {
    return new Quantizer(grid, sharing, scale, range, other);
  }

  /// This quantizer with scales shared otherwise.
  public Quantizer with(Sharing other) {
    return new Quantizer(grid, other, scale, range, rounding);
  }

  /// The name used in tables, such as `int4 g32 asymmetric mse`.
  public String label() {
    String by =
        switch (rounding) {
          case Rounding.Fixed.NEAREST_EVEN -> "";
          case Rounding.Fixed.NEAREST_AWAY -> " ties away";
          case Rounding.Fixed.TOWARD_ZERO -> " toward zero";
          case Rounding.Stochastic _ -> " stochastic";
        };
    return grid.label()
        + QuantizerText.sharing(sharing)
        + QuantizerText.scale(scale)
        + QuantizerText.range(range)
        + by;
  }

  /// Bits a value takes in a matrix of these sizes, its share of scales and zero points included; a
  /// matrix without elements takes none.
  public double bitsPerValue(int rows, int columns) {
    long values = (long) rows * columns;
    if (values == 0) {
      return 0;
    }
    double perGroup =
        switch (scale) {
          case Scale.Symmetric _ -> 32;
          case Scale.Asymmetric _ -> 32 + grid.bits();
          case Scale.Affine _ -> 64;
          case Scale.Rounded(DType type) -> type.bits();
          case Scale.PowerOfTwo _, Scale.TwoLevel _ -> 8;
          case Scale.Doubled(Grid of, int group) -> of.bits() + 32.0 / group;
        };
    int once = scale instanceof Scale.TwoLevel || scale instanceof Scale.Doubled ? 32 : 0;
    double groups = Layout.of(sharing, rows, columns).groups();
    return grid.bits() + (perGroup * groups + once) / values;
  }

  /// The stored form of a row-major matrix; every value must be finite.
  public Quantized quantize(float[] x, int rows, int columns) {
    return Rounder.quantize(this, x, rows, columns, new double[0]);
  }

  /// As [#quantize(float\[\], int, int)], with the importance of each column for
  /// [Range.Importance].
  public Quantized quantize(float[] x, int rows, int columns, double[] importance) {
    Check.argument(
        importance.length == columns,
        "quantize: %d importances for %d columns",
        importance.length,
        columns);
    return Rounder.quantize(this, x, rows, columns, importance);
  }

  /// The values after storing: what fake quantisation computes with.
  public float[] fake(float[] x, int rows, int columns) {
    return Rounder.fake(this, x, rows, columns);
  }

  @Override
  public String toString() {
    return label();
  }
}
