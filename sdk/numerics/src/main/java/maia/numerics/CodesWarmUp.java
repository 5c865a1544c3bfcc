package maia.numerics;

import java.util.List;

/// What runs the loops of conversions until they are compiled.
final class CodesWarmUp {
  private static final int BLOCK = 8;

  /// Elements per step of loops that run with each of the roundings.
  private static final int FEW = 4;

  private static final List<Narrow> SMALL = formats(FloatFormat.E4M3);
  private static final List<Narrow> WIDE = formats(FloatFormat.BF16);

  private CodesWarmUp() {}

  private static List<Narrow> formats(FloatFormat format) {
    return List.of(Rounding.Fixed.values()).stream()
        .map(rounding -> Narrow.of(format, rounding, Overflow.NON_SATURATE))
        .toList();
  }

  static List<Exercise.Loop> of(CodeLoops codes) {
    int size = BLOCK * Exercise.STEPS;
    float[] x = new float[size];
    byte[] bytes = new byte[size];
    short[] shorts = new short[size];
    int[] largest = new int[size];
    Narrow small = Narrow.of(FloatFormat.E4M3);
    Narrow wide = Narrow.of(FloatFormat.BF16);
    return List.of(
        n -> SMALL.forEach(format -> codes.encode(format, x, 0, FEW * n, bytes, 0)),
        n -> WIDE.forEach(format -> codes.encode(format, x, 0, FEW * n, shorts, 0)),
        n -> codes.encode(small, x, 0, BLOCK, n, x, bytes, 0),
        n -> codes.encode(small, x, 0, BLOCK * n, bytes, 0),
        n -> codes.round(small, x, 0, BLOCK * n),
        n -> codes.round(wide, x, 0, BLOCK * n),
        n -> codes.largest(x, 0, BLOCK, n, largest),
        n -> codes.multiply(x, 0, BLOCK, n, x, x, 0),
        n -> codes.divide(x, 0, BLOCK, n, x, x, 0));
  }
}
