package maia.numerics;

import java.util.Locale;
import java.util.Optional;

/// A scalar element type.
public enum DType implements ElementType {
  /// IEEE binary64; host only.
  F64(64, null),
  /// IEEE binary32.
  F32(32, FloatFormat.F32),
  /// 19-bit format of other vendors' tensor units, kept in 32 bits; conversion only.
  TF32(32, FloatFormat.TF32),
  /// The upper half of binary32.
  BF16(16, FloatFormat.BF16),
  /// IEEE binary16.
  F16(16, FloatFormat.F16),
  /// OCP OFP8 E4M3: no infinity, NaN at all ones.
  FP8_E4M3(8, FloatFormat.E4M3),
  /// OCP OFP8 E5M2: IEEE-like with infinity.
  FP8_E5M2(8, FloatFormat.E5M2),
  /// E4M3 with bias 8, one NaN at 0x80 and no negative zero.
  FP8_E4M3FNUZ(8, FloatFormat.E4M3FNUZ),
  /// E5M2 with bias 16, one NaN at 0x80 and no negative zero.
  FP8_E5M2FNUZ(8, FloatFormat.E5M2FNUZ),
  /// E4M3 with IEEE infinity and NaN.
  FP8_E4M3IEEE(8, FloatFormat.E4M3IEEE),
  /// E3M4 with IEEE infinity and NaN.
  FP8_E3M4(8, FloatFormat.E3M4),
  /// OCP FP6 E2M3, finite only, packed four in three bytes.
  FP6_E2M3(6, FloatFormat.E2M3),
  /// OCP FP6 E3M2, finite only, packed four in three bytes.
  FP6_E3M2(6, FloatFormat.E3M2),
  /// OCP FP4 E2M1, finite only, packed two in a byte, low nibble first.
  FP4_E2M1(4, FloatFormat.E2M1),
  /// Power-of-two scale, 2^(code-127), NaN at 0xff.
  E8M0(8, FloatFormat.E8M0),
  /// Unsigned E4M3: the block scale of NVFP4.
  UE4M3(8, FloatFormat.UE4M3),
  /// Signed 64-bit integer.
  I64(64, null),
  /// Signed 32-bit integer.
  I32(32, null),
  /// Signed 16-bit integer.
  I16(16, null),
  /// Signed 8-bit integer.
  I8(8, null),
  /// Unsigned 8-bit integer.
  U8(8, null),
  /// Truth value, one byte in memory.
  BOOL(8, null);

  private final int bits;
  private final Optional<FloatFormat> format;

  DType(int bits, @org.jspecify.annotations.Nullable FloatFormat format) {
    this.bits = bits;
    this.format = Optional.ofNullable(format);
  }

  /// Bits one element takes in memory.
  public int bits() {
    return bits;
  }

  /// The floating-point layout; empty for integers, booleans and [#F64].
  public Optional<FloatFormat> format() {
    return format;
  }

  /// Whether this is a floating-point type.
  public boolean isFloat() {
    return this == F64 || format.isPresent();
  }

  /// Whether this is an integer type; [#BOOL] is not.
  public boolean isInteger() {
    return !isFloat() && this != BOOL;
  }

  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public long bytes(long elements) {
    return Math.ceilDiv(Math.multiplyExact(elements, (long) bits), 8L);
  }
}
