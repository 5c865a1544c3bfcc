package maia.sim;

import java.lang.foreign.MemorySegment;
import maia.npl.Lane;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Philox;
import maia.numerics.Rounding;

/// Lane operations on the bits of numbers.
final class LaneBits {
  private static final long WORD = 0xffff_ffffL;

  private LaneBits() {}

  static boolean isShift(Lane.BinaryOp op) {
    return switch (op) {
      case SHL, SHR, USHR, UMULHI -> true;
      case ADD, SUB, MUL, DIV, REM, MIN, MAX, LT, LE, GT, GE, EQ, NE, AND, OR, XOR -> false;
    };
  }

  /// Replaces `a` by the result; a count outside the width is an [ArithmeticException].
  static void shift(LaneNode.Binary node, long[] a, long[] b) {
    int bits = node.bits();
    for (int i = 0; i < a.length; i++) {
      if (node.op() != Lane.BinaryOp.UMULHI && (b[i] < 0 || b[i] >= bits)) {
        throw new ArithmeticException("shift by %d of a %d-bit integer".formatted(b[i], bits));
      }
      a[i] = bits == Long.SIZE ? wide(node.op(), a[i], b[i]) : narrow(node.op(), a[i], b[i]);
    }
  }

  private static long wide(Lane.BinaryOp op, long a, long b) {
    return switch (op) {
      case SHL -> a << b;
      case SHR -> a >> b;
      case USHR -> a >>> b;
      default -> Math.unsignedMultiplyHigh(a, b);
    };
  }

  private static long narrow(Lane.BinaryOp op, long a, long b) {
    return switch (op) {
      case SHL -> (int) a << b;
      case SHR -> (int) a >> b;
      case USHR -> (int) a >>> b;
      default -> (int) ((a & WORD) * (b & WORD) >>> Integer.SIZE);
    };
  }

  static long[] philox(LaneNode.Philox node, long[] seed, long[] offset) {
    long[] out = new long[seed.length];
    for (int i = 0; i < out.length; i++) {
      long counter = node.isWide() ? offset[i] : offset[i] & WORD;
      out[i] = Philox.next(seed[i], counter, node.word());
    }
    return out;
  }

  // ---- bits of one type read as another

  private static long[] codes(DType type, LaneEval.Values x) {
    if (!type.isFloat()) {
      return x.longs();
    }
    float[] in = x.floats();
    long[] codes = new long[in.length];
    Codec codec = Codec.of(type);
    for (int i = 0; i < in.length; i++) {
      codes[i] =
          type == DType.F32
              ? Float.floatToIntBits(in[i])
              : codec.encode(in[i], Rounding.NEAREST_EVEN, Overflow.NON_SATURATE);
    }
    return codes;
  }

  static float[] toFloats(LaneNode.Bitcast node, LaneEval.Values x) {
    long[] codes = codes(node.from(), x);
    float[] out = new float[codes.length];
    Codec codec = Codec.of(node.to());
    for (int i = 0; i < out.length; i++) {
      int code = (int) codes[i];
      out[i] = node.to() == DType.F32 ? Float.intBitsToFloat(code) : codec.decode(code);
    }
    return out;
  }

  static long[] toLongs(LaneNode.Bitcast node, LaneEval.Values x) {
    long[] codes = codes(node.from(), x);
    long[] out = new long[codes.length];
    for (int i = 0; i < out.length; i++) {
      out[i] =
          switch (node.to()) {
            case I64 -> codes[i];
            case I16 -> (short) codes[i];
            case I8 -> (byte) codes[i];
            case U8 -> codes[i] & 0xff;
            default -> (int) codes[i];
          };
    }
    return out;
  }

  // ---- conversions with their own rules

  private static MemorySegment encoded(LaneNode.Cast cast, float[] x) {
    DType type = cast.type();
    MemorySegment memory = MemorySegment.ofArray(new byte[(int) type.bytes(x.length)]);
    Lane.Cast rules = cast.rules();
    Codec.of(type).encode(x, 0, x.length, memory, 0, 1, rules.rounding(), rules.overflow());
    return memory;
  }

  static float[] convert(LaneNode.Cast cast, float[] x) {
    if (cast.type() == DType.F32) {
      return x;
    }
    float[] out = new float[x.length];
    Codec.of(cast.type()).decode(encoded(cast, x), 0, 1, x.length, out, 0);
    return out;
  }

  static long[] convertToLongs(LaneNode.Cast cast, float[] x) {
    MemorySegment memory = encoded(cast, x);
    long[] out = new long[x.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = Integers.get(cast.type(), memory, i);
    }
    return out;
  }
}
