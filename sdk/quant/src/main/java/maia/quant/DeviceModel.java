package maia.quant;

import java.util.Locale;
import maia.base.Check;
import maia.base.Stop;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;

/// A linear layer as a tensor unit computes it, with every rounding point named: operands as they
/// are stored, exact products, a named accumulator, then the bias in binary32 and one rounding to
/// the type of the result.
///
/// @param accumulator how products are added
/// @param output the type of the result
/// @param rounding how the result is rounded
/// @param overflow what becomes of results beyond its range
public record DeviceModel(
    Accumulator accumulator, DType output, Rounding rounding, Overflow overflow) {
  public DeviceModel {
    Check.argument(
        output.format().isPresent(),
        "device model: the result is a floating-point type of at most 32 bits, was %s",
        output.label());
  }

  /// Binary32 results of one binary32 sum: what host and simulated device give bit for bit.
  public static DeviceModel maia() {
    return new DeviceModel(
        Accumulator.SEQUENTIAL, DType.F32, Rounding.NEAREST_EVEN, Overflow.SATURATE);
  }

  /// The same model with another accumulator.
  public DeviceModel with(Accumulator other) {
    return new DeviceModel(other, output, rounding, overflow);
  }

  /// The same model with results of another type.
  public DeviceModel with(DType type) {
    return new DeviceModel(accumulator, type, rounding, overflow);
  }

  /// `x w^T + bias` for `x` `[rows, columns]` and `w` `[outputs, columns]`; an empty bias is none.
  public float[] linear(float[] x, float[] w, float[] bias, int rows, int outputs, int columns) {
    Check.argument(
        x.length == rows * columns
            && w.length == outputs * columns
            && (bias.length == 0 || bias.length == outputs),
        "device model: %d inputs, %d weights and %d biases are not %d x %d and %d x %d",
        x.length,
        w.length,
        bias.length,
        rows,
        columns,
        outputs,
        columns);
    float[] y = new float[rows * outputs];
    Codec codec = Codec.of(output);
    for (int r = 0; r < rows; r++) {
      Stop.poll("device model");
      for (int o = 0; o < outputs; o++) {
        float sum = dot(x, r * columns, w, o * columns, columns);
        float biased = bias.length == 0 ? sum : sum + bias[o];
        int at = r * outputs + o;
        y[at] =
            output == DType.F32
                ? biased
                : codec.decode(codec.encode(biased, rounding, overflow, at));
      }
    }
    return y;
  }

  /// The dot product of two stretches.
  float dot(float[] x, int xAt, float[] w, int wAt, int count) {
    return switch (accumulator) {
      case Accumulator.Sequential _ -> {
        float sum = 0;
        for (int i = 0; i < count; i++) {
          sum = Math.fma(x[xAt + i], w[wAt + i], sum);
        }
        yield sum;
      }
      case Accumulator.Groups(int size) -> {
        float sum = 0;
        for (int from = 0; from < count; from += size) {
          ExactSum group = new ExactSum();
          for (int i = from; i < Math.min(count, from + size); i++) {
            group.add(x[xAt + i], w[wAt + i]);
          }
          sum += group.round();
        }
        yield sum;
      }
      case Accumulator.Exact _ -> {
        ExactSum sum = new ExactSum();
        for (int i = 0; i < count; i++) {
          sum.add(x[xAt + i], w[wAt + i]);
        }
        yield sum.round();
      }
      case Accumulator.Narrow(DType type) -> {
        Codec codec = Codec.of(type);
        float sum = 0;
        for (int i = 0; i < count; i++) {
          double next = sum + (double) x[xAt + i] * w[wAt + i];
          sum = codec.decode(codec.encode(next, Rounding.NEAREST_EVEN, Overflow.SATURATE));
        }
        yield sum;
      }
    };
  }

  /// Every rounding of one output, as text: the stored operands, the sum after each product, the
  /// bias, the result.
  public String trace(float[] x, float[] w, float bias) {
    Check.argument(
        x.length == w.length, "device model: %d inputs and %d weights", x.length, w.length);
    StringBuilder text = new StringBuilder(this + "\n");
    for (int i = 1; i <= x.length; i++) {
      float sum = dot(x, 0, w, 0, i);
      text.append(
          String.format(
              Locale.ROOT,
              "%4d. %s * %s = %s, sum %s%n",
              i - 1,
              x[i - 1],
              w[i - 1],
              (double) x[i - 1] * w[i - 1],
              sum));
    }
    float y = linear(x, w, new float[] {bias}, 1, 1, x.length)[0];
    return text.append(
            String.format(Locale.ROOT, "plus bias %s, as %s: %s%n", bias, output.label(), y))
        .toString();
  }

  @Override
  public String toString() {
    return "exact products, " + accumulator + ", result " + output.label();
  }
}
