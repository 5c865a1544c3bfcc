package maia.numerics;

import java.lang.foreign.MemorySegment;

/// Codes of a [FloatFormat].
final class FloatCodec implements Codec {
  private static final int TABLE_BITS = 8;

  private final DType type;
  private final FloatFormat format;
  private final int memoryShift;
  private final float[] table;

  FloatCodec(DType type, FloatFormat format) {
    this.type = type;
    this.format = format;
    this.memoryShift = type == DType.TF32 ? 13 : 0;
    this.table = new float[type.bits() <= TABLE_BITS ? 1 << type.bits() : 0];
    for (int code = 0; code < table.length; code++) {
      table[code] = Conversion.decode(format, code);
    }
  }

  @Override
  public DType type() {
    return type;
  }

  @Override
  public int encode(double value, Rounding rounding, Overflow overflow, long index) {
    return Conversion.encode(format, value, rounding, overflow, index);
  }

  @Override
  public float decode(int code) {
    return table.length > 0 ? table[code & (table.length - 1)] : Conversion.decode(format, code);
  }

  @Override
  public float round(float x) {
    return decode(Conversion.encode(format, x, Rounding.NEAREST_EVEN, Overflow.SATURATE, 0));
  }

  @Override
  public void decode(MemorySegment from, long first, long stride, int count, float[] to, int at) {
    for (int i = 0; i < count; i++) {
      to[at + i] = decode(Packed.get(from, type.bits(), first + i * stride) >>> memoryShift);
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
      int code = Conversion.encode(format, from[at + i], rounding, overflow, index);
      Packed.put(to, type.bits(), index, code << memoryShift);
    }
  }
}
