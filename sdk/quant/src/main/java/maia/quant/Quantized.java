package maia.quant;

import java.util.Locale;
import java.util.Optional;
import maia.tensor.Tensor;

/// A matrix as it is stored: one code for each element, one scale (and zero point) for each group.
public final class Quantized {
  private final Quantizer quantizer;
  private final Layout layout;
  private final int[] codes;
  private final Scaling[] scalings;
  private final Optional<DoubleScales> second;

  Quantized(Quantizer quantizer, Layout layout, int[] codes, Rounder.Groups groups) {
    this.quantizer = quantizer;
    this.layout = layout;
    this.codes = codes;
    this.scalings = groups.scalings();
    this.second = groups.second();
  }

  /// How scales that have scales of their own are stored.
  Optional<DoubleScales> second() {
    return second;
  }

  /// How it is stored.
  public Quantizer quantizer() {
    return quantizer;
  }

  /// Rows of the matrix.
  public int rows() {
    return layout.rows();
  }

  /// Columns of the matrix.
  public int columns() {
    return layout.columns();
  }

  /// The codes, row-major.
  public int[] codes() {
    return codes.clone();
  }

  /// The scales as they are read back, one per group, groups in row-major order.
  public float[] scales() {
    float[] all = new float[scalings.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = scalings[i].scale();
    }
    return all;
  }

  /// The zero points, one per group; empty when scales are symmetric.
  public int[] zeros() {
    if (!(quantizer.scale() instanceof Quantizer.Scale.Asymmetric)) {
      return new int[0];
    }
    int[] all = new int[scalings.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = scalings[i].zero();
    }
    return all;
  }

  /// The zero points of affine scales, one per group; empty for other scales.
  public float[] zeroPoints() {
    if (!(quantizer.scale() instanceof Quantizer.Scale.Affine)) {
      return new float[0];
    }
    float[] all = new float[scalings.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = scalings[i].zeroPoint();
    }
    return all;
  }

  /// The scale of the whole tensor; 1 unless scales have two levels.
  public float tensorScale() {
    return scalings.length == 0 ? 1 : scalings[0].tensorScale();
  }

  /// The values the codes stand for, row-major.
  public float[] values() {
    float[] x = new float[codes.length];
    for (int g = 0; g < scalings.length; g++) {
      Scaling scaling = scalings[g];
      layout.each(g, i -> x[i] = scaling.value(quantizer.grid(), codes[i]));
    }
    return x;
  }

  /// The matrix as a block tensor `[rows, columns]`, the same codes and scales in memory; empty
  /// when the quantizer makes none of the block formats (MX, MXINT8 and NVFP4).
  public Optional<Tensor> blocks() {
    return BlockTensor.of(this);
  }

  /// Bits a value takes, its share of scales and zero points included; a matrix without elements
  /// takes none.
  public double bitsPerValue() {
    return quantizer.bitsPerValue(layout.rows(), layout.columns());
  }

  /// What storing did to `original`, the values that were stored.
  public Distortion distortion(float[] original) {
    Grid grid = quantizer.grid();
    boolean fromZero =
        quantizer.scale() instanceof Quantizer.Scale.Asymmetric
            || quantizer.scale() instanceof Quantizer.Scale.Affine;
    int bottom = fromZero ? 0 : grid.code(-Float.MAX_VALUE);
    int top = fromZero ? (1 << grid.bits()) - 1 : grid.code(Float.MAX_VALUE);
    return Distortion.of(original, values(), codes, bottom, top);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d x %d %s, %.4g bits per value",
        rows(),
        columns(),
        quantizer.label(),
        bitsPerValue());
  }
}
