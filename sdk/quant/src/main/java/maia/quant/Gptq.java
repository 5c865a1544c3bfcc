package maia.quant;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import maia.base.Check;
import maia.base.Stop;

/// GPTQ (Frantar et al., arXiv:2210.17323): rounds the columns of a weight matrix one after another
/// and lets the columns that are still open make up for the error, weighted by the second moments
/// of the inputs.
///
/// All linear algebra is binary64. Inputs that are always zero (dead columns) get weight zero. When
/// the moments are not positive definite even with damping, the damping grows tenfold until they
/// are, and the result says so.
///
/// @param damping share of the mean diagonal moment added to every diagonal moment
/// @param order in which order columns are rounded
/// @param groups where the scale of a group comes from
public record Gptq(double damping, Order order, Groups groups) {
  /// In which order columns are rounded.
  public enum Order {
    /// As they stand.
    GIVEN,
    /// Columns with the largest moments first; needs [Groups#STATIC] when groups are shorter than
    /// rows.
    ACTIVATION,
  }

  /// Where the scale of a group of columns comes from.
  public enum Groups {
    /// From the weights as they are when the group's first column is reached.
    DYNAMIC,
    /// From the original weights.
    STATIC,
  }

  private static final int GROWTHS = 12;

  public Gptq {
    Check.argument(
        damping >= 0 && damping < 1, "gptq: damping is a share of 0 up to 1, was %s", damping);
  }

  /// Damping 0.01, given order, dynamic groups.
  public static Gptq defaults() {
    return new Gptq(0.01, Order.GIVEN, Groups.DYNAMIC);
  }

  /// What GPTQ found.
  ///
  /// @param weights the stored weights
  /// @param damping the damping in force
  /// @param deadColumns inputs that were always zero
  /// @param error the mean squared error of the outputs over the moments given, per output row and
  ///   input sample if the moments are means
  public record Result(Quantized weights, double damping, int deadColumns, double error) {}

  /// The second moments `x^T x / rows` of row-major inputs, `[columns, columns]`.
  public static double[] moments(float[] x, int rows, int columns) {
    Check.argument(
        rows > 0 && x.length == rows * columns,
        "gptq: %d values are not %d x %d",
        x.length,
        rows,
        columns);
    double[] h = new double[columns * columns];
    for (int r = 0; r < rows; r++) {
      Stop.poll("gptq moments");
      for (int i = 0; i < columns; i++) {
        double xi = x[r * columns + i];
        for (int j = i; j < columns; j++) {
          h[i * columns + j] += xi * x[r * columns + j];
        }
      }
    }
    for (int i = 0; i < columns; i++) {
      for (int j = i; j < columns; j++) {
        h[i * columns + j] /= rows;
        h[j * columns + i] = h[i * columns + j];
      }
    }
    return h;
  }

  /// The stored form of `weights` `[rows, columns]` for inputs with second moments `moments`
  /// `[columns, columns]`.
  public Result quantize(
      float[] weights, int rows, int columns, double[] moments, Quantizer quantizer) {
    Check.argument(
        weights.length == rows * columns && moments.length == columns * columns,
        "gptq: %d weights and %d moments do not belong to %d x %d",
        weights.length,
        moments.length,
        rows,
        columns);
    Check.argument(
        order == Order.GIVEN
            || groups == Groups.STATIC
            || !Layout.of(quantizer.sharing(), rows, columns).splitsRows(),
        "gptq: groups of columns in activation order need static groups; use Groups.STATIC");
    Check.argument(
        !(quantizer.scale() instanceof Quantizer.Scale.Doubled)
            || groups == Groups.STATIC
            || !Layout.of(quantizer.sharing(), rows, columns).splitsRows(),
        "gptq: doubled scales are found together, before the first column is rounded; use Groups.STATIC");
    int[] dead = IntStream.range(0, columns).filter(i -> moments[i * columns + i] == 0).toArray();
    double[] w = new double[weights.length];
    for (int i = 0; i < w.length; i++) {
      w[i] = weights[i];
    }
    double[] h = moments.clone();
    for (int column : dead) {
      h[column * columns + column] = 1;
      for (int r = 0; r < rows; r++) {
        w[r * columns + column] = 0;
      }
    }
    int[] sequence = sequence(h, columns);
    Factor factor = Factor.of(h, columns, sequence, damping);
    Quantized stored = round(w, rows, columns, sequence, factor.upper(), quantizer, moments);
    return new Result(
        stored,
        factor.damping(),
        dead.length,
        error(weights, stored.values(), rows, columns, moments));
  }

