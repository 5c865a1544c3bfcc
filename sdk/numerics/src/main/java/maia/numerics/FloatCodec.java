package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
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
  private final List<Narrow> rules;

  FloatCodec(DType type, FloatFormat format) {
    this.type = type;
    this.format = format;
    this.memoryShift = type == DType.TF32 ? TF32_SHIFT : 0;
    this.narrow = Narrow.covers(format) ? Narrow.of(format) : null;
    this.rules = narrow == null ? List.of() : rules(format);
    this.table = new float[type.bits() <= TABLE_BITS ? 1 << type.bits() : 0];
    for (int code = 0; code < table.length; code++) {
      table[code] = Conversion.decode(format, code);
    }
  }

  /// By rounding, and in it by overflow.
  private static List<Narrow> rules(FloatFormat format) {
    return Arrays.stream(Rounding.Fixed.values())
        .flatMap(rounding ->
            Arrays.stream(Overflow.values()).map(over -> Narrow.of(format, rounding, over)))
        .toList();
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
    if (narrow != null) {
      CodeLoops.current(count).round(narrow, x, at, count);
    } else if (type != DType.F32) {
      for (int i = at; i < at + count; i++) {
        x[i] = decode(code(x[i]));
      }
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
    if (type == DType.F32) {
      PackedFloats.copy(from, at, count, to, first, stride);
    } else if (narrow != null && rounding instanceof Rounding.Fixed fixed) {
      Narrow rule = rule(fixed, overflow);
      encode(rule, from, at, count, to, first, stride);
    } else {
      for (int i = 0; i < count; i++) {
        long index = first + i * stride;
        int bits = Float.floatToRawIntBits(from[at + i]);
        int code =
            isScale(bits)
                ? bits >>> Narrow.FRACTION
                : Conversion.encode(format, from[at + i], rounding, overflow, index);
        Packed.put(to, type.bits(), index, code << memoryShift);
      }
    }
  }

  private Narrow rule(Rounding.Fixed rounding, Overflow overflow) {
    return rules.get(rounding.ordinal() * Overflow.values().length + overflow.ordinal());
  }

  /// The integer conversion under these rules, or null where there is none.
  @Nullable Narrow narrow(Rounding rounding, Overflow overflow) {
    return narrow != null && rounding instanceof Rounding.Fixed fixed
        ? rule(fixed, overflow)
        : null;
  }

  /// Whether these are the bits of a normal power of two and the codes are its exponent field.
  private boolean isScale(int bits) {
    return type == DType.E8M0
        && (bits & (1 << Narrow.FRACTION) - 1) == 0
        && bits > 0
        && bits < Narrow.INFINITY;
  }

  private void encode(
      Narrow rule, float[] from, int at, int count, MemorySegment to, long first, long stride) {
    switch (type.bits()) {
      case Short.SIZE -> HalfArrays.encode(rule, from, at, count, to, first, stride);
      case Integer.SIZE -> {
        for (int i = 0; i < count; i++) {
          to.set(Packed.INT, 4 * (first + i * stride), rule.encode(from[at + i]) << memoryShift);
        }
      }
      default -> Tables.encode(rule, type.bits(), from, at, count, to, first, stride);
    }
  }

  private int code(float x) {
    return Conversion.encode(format, x, Rounding.NEAREST_EVEN, Overflow.SATURATE, 0);
  }
}
