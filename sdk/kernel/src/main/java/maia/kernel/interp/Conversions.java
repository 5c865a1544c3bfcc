package maia.kernel.interp;

import java.lang.foreign.MemorySegment;
import maia.kernel.ir.Term;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;

/// Conversions between element types, of plain slots of one shape.
final class Conversions {
  private Conversions() {}

  static Node cast(Term.Cast cast, Slot x, Slot out) {
    if (!cast.isPlain() && x.isFloat()) {
      return () -> named(cast, x, out);
    }
    int n = out.count();
    if (!out.isFloat()) {
      return x.isFloat()
          ? () -> LongOps.round(out.dtype, x.floats, out.longs, n)
          : () -> LongOps.saturate(out.dtype, x.longs, out.longs, n);
    }
    Node copy =
        x.isFloat()
            ? () -> System.arraycopy(x.floats, 0, out.floats, 0, n)
            : () -> FloatOps.fromLongs(x.longs, out.floats, n);
    return Terms.rounded(copy, out);
  }

  /// A conversion with its own rounding or overflow; the element's number draws for stochastic
  /// rounding.
  private static void named(Term.Cast cast, Slot x, Slot out) {
    if (out.dtype == DType.F32) {
      System.arraycopy(x.floats, 0, out.floats, 0, x.floats.length);
      return;
    }
    int n = x.floats.length;
    MemorySegment codes = MemorySegment.ofArray(new byte[(int) out.dtype.bytes(n)]);
    Codec.of(out.dtype).encode(x.floats, 0, n, codes, 0, 1, cast.rounding(), cast.overflow());
    if (out.isFloat()) {
      Codec.of(out.dtype).decode(codes, 0, 1, n, out.floats, 0);
    } else {
      for (int i = 0; i < n; i++) {
        out.longs[i] = Integers.get(out.dtype, codes, i);
      }
    }
  }

  static Node bitcast(Slot x, Slot out) {
    return () -> {
      int n = out.count();
      for (int i = 0; i < n; i++) {
        long bits = x.isFloat() ? bits(x.dtype, x.floats[i]) : x.longs[i];
        if (out.isFloat()) {
          out.floats[i] = value(out.dtype, (int) bits);
        } else {
          out.longs[i] = LongOps.wrapped(out.dtype, bits);
        }
      }
    };
  }

  private static long bits(DType type, float value) {
    return type == DType.F32
        ? Float.floatToIntBits(value)
        : Codec.of(type).encode(value, Rounding.NEAREST_EVEN, Overflow.NON_SATURATE);
  }

  private static float value(DType type, int bits) {
    return type == DType.F32 ? Float.intBitsToFloat(bits) : Codec.of(type).decode(bits);
  }
}