  private int[] sequence(double[] h, int columns) {
    return switch (order) {
      case GIVEN -> IntStream.range(0, columns).toArray();
      case ACTIVATION ->
          IntStream.range(0, columns)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> -h[i * columns + i]))
              .mapToInt(Integer::intValue)
              .toArray();
    };
  }

  /// Rounds column after column; `upper` is the upper Cholesky factor of the inverse moments in the
  /// order of `sequence`.
  private Quantized round(
      double[] w,
      int rows,
      int columns,
      int[] sequence,
      double[] upper,
      Quantizer quantizer,
      double[] moments) {
    Layout layout = Layout.of(quantizer.sharing(), rows, columns);
    double[] importance = new double[columns];
    for (int i = 0; i < columns; i++) {
      importance[i] = moments[i * columns + i];
    }
    Rounder.Groups found = Rounder.groups(quantizer, floats(w), layout, importance);
    Scaling[] scalings = found.scalings();
    int[] codes = new int[w.length];
    for (int step = 0; step < columns; step++) {
      Stop.poll("gptq");
      int column = sequence[step];
      boolean opens = layout.splitsRows() && column % layout.wide() == 0;
      if (opens && groups == Groups.DYNAMIC) {
        renew(w, column, layout, scalings, quantizer, importance);
      }
      double pivot = upper[step * columns + step];
      for (int r = 0; r < rows; r++) {
        int at = r * columns + column;
        Scaling scaling = scalings[layout.group(r, column)];
        float value = (float) w[at];
        codes[at] = scaling.code(quantizer.grid(), value, quantizer.rounding(), at);
        double error = (w[at] - scaling.value(quantizer.grid(), codes[at])) / pivot;
        for (int later = step + 1; later < columns; later++) {
          w[r * columns + sequence[later]] -= error * upper[step * columns + later];
        }
      }
    }
    return new Quantized(quantizer, layout, codes, found);
  }

  /// Anew from the weights as they are now, for the groups that begin at `column`.
  private static void renew(
      double[] w,
      int column,
      Layout layout,
      Scaling[] scalings,
      Quantizer quantizer,
      double[] importance) {
    float[] now = floats(w);
    for (int row = 0; row < layout.rows(); row += layout.high()) {
      int g = layout.group(row, column);
      double[] weights = Rounder.weights(quantizer, layout, g, importance);
      scalings[g] =
          Rounder.scaling(quantizer, layout.gather(g, now), scalings[g].tensorScale(), weights);
    }
  }

  private static float[] floats(double[] w) {
    float[] values = new float[w.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) w[i];
    }
    return values;
  }

  /// The mean over rows of `d^T moments d` with `d` the change of a row.
  static double error(float[] before, float[] after, int rows, int columns, double[] moments) {
    double sum = 0;
    double[] d = new double[columns];
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < columns; i++) {
        d[i] = (double) before[r * columns + i] - after[r * columns + i];
      }
      for (int i = 0; i < columns; i++) {
        double row = 0;
        for (int j = 0; j < columns; j++) {
          row += moments[i * columns + j] * d[j];
        }
        sum += d[i] * row;
      }
    }
    return rows == 0 ? 0 : sum / rows;
  }

  /// The upper Cholesky factor of the inverse of damped moments.
  ///
  /// @param upper row-major, zero below the diagonal
  /// @param damping the damping that made it possible
  private record Factor(double[] upper, double damping) {
    static Factor of(double[] h, int n, int[] sequence, double damping) {
      double mean = IntStream.range(0, n).mapToDouble(i -> h[i * n + i]).sum() / n;
      double share = damping;
      for (int attempt = 0; attempt < GROWTHS; attempt++) {
        double[] ordered = new double[n * n];
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < n; j++) {
            ordered[i * n + j] = h[sequence[i] * n + sequence[j]];
          }
          ordered[i * n + i] += share * mean;
        }
        double[] upper = inverseFactor(ordered, n);
        if (upper.length > 0) {
          return new Factor(upper, share);
        }
        share = share == 0 ? 1e-6 : share * 10;
      }
      throw new IllegalArgumentException(
          "gptq: the moments of the inputs are not positive definite even with damping %s; they hold infinities or NaN"
              .formatted(share));
    }

    /// The upper factor U with U^T U = h^-1, or nothing when h is not positive definite. With the
    /// order of rows and columns reversed, a Cholesky factor L of h gives U = L^-1.
    private static double[] inverseFactor(double[] h, int n) {
      double[] reversed = new double[n * n];
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          reversed[i * n + j] = h[(n - 1 - i) * n + n - 1 - j];
        }
      }
      double[] lower = cholesky(reversed, n);
      if (lower.length == 0) {
        return lower;
      }
      double[] inverse = invertLower(lower, n);
      double[] upper = new double[n * n];
      for (int i = 0; i < n; i++) {
        for (int j = i; j < n; j++) {
          upper[i * n + j] = inverse[(n - 1 - i) * n + n - 1 - j];
        }
      }
      return upper;
    }

    private static double[] cholesky(double[] a, int n) {
      double[] l = new double[n * n];
      for (int j = 0; j < n; j++) {
        Stop.poll("gptq");
        for (int i = j; i < n; i++) {
          double sum = a[i * n + j];
          for (int k = 0; k < j; k++) {
            sum -= l[i * n + k] * l[j * n + k];
          }
          if (i == j && !(sum > 0)) {
            return new double[0];
          }
          l[i * n + j] = i == j ? Math.sqrt(sum) : sum / l[j * n + j];
        }
      }
      return Arrays.stream(l).allMatch(Double::isFinite) ? l : new double[0];
    }

    private static double[] invertLower(double[] l, int n) {
      double[] inverse = new double[n * n];
      for (int j = 0; j < n; j++) {
        Stop.poll("gptq");
        inverse[j * n + j] = 1 / l[j * n + j];
        for (int i = j + 1; i < n; i++) {
          double sum = 0;
          for (int k = j; k < i; k++) {
            sum -= l[i * n + k] * inverse[k * n + j];
          }
          inverse[i * n + j] = sum / l[i * n + i];
        }
      }
      return inverse;
    }
  }
}
