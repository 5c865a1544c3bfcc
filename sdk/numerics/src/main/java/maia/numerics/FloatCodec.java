package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// Codes of a [FloatFormat]: the exact core, and fast loops for the rules used most.
final class FloatCodec implements Codec {
  private static final int TABLE_BITS = 8;
  private static final int TF32_SHIFT = 13;

  private final DType type;
  private final FloatFormat format;
  private final int memoryShift;
  private final float[] table;
  private final @Nullable Narrow narrow;

  FloatCodec(DType type, FloatFormat format) {
    this.type = type;
    this.format = format;
    this.memoryShift = type == DType.TF32 ? TF32_SHIFT : 0;
    this.narrow = Narrow.covers(format) ? Narrow.of(format) : null;
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
    return switch (type) {
      case F32 -> x;
      case BF16 -> Half.roundBf16(x);
      default -> narrow == null ? decode(code(x)) : narrow.round(x);
    };
  }

  @Override
  public void round(float[] x, int at, int count) {
    switch (type) {
      case F32 -> {}
      case BF16 -> roundBf16(x, at, at + count);
      case F16 -> roundF16(x, at, at + count);
      default -> roundOthers(x, at, at + count);
    }
  }

  private void roundOthers(float[] x, int from, int to) {
    if (narrow == null) {
      for (int i = from; i < to; i++) {
        x[i] = decode(code(x[i]));
      }
    } else {
      roundNarrow(narrow, x, from, to);
    }
  }

  private static void roundNarrow(Narrow narrow, float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = narrow.round(x[i]);
    }
  }

  private static void roundBf16(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = Half.roundBf16(x[i]);
    }
  }

  private static void roundF16(float[] x, int from, int to) {
    for (int i = from; i < to; i++) {
      x[i] = Half.roundF16(x[i]);
    }
  }

  @Override
  public void decode(MemorySegment from, long first, long stride, int count, float[] to, int at) {
    switch (type) {
      case F32 -> PackedFloats.copy(from, first, stride, count, to, at);
      case BF16 -> HalfArrays.decode(HalfArrays.Kind.BF16, from, first, stride, count, to, at);
      case F16 -> HalfArrays.decode(HalfArrays.Kind.F16, from, first, stride, count, to, at);
      case TF32 -> decodeWords(from, first, stride, count, to, at);
      default -> Tables.decode(table, type.bits(), from, first, stride, count, to, at);
    }
  }

  private void decodeWords(
      MemorySegment from, long first, long stride, int count, float[] to, int at) {
    for (int i = 0; i < count; i++) {
      to[at + i] = decode(from.get(Packed.INT, 4 * (first + i * stride)) >>> memoryShift);
    }
  }

  @Override
  public void encode(float[] from, int at, int count, MemorySegment to, long first, long stride) {
    switch (type) {
      case F32 -> PackedFloats.copy(from, at, count, to, first, stride);
      case BF16 -> HalfArrays.encode(HalfArrays.Kind.BF16, from, at, count, to, first, stride);
      case F16 -> HalfArrays.encode(HalfArrays.Kind.F16, from, at, count, to, first, stride);
      default -> encodeSmall(from, at, count, to, first, stride);
    }
  }

  private void encodeSmall(
      float[] from, int at, int count, MemorySegment to, long first, long stride) {
    if (narrow == null) {
      encode(from, at, count, to, first, stride, Rounding.NEAREST_EVEN, Overflow.SATURATE);
    } else if (type.bits() == Byte.SIZE) {
      encodeBytes(narrow, from, at, count, to, first, stride);
    } else {
      Tables.encode(narrow, type.bits(), from, at, count, to, first, stride);
    }
  }

  private static void encodeBytes(
      Narrow narrow, float[] from, int at, int count, MemorySegment to, long first, long stride) {
    for (int i = 0; i < count; i++) {
      to.set(ValueLayout.JAVA_BYTE, first + i * stride, (byte) narrow.encode(from[at + i]));
    }
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

  private int code(float x) {
    return Conversion.encode(format, x, Rounding.NEAREST_EVEN, Overflow.SATURATE, 0);
  }
}
