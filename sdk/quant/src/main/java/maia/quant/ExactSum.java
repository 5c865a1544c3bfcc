package maia.quant;

import java.math.BigInteger;

/// A sum of products of binary32 numbers without rounding: a fixed-point number wide enough for all
/// of them (Kulisch), 32 bits to a word.
final class ExactSum {
  /// The lowest bit is 2^-300; products of binary32 numbers reach from 2^-298 to 2^256.
  private static final int LOWEST = -300;

  private static final int WORDS = 20;
  private static final long MASK = 0xffffffffL;
  private static final int CARRY_EVERY = 1 << 28;

  private final long[] words = new long[WORDS];
  private int added;

  void add(float a, float b) {
    double product = (double) a * b;
    if (product == 0) {
      return;
    }
    long bits = Double.doubleToRawLongBits(product);
    long significand = bits & (1L << 52) - 1 | 1L << 52;
    int at = (int) (bits >>> 52 & 0x7ff) - 1075 - LOWEST;
    int word = at >> 5;
    int shift = at & 31;
    long low = (significand & MASK) << shift;
    long high = (significand >>> 32) << shift;
    long sign = bits < 0 ? -1 : 1;
    words[word] += sign * (low & MASK);
    words[word + 1] += sign * ((low >>> 32) + (high & MASK));
    words[word + 2] += sign * (high >>> 32);
    if (++added == CARRY_EVERY) {
      carry();
    }
  }

  private void carry() {
    for (int i = 0; i < WORDS - 1; i++) {
      long over = words[i] >> 32;
      words[i] -= over << 32;
      words[i + 1] += over;
    }
    added = 0;
  }

  /// The nearest binary32 number, ties to even; infinite beyond the range.
  float round() {
    BigInteger sum = BigInteger.ZERO;
    for (int i = WORDS - 1; i >= 0; i--) {
      sum = sum.shiftLeft(32).add(BigInteger.valueOf(words[i]));
    }
    if (sum.signum() == 0) {
      return 0;
    }
    BigInteger size = sum.abs();
    int kept = Math.min(24, size.bitLength() + LOWEST + 149);
    int shift = size.bitLength() - kept;
    BigInteger units = shift > 0 ? size.shiftRight(shift) : size.shiftLeft(-shift);
    if (shift > 0) {
      BigInteger rest = size.subtract(units.shiftLeft(shift));
      int order = rest.compareTo(BigInteger.ONE.shiftLeft(shift - 1));
      if (order > 0 || order == 0 && units.testBit(0)) {
        units = units.add(BigInteger.ONE);
      }
    }
    float value = (float) Math.scalb((double) units.longValue(), shift + LOWEST);
    return sum.signum() < 0 ? -value : value;
  }
}
