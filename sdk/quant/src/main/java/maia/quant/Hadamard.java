package maia.quant;

import maia.base.Check;

/// The orthonormal Walsh-Hadamard rotation, in blocks along the rows of a matrix: it spreads an
/// outlier over its whole block. It is its own inverse and changes no product when both sides are
/// rotated: `(x R)(w R)^T = x w^T`.
///
/// @param block size of a block, a power of two; columns must be a multiple of it
public record Hadamard(int block) {
  public Hadamard {
    Check.argument(
        block >= 1 && Integer.bitCount(block) == 1,
        "hadamard: the block must be a power of two, was %d",
        block);
  }

  /// The largest block that divides `columns`.
  public static Hadamard widest(int columns) {
    Check.argument(columns > 0, "hadamard: needs columns, was %d", columns);
    return new Hadamard(Integer.lowestOneBit(columns));
  }

  /// The rows of `x`, rotated; sums are binary64, rounded once.
  public float[] rotate(float[] x, int rows, int columns) {
    Check.argument(
        columns % block == 0 && x.length == rows * columns,
        "hadamard: rows of %d do not divide into blocks of %d (%d values, %d rows); the widest block is %d",
        columns,
        block,
        x.length,
        rows,
        columns == 0 ? 0 : Integer.lowestOneBit(columns));
    float[] out = new float[x.length];
    double[] buffer = new double[block];
    double norm = 1 / Math.sqrt(block);
    for (int at = 0; at < x.length; at += block) {
      for (int i = 0; i < block; i++) {
        buffer[i] = x[at + i];
      }
      transform(buffer);
      for (int i = 0; i < block; i++) {
        out[at + i] = (float) (buffer[i] * norm);
      }
    }
    return out;
  }

  private static void transform(double[] x) {
    for (int half = 1; half < x.length; half *= 2) {
      for (int i = 0; i < x.length; i++) {
        if ((i & half) == 0) {
          double a = x[i];
          double b = x[i + half];
          x[i] = a + b;
          x[i + half] = a - b;
        }
      }
    }
  }
}
