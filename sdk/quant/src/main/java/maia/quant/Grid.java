package maia.quant;

import java.util.Arrays;
import maia.base.Check;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Philox;
import maia.numerics.Rounding;

/// The numbers a stored element can be, before scales: a floating-point format, integers, or a
/// table. Values beyond the largest become the largest; NaN is refused by what calls it.
public sealed interface Grid {
  /// NormalFloat 4: quantiles of a normal distribution, 8 positive and 7 negative values and zero
  /// (Dettmers et al., arXiv:2305.14314, appendix E).
  Grid NF4 =
      new Table(
          "nf4",
          new float[] {
            -1f,
            -0.6961928009986877f,
            -0.5250730514526367f,
            -0.39491748809814453f,
            -0.28444138169288635f,
            -0.18477343022823334f,
            -0.09105003625154495f,
            0f,
            0.07958029955625534f,
            0.16093020141124725f,
            0.24611230194568634f,
            0.33791524171829224f,
            0.44070982933044434f,
            0.5626170039176941f,
            0.7229568362236023f,
            1f
          });

  /// The 4-bit table that bitsandbytes calls fp4; not [DType#FP4_E2M1]: other values in another
  /// order of codes.
  Grid BITSANDBYTES_FP4 =
      new Table(
          "bitsandbytes fp4",
          new float[] {
            -1f, -2f / 3, -1f / 2, -1f / 3, -1f / 4, -1f / 6, -1f / 192, 0f, 1f / 192, 1f / 6,
            1f / 4, 1f / 3, 1f / 2, 2f / 3, 1f
          });

  /// The elements of OCP MXINT8: 64ths from -127 to 127.
  Grid MXINT8 = new FixedPoint(8, 6);

  /// The name used in tables and reports.
  String label();

  /// Bits of a code.
  int bits();

  /// The largest magnitude both signs reach: what a symmetric scale brings the largest value to.
  float largest();

  /// The code of the grid's value nearest to `x`, which must be a number.
  int code(float x);

  /// The code of `x`, which must be a number, rounded as named; `index` is the element number for
  /// stochastic rounding.
  int code(double x, Rounding rounding, long index);

  /// The value of `code`.
  float value(int code);

  /// The grid's value nearest to `x`, which must be a number.
  default float nearest(float x) {
    return value(code(x));
  }

  /// A floating-point format; to nearest even, saturating.
  ///
  /// @param type a format of at most 16 bits
  record Floats(DType type) implements Grid {
    public Floats {
      Check.argument(
          type.format().isPresent() && type.bits() <= 16,
          "grid: a floating-point format of at most 16 bits, was %s; integers are Grid.Ints",
          type.label());
    }

    @Override
    public String label() {
      return type.label();
    }

    @Override
    public int bits() {
      return type.bits();
    }

    @Override
    public float largest() {
      return Codec.of(type)
          .decode(Codec.of(type).encode(Double.MAX_VALUE, Rounding.TOWARD_ZERO, Overflow.SATURATE));
    }

    @Override
    public int code(float x) {
      return Codec.of(type).encode(x, Rounding.NEAREST_EVEN, Overflow.SATURATE);
    }

    @Override
    public int code(double x, Rounding rounding, long index) {
      return Codec.of(type).encode(x, rounding, Overflow.SATURATE, index);
    }

    @Override
    public float value(int code) {
      return Codec.of(type).decode(code);
    }
  }

  /// The integers -(2^(bits-1)-1) to 2^(bits-1)-1, so that both signs reach equally far; to nearest
  /// even.
  ///
  /// @param bits 2 to 8
  record Ints(int bits) implements Grid {
    public Ints {
      Check.argument(bits >= 2 && bits <= 8, "grid: integers have 2 to 8 bits, was %d", bits);
    }

    @Override
    public String label() {
      return "int" + bits;
    }

    @Override
    public float largest() {
      return (1 << (bits - 1)) - 1;
    }

    @Override
    public int code(float x) {
      return (int) Math.clamp((float) Math.rint(x), -largest(), largest());
    }

