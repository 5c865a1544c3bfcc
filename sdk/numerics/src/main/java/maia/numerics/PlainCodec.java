package maia.numerics;

import java.lang.foreign.MemorySegment;
import maia.base.Check;

/// Integers, truth values and F64.
final class PlainCodec implements Codec {
  private final DType type;

  PlainCodec(DType type) {
    this.type = type;
  }

  @Override
  public DType type() {
    return type;
  }

  @Override
  public int encode(double value, Rounding rounding, Overflow overflow, long index) {
    Check.argument(
        type.bits() <= 32,
        "codec of %s: a code of %d bits does not fit an int; try: the bulk methods",
        type.label(),
        type.bits());
    int shift = 32 - type.bits();
    return (int) integer(value, rounding, index) << shift >>> shift;
  }

  @Override
  public float decode(int code) {
    return switch (type) {
      case I32 -> code;
      case I16 -> (short) code;
      case I8 -> (byte) code;
      case U8, BOOL -> code & 0xff;
      default ->
          throw new IllegalArgumentException(
              "codec of %s: a code of %d bits does not fit an int; try: the bulk methods"
                  .formatted(type.label(), type.bits()));
    };
  }

  @Override
  public float round(float x) {
    return type == DType.F64 ? x : (float) integer(x, Rounding.NEAREST_EVEN, 0);
  }

  @Override
  public void decode(MemorySegment from, long first, long stride, int count, float[] to, int at) {
    for (int i = 0; i < count; i++) {
      long index = first + i * stride;
      to[at + i] =
          switch (type) {
            case F64 -> (float) from.get(Packed.DOUBLE, 8 * index);
            case I64 -> from.get(Packed.LONG, 8 * index);
            default -> decode(Packed.get(from, type.bits(), index));
          };
    }
  }

  @Override
  public void encode(float[] from, int at, int count, MemorySegment to, long first, long stride) {
    encode(from, at, count, to, first, stride, Rounding.NEAREST_EVEN, Overflow.SATURATE);
  }

  @Override
  public void encode(
      float[] from,
      int at,
      int count,
      MemorySegment to,
      long first,
      long stride,
      Rounding rounding,
      Overflow overflow) {
    for (int i = 0; i < count; i++) {
      long index = first + i * stride;
      if (type == DType.F64) {
        to.set(Packed.DOUBLE, 8 * index, from[at + i]);
      } else {
        putLong(to, index, integer(from[at + i], rounding, index));
      }
    }
  }

  /// The element with storage index `index` as a double; exact but for I64 beyond 2^53.
  double getDouble(MemorySegment from, long index) {
    return type == DType.F64 ? from.get(Packed.DOUBLE, 8 * index) : getLong(from, index);
  }

  /// The integer with storage index `index`.
  long getLong(MemorySegment from, long index) {
    return switch (type) {
      case I64 -> from.get(Packed.LONG, 8 * index);
      case I32 -> Packed.get(from, 32, index);
      case I16 -> (short) Packed.get(from, 16, index);
      case I8 -> (byte) Packed.get(from, 8, index);
      default -> Packed.get(from, 8, index);
    };
  }

  /// Stores an integer that is in the range of the type.
  void putLong(MemorySegment to, long index, long value) {
    if (type == DType.I64) {
      to.set(Packed.LONG, 8 * index, value);
    } else {
      Packed.put(to, type.bits(), index, (int) value);
    }
  }

  /// Whether `value` is in the range of the type.
  boolean holds(long value) {
    return value >= lowest() && value <= highest();
  }

  private long integer(double value, Rounding rounding, long index) {
    if (type == DType.BOOL) {
      return value == 0 ? 0 : 1;
    }
    return Math.clamp((long) rounded(value, rounding, index), lowest(), highest());
  }

  private static double rounded(double value, Rounding rounding, long index) {
    double below = Math.floor(Math.abs(value));
    double rest = Math.abs(value) - below;
    double size =
        switch (rounding) {
          case Rounding.Fixed.NEAREST_EVEN -> Math.rint(Math.abs(value));
          case Rounding.Fixed.NEAREST_AWAY -> rest >= 0.5 ? below + 1 : below;
          case Rounding.Fixed.TOWARD_ZERO -> below;
          case Rounding.Stochastic(long seed) ->
              (Philox.rounding(seed, index) >>> 11) * 0x1p-53 < rest ? below + 1 : below;
        };
    return Math.copySign(size, value);
  }

  private long lowest() {
    return switch (type) {
      case I64 -> Long.MIN_VALUE;
      case I32 -> Integer.MIN_VALUE;
      case I16 -> Short.MIN_VALUE;
      case I8 -> Byte.MIN_VALUE;
      default -> 0;
    };
  }

  private long highest() {
    return switch (type) {
      case I64 -> Long.MAX_VALUE;
      case I32 -> Integer.MAX_VALUE;
      case I16 -> Short.MAX_VALUE;
      case I8 -> Byte.MAX_VALUE;
      case U8 -> 255;
      default -> 1;
    };
  }
}
