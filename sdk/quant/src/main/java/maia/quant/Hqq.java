package maia.quant;

import maia.base.Check;
import maia.base.Stop;
import maia.quant.Quantizer.Scale;

/// Half-quadratic quantisation (Badri and Shaji, 2023): finds the zero point of each group without
/// data, by alternating between rounding and an error in which few large differences cost little
/// (the norm `|e|^p` with p below 1).
///
/// @param p the norm, above 0 up to 1
/// @param beta the first weight of the rounding error
/// @param growth what the weight is multiplied by in each step, at least 1
/// @param iterations the most steps of a group; it stops early when the mean difference grows
public record Hqq(double p, double beta, double growth, int iterations) {
  public Hqq {
    Check.argument(
        p > 0 && p <= 1 && beta > 0 && growth >= 1 && iterations > 0,
        "hqq: needs a norm above 0 up to 1, a positive weight, growth of at least 1 and steps, was %s, %s, %s and %d",
        p,
        beta,
        growth,
        iterations);
  }

  /// Norm 0.7, weight 10 growing by 1.01, 20 steps: the published settings.
  public static Hqq defaults() {
    return new Hqq(0.7, 10, 1.01, 20);
  }

  /// The stored form of `w` `[rows, columns]` by an affine quantizer.
  public Quantized quantize(float[] w, int rows, int columns, Quantizer quantizer) {
    Check.argument(
        quantizer.scale() instanceof Scale.Affine,
        "hqq: chooses real zero points, which %s has not; use with(Scale.AFFINE)",
        quantizer.label());
    Rounder.check(w, rows, columns);
    Layout layout = Layout.of(quantizer.sharing(), rows, columns);
    Scaling[] scalings = Rounder.scalings(quantizer, w, layout, new double[0]);
    for (int g = 0; g < scalings.length; g++) {
      Stop.poll("hqq");
      if (scalings[g].scale() != 0 && layout.size(g) > 1) {
        scalings[g] = better(layout.gather(g, w), scalings[g], quantizer.grid());
      }
    }
    return Rounder.quantize(quantizer, w, layout, scalings);
  }

  private Scaling better(float[] w, Scaling start, Grid grid) {
    Scaling best = start;
    Scaling now = start;
    double least = difference(w, start, grid);
    double weight = beta;
    for (int step = 0; step < iterations; step++) {
      double sum = 0;
      for (float x : w) {
        int code = now.code(grid, x);
        double error = shrunk(x - (double) now.value(grid, code), weight);
        sum += code - (x - error) / now.scale();
      }
      now = Scaling.affine(start.scale(), (float) (sum / w.length));
      double difference = difference(w, now, grid);
      if (!(difference < least)) {
        break;
      }
      least = difference;
      best = now;
      weight *= growth;
    }
    return best;
  }

  /// The minimiser of `|e|^p + weight/2 (e - x)^2`, approximately: a generalised soft threshold.
  private double shrunk(double x, double weight) {
    if (x == 0) {
      return 0;
    }
    double size = Math.abs(x) - StrictMath.pow(Math.abs(x), p - 1) / weight;
    return size > 0 ? Math.copySign(size, x) : 0;
  }

  private static double difference(float[] w, Scaling scaling, Grid grid) {
    double sum = 0;
    for (float x : w) {
      sum += Math.abs(x - (double) scaling.nearest(grid, x));
    }
    return sum / w.length;
  }
}