    @Override
    public int code(double x, Rounding rounding, long index) {
      return Whole.clamped(x, rounding, index, (int) largest());
    }

    @Override
    public float value(int code) {
      return code;
    }
  }

  /// Integers as in [Ints], counted in parts of a power of two.
  ///
  /// @param bits 2 to 8
  /// @param fraction binary places of a code: its value is `code / 2^fraction`
  record FixedPoint(int bits, int fraction) implements Grid {
    public FixedPoint {
      Check.argument(
          bits >= 2 && bits <= 8 && fraction >= 0 && fraction < 8,
          "grid: fixed-point numbers have 2 to 8 bits and 0 to 7 binary places, was %d and %d",
          bits,
          fraction);
    }

    @Override
    public String label() {
      return "int" + bits + "/" + (1 << fraction);
    }

    @Override
    public float largest() {
      return value((1 << (bits - 1)) - 1);
    }

    @Override
    public int code(float x) {
      return code(x, Rounding.NEAREST_EVEN, 0);
    }

    @Override
    public int code(double x, Rounding rounding, long index) {
      return Whole.clamped(x * (1 << fraction), rounding, index, (1 << (bits - 1)) - 1);
    }

    @Override
    public float value(int code) {
      return (float) code / (1 << fraction);
    }
  }

  /// A code book. A value halfway between two entries takes the lower one.
  ///
  /// @param label the name used in tables
  /// @param values ascending, one zero among them, the largest magnitude 1
  record Table(String label, float[] values) implements Grid {
    public Table {
      values = values.clone();
      Check.argument(
          values.length >= 2 && values.length <= 256,
          "grid '%s': 2 to 256 values, was %d",
          label,
          values.length);
      for (int i = 1; i < values.length; i++) {
        Check.argument(
            values[i - 1] < values[i],
            "grid '%s': values must ascend, entry %d is %s after %s",
            label,
            i,
            values[i],
            values[i - 1]);
      }
      Check.argument(
          Arrays.binarySearch(values, 0f) >= 0
              && Math.max(-values[0], values[values.length - 1]) == 1,
          "grid '%s': needs a zero and a largest magnitude of 1, was %s",
          label,
          Arrays.toString(values));
    }

    @Override
    public float[] values() {
      return values.clone();
    }

    @Override
    public int bits() {
      return 32 - Integer.numberOfLeadingZeros(values.length - 1);
    }

    @Override
    public float largest() {
      return 1;
    }

    @Override
    public int code(float x) {
      int at = Arrays.binarySearch(values, x == 0 ? 0f : x);
      if (at >= 0) {
        return at;
      }
      int above = -at - 1;
      if (above == 0 || above == values.length) {
        return Math.clamp(above, 0, values.length - 1);
      }
      // exact: both differences of binary32 numbers are exact in binary64 for these magnitudes
      double down = (double) x - values[above - 1];
      double up = (double) values[above] - x;
      return down <= up ? above - 1 : above;
    }

    @Override
    public int code(double x, Rounding rounding, long index) {
      int nearest = code((float) x);
      float at = values[nearest];
      boolean isEnd = nearest == 0 && x <= at || nearest == values.length - 1 && x >= at;
      if (rounding == Rounding.NEAREST_EVEN || at == x || isEnd) {
        return nearest;
      }
      int below = at < x ? nearest : nearest - 1;
      double share = (x - values[below]) / ((double) values[below + 1] - values[below]);
      return switch (rounding) {
        case Rounding.Fixed.NEAREST_EVEN -> nearest;
        case Rounding.Fixed.NEAREST_AWAY -> share == 0.5 && x > 0 ? below + 1 : nearest;
        case Rounding.Fixed.TOWARD_ZERO -> x > 0 ? below : below + 1;
        case Rounding.Stochastic(long seed) ->
            Philox.uniform(seed, index) < share ? below + 1 : below;
      };
    }

    @Override
    public float value(int code) {
      return values[code];
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Table(var name, var numbers)
          && name.equals(label)
          && Arrays.equals(numbers, values);
    }

    @Override
    public int hashCode() {
      return label.hashCode() * 31 + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
      return label;
    }
  }
}
