package maia.quant;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import maia.base.Check;
import maia.numerics.BlockCodec;
import maia.numerics.BlockFormat;
import maia.numerics.BlockRules;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.FloatFormat;
import maia.numerics.Overflow;
import maia.numerics.Rounding;

/// One value on its way from binary32 to a code and back, step by step.
///
/// @param x the value
/// @param format the name of the format
/// @param scaled what is rounded: the value over its scale
/// @param scale the scale; 1 where there is none
/// @param code the code it becomes
/// @param element the value of the code before the scale
/// @param back the value that is read back
/// @param below the neighbour of the format below `scaled`; equal to `above` where it is exact
/// @param above the neighbour above
/// @param line the format's values near `scaled`, ascending, for a picture
/// @param steps the story, one line each
public record Explain(
    double x,
    String format,
    double scaled,
    double scale,
    int code,
    double element,
    double back,
    double below,
    double above,
    List<Double> line,
    List<String> steps) {
  private static final int AROUND = 4;

  public Explain {
    line = List.copyOf(line);
    steps = List.copyOf(steps);
  }

  /// `x` to the nearest value of a scalar type, ties to even, saturating.
  public static Explain value(float x, DType type) {
    return value(x, type, Rounding.NEAREST_EVEN, Overflow.SATURATE);
  }

  /// `x` into a floating-point type of at most 16 bits, by the rules named.
  public static Explain value(float x, DType type, Rounding rounding, Overflow overflow) {
    FloatFormat format = floatFormat(type);
    Codec codec = Codec.of(type);
    int code = codec.encode(x, rounding, overflow);
    List<String> steps = new ArrayList<>();
    steps.add(binary32(x));
    Neighbours near = Neighbours.of(type, x);
    rounding(steps, near, x, rounding, overflow, codec.decode(code));
    steps.add(fields(format, code));
    return new Explain(
        x,
        type.label(),
        x,
        1,
        code,
        codec.decode(code),
        codec.decode(code),
        near.below(),
        near.above(),
        near.line(),
        closed(steps, x, codec.decode(code)));
  }

  /// Element `index` of a block in a block format, by the rules named; the tensor scale is that of
  /// the block alone.
  public static Explain value(float[] block, int index, BlockFormat format, BlockRules rules) {
    Check.argument(
        index >= 0 && index < block.length && block.length <= format.block(),
        "explain: element %d of a block of %d values; %s has blocks of %d",
        index,
        block.length,
        format.label(),
        format.block());
    float most = 0;
    for (float v : block) {
      most = Math.max(most, Math.abs(v));
    }
    float tensorScale =
        format.tensorScale() && Float.isFinite(most) ? BlockCodec.tensorScale(most, format) : 1;
    float[] elements = new float[block.length];
    float[] scales = new float[1];
    float[] back = new float[block.length];
    BlockCodec.quantize(format, rules, block, 0, block.length, tensorScale, elements, 0, scales, 0);
    BlockCodec.dequantize(format, elements, 0, block.length, scales, 0, tensorScale, back, 0);
    double scale = (double) scales[0] * tensorScale;
    double scaled = scales[0] == 0 ? 0 : block[index] / scale;
    List<String> steps = new ArrayList<>();
    steps.add(binary32(block[index]));
    steps.add(
        text(
            "largest magnitude of the block %s; scale %s (%s %s)%s",
            number(most),
            number(scales[0]),
            format.scale().label(),
            format.tensorScale() ? rules.order() : rules.scale(),
            format.tensorScale() ? ", tensor scale " + number(tensorScale) : ""));
    steps.add(text("%s / %s = %s", number(block[index]), number(scale), number(scaled)));
    boolean isFloat = format.element().isFloat();
    Neighbours near =
        isFloat ? Neighbours.of(format.element(), scaled) : Neighbours.fixed(scaled, 64, 127);
    rounding(steps, near, scaled, rules.rounding(), Overflow.SATURATE, elements[index]);
    int code =
        isFloat
            ? Codec.of(format.element())
                .encode(elements[index], Rounding.NEAREST_EVEN, Overflow.SATURATE)
            : (int) (elements[index] * 64);
    steps.add(
        isFloat
            ? fields(format.element().format().orElseThrow(), code)
            : text("code %d of 64ths", code));
    steps.add(
        text(
            "read back: %s * %s = %s",
            number(elements[index]), number(scale), number(back[index])));
    return new Explain(
        block[index],
        format.label(),
        scaled,
        scale,
        code,
        elements[index],
        back[index],
        near.below(),
        near.above(),
        near.line(),
        closed(steps, block[index], back[index]));
  }

  private static FloatFormat floatFormat(DType type) {
    Check.argument(
        type.format().isPresent() && type.bits() <= 16,
        "explain: floating-point types of at most 16 bits and block formats, was %s",
        type.label());
    return type.format().orElseThrow();
  }

  private static List<String> closed(List<String> steps, double x, double back) {
    List<String> all = new ArrayList<>(steps);
    double error = back - x;
    all.add(
        x == 0 || !Double.isFinite(x) || !Double.isFinite(back)
            ? text("%s became %s", number(x), number(back))
            : text(
                "%s became %s: error %s, %.2f %% of the value",
                number(x), number(back), number(error), 100 * Math.abs(error / x)));
    return all;
  }

  private static void rounding(
      List<String> steps,
      Neighbours near,
      double x,
      Rounding rounding,
      Overflow overflow,
      double got) {
    if (x != x) {
      steps.add(text("NaN becomes %s", number(got)));
    } else if (Math.abs(x) > near.largest()
        && (!near.isHeld() || Math.abs(got) != near.largest())) {
      steps.add(
          text(
              "beyond the largest value %s: %s gives %s",
              number(near.largest()), overflow, number(got)));
    } else if (Math.abs(x) > near.largest()) {
      steps.add(text("beyond the largest value %s, which it becomes", number(near.largest())));
    } else if (near.below() == near.above()) {
      steps.add(text("%s is a value of the format", number(x)));
    } else {
      double middle = (near.below() + near.above()) / 2;
      String place = x == middle ? "exactly at" : x < middle ? "below" : "above";
      steps.add(
          text(
              "between %s and %s, %s the middle %s: %s gives %s",
              number(near.below()),
              number(near.above()),
              place,
              number(middle),
              rounding,
              number(got)));
    }
  }

  private static String binary32(float x) {
    int bits = Float.floatToRawIntBits(x);
    return text(
        "binary32 %s = %s: sign %d, exponent %d, fraction %s",
        number(x),
        Float.toHexString(x),
        bits >>> 31,
        (bits >>> 23 & 0xff) - 127,
        padded(bits & 0x7fffff, 23));
  }

  private static String fields(FloatFormat format, int code) {
    int sign = format.signBits() == 0 ? 0 : code >>> (format.bits() - 1) & 1;
    int exponent = code >>> format.fractionBits() & ((1 << format.exponentBits()) - 1);
    String fraction =
        format.fractionBits() == 0
            ? ""
            : ", fraction "
                + padded(code & ((1 << format.fractionBits()) - 1), format.fractionBits());
    return text(
        "code 0x%x = %s: sign %d, exponent field %d (2^%d)%s",
        code,
        padded(code, format.bits()),
        sign,
        exponent,
        Math.max(exponent, format.fractionBits() == 0 ? 0 : 1) - format.bias(),
        fraction);
  }

  private static String padded(int bits, int width) {
    String digits = Integer.toBinaryString(bits);
    return "0".repeat(Math.max(0, width - digits.length())) + digits;
  }

  /// Up to nine significant digits, which name a binary32 number.
  private static String number(double x) {
    return x == Math.rint(x) && Math.abs(x) < 1e7 && (x != 0 || 1 / x > 0)
        ? String.valueOf((long) x)
        : String.valueOf((float) x);
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /// The values of a format around one.
  ///
  /// @param largest the largest finite magnitude
  /// @param isHeld whether numbers beyond it can become it
  private record Neighbours(
      double below, double above, double largest, boolean isHeld, List<Double> line) {
    static Neighbours of(DType type, double x) {
      Codec codec = Codec.of(type);
      double largest =
          codec.decode(codec.encode(Double.MAX_VALUE, Rounding.TOWARD_ZERO, Overflow.SATURATE));
      boolean isSigned = type.format().orElseThrow().signBits() == 1;
      int inward = codec.encode(Math.abs(x), Rounding.TOWARD_ZERO, Overflow.SATURATE);
      double low = x == x ? codec.decode(inward) : 0;
      int last = codec.encode(largest, Rounding.TOWARD_ZERO, Overflow.SATURATE);
      double high = low == Math.abs(x) || inward >= last ? low : codec.decode(inward + 1);
      List<Double> line = new ArrayList<>();
      int from = Math.max(0, inward - AROUND + 1);
      for (int code = from; code <= Math.min(last, inward + AROUND); code++) {
        line.add((double) codec.decode(code));
      }
      boolean isNegative = isSigned && (x < 0 || 1 / x < 0);
      return isNegative
          ? new Neighbours(
              -high, -low, largest, true, line.reversed().stream().map(v -> -v).toList())
          : new Neighbours(low, high, largest, true, line);
    }

    static Neighbours fixed(double x, int parts, int most) {
      double at = Math.clamp(x * parts, -most, most);
      List<Double> line = new ArrayList<>();
      for (int i = -AROUND + 1; i <= AROUND; i++) {
        double code = Math.floor(at) + i;
        if (Math.abs(code) <= most) {
          line.add(code / parts);
        }
      }
      return new Neighbours(
          Math.floor(at) / parts, Math.ceil(at) / parts, (double) most / parts, true, line);
    }
  }

  /// The steps, numbered.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(number(x) + " in " + format + "\n");
    for (int i = 0; i < steps.size(); i++) {
      text.append(i + 1).append(". ").append(steps.get(i)).append('\n');
    }
    return text.toString();
  }
}
