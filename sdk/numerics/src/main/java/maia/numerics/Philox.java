package maia.numerics;

import maia.base.Check;

/// Philox 4x32-10: random numbers as a pure function of a seed and a counter (Salmon et al.,
/// SC'11), so any element of a stream can be drawn alone and every run replays.
public final class Philox {
  private static final int MULTIPLIER_0 = 0xD2511F53;
  private static final int MULTIPLIER_1 = 0xCD9E8D57;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;
  private static final int UNIFORM = 1;
  private static final int NORMAL = 2;
  private static final int ROUNDING = 3;
  private static final int BITS = 4;
  private static final float TWO_PI = 6.2831855f;

  private Philox() {}

  /// Word `lane` (0 to 3) of the block with this seed (the key) and counter (the low 64 of 128
  /// bits; the high bits are zero).
  public static int next(long seed, long counter, int lane) {
    Check.argument(lane >= 0 && lane < 4, "philox: lane must be 0 to 3, was %d", lane);
    return word(seed, counter, 0, 0, lane);
  }

  /// Element `index` of the uniform stream of `seed`: a multiple of 2^-24 in [0, 1).
  public static float uniform(long seed, long index) {
    return (word(seed, index >>> 2, 0, UNIFORM, (int) index & 3) >>> 8) * 0x1p-24f;
  }

  /// Element `index` of the standard normal stream of `seed` (Box-Muller, pairs of neighbours).
  public static float normal(long seed, long index) {
    long block = index >>> 2;
    int pair = (int) index & 2;
    float radius = (word(seed, block, 0, NORMAL, pair) >>> 8) * 0x1p-24f + 0x1p-24f;
    float angle = TWO_PI * ((word(seed, block, 0, NORMAL, pair + 1) >>> 8) * 0x1p-24f);
    float length = (float) Math.sqrt(-2f * Fmath.log(radius));
    return length * ((index & 1) == 0 ? Fmath.cos(angle) : Fmath.sin(angle));
  }

  /// Element `index` of the stream of 64 random bits of `seed`.
  public static long bits(long seed, long index) {
    long high = word(seed, index, 0, BITS, 0);
    return high << 32 | Integer.toUnsignedLong(word(seed, index, 0, BITS, 1));
  }

  /// 64 random bits for rounding element `index`.
  static long rounding(long seed, long index) {
    long high = word(seed, index, 0, ROUNDING, 0);
    return high << 32 | Integer.toUnsignedLong(word(seed, index, 0, ROUNDING, 1));
  }

  /// One word of the block with the 128-bit counter `counter`, `c2`, `c3` (low word first).
  static int word(long seed, long counter, int c2, int c3, int lane) {
    int x0 = (int) counter;
    int x1 = (int) (counter >>> 32);
    int x2 = c2;
    int x3 = c3;
    int k0 = (int) seed;
    int k1 = (int) (seed >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long p0 = Integer.toUnsignedLong(MULTIPLIER_0) * Integer.toUnsignedLong(x0);
      long p1 = Integer.toUnsignedLong(MULTIPLIER_1) * Integer.toUnsignedLong(x2);
      x0 = (int) (p1 >>> 32) ^ x1 ^ k0;
      x1 = (int) p1;
      x2 = (int) (p0 >>> 32) ^ x3 ^ k1;
      x3 = (int) p0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    return switch (lane) {
      case 0 -> x0;
      case 1 -> x1;
      case 2 -> x2;
      default -> x3;
    };
  }
}
