package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Conversions of dense arrays that go from memory to memory in one loop.
final class MemoryConversion {
  private MemoryConversion() {}

  /// Converts and returns true, where these loops suit.
  static boolean convert(Array x, Reader reader, Array out, Rounding rounding, Overflow overflow) {
    boolean dense = reader.isDense() && Direct.is(x.segment()) && Direct.is(out.segment());
    if (!dense) {
      return false;
    }
    Optional<MemoryLoops> loops = MemoryLoops.current(out.elements());
    if (loops.isEmpty()) {
      return false;
    }
    DType given = (DType) x.type();
    if (out.type() == DType.F32 && loops.get().widens(given)) {
      widen(loops.get(), given, x, reader, out);
      return true;
    }
    if (given != DType.F32 || !(Codec.of((DType) out.type()) instanceof FloatCodec codec)) {
      return false;
    }
    @Nullable Narrow rule = codec.narrow(rounding, overflow);
    if (rule == null || !loops.get().narrows(codec.type(), rule)) {
      return false;
    }
    narrow(loops.get(), codec, rule, x, reader, out);
    return true;
  }

  private static void widen(MemoryLoops loops, DType type, Array x, Reader reader, Array out) {
    MemorySegment from = x.segment();
    MemorySegment to = out.segment();
    Elementwise.parts(
        "convert",
        out.elements(),
        (first, count) -> {
          int whole = count - count % MemoryLoops.GROUP;
          long at = reader.offset() + first;
          long outAt = out.offset() + first;
          loops.widen(type, from, 2 * at, to, 4 * outAt, whole);
          for (int i = whole; i < count; i++) {
            short code = from.get(Packed.SHORT, 2 * (at + i));
            to.set(
                Packed.FLOAT,
                4 * (outAt + i),
                type == DType.F16 ? Half.fromF16(code) : Half.fromBf16(code));
          }
        });
  }

  private static void narrow(
      MemoryLoops loops, FloatCodec codec, Narrow rule, Array x, Reader reader, Array out) {
    MemorySegment from = x.segment();
    MemorySegment to = out.segment();
    int bits = codec.type().bits();
    Elementwise.parts(
        "convert",
        out.elements(),
        (first, count) -> {
          int whole = count - count % MemoryLoops.GROUP;
          long at = reader.offset() + first;
          long outAt = out.offset() + first;
          loops.narrow(codec.type(), rule, from, 4 * at, to, bits / 8 * outAt, whole);
          for (int i = whole; i < count; i++) {
            int code = rule.encode(from.get(Packed.FLOAT, 4 * (at + i)));
            Packed.put(to, bits, outAt + i, code);
          }
        });
  }
}
