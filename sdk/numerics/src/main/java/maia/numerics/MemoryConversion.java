package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Conversions of dense arrays that go from memory to memory in one loop.
final class MemoryConversion {
  /// One factor for all.
  static final float[] ONE = {1};

  private MemoryConversion() {}

  /// Converts and returns true, where these loops suit.
  static boolean convert(Array x, Reader reader, Array out, Rounding rounding, Overflow overflow) {
    boolean dense = reader.isDense() && Direct.is(x.segment()) && Direct.is(out.segment());
    if (!dense) {
      return false;
    }
    DType given = (DType) x.type();
    Optional<MemoryLoops> loops =
        MemoryLoops.current(kind(given, (DType) out.type()), out.elements());
    if (loops.isEmpty()) {
      return false;
    }
    if (out.type() == DType.F32) {
      return toFloats(loops.get(), given, x, reader, out);
    }
    if (given != DType.F32 || !(Codec.of((DType) out.type()) instanceof FloatCodec codec)) {
      return false;
    }
    @Nullable Narrow rule = codec.narrow(rounding, overflow);
    if (rule == null) {
      return false;
    }
    if (loops.get().narrows(codec.type(), rule)) {
      narrow(loops.get(), codec, rule, x, reader, out);
      return true;
    }
    boolean packs = codec.type().bits() < Byte.SIZE && isWhole(codec.type(), out.offset());
    Optional<BlockLoops> blocks = loops.get().blocks().filter(all -> packs && all.takes(rule));
    blocks.ifPresent(all -> pack(all, codec, rule, x, reader, out));
    return blocks.isPresent();
  }

  private static MemoryLoops.Kind kind(DType from, DType to) {
    if (to == DType.F32) {
      return from.bits() > Byte.SIZE ? MemoryLoops.Kind.HALVES : MemoryLoops.Kind.DEQUANTIZE;
    }
    if (to.bits() < Byte.SIZE) {
      return MemoryLoops.Kind.codes(to.bits());
    }
    return to.bits() == Byte.SIZE ? MemoryLoops.Kind.BYTES : MemoryLoops.Kind.HALVES;
  }

  private static boolean toFloats(
      MemoryLoops loops, DType type, Array x, Reader reader, Array out) {
    if (loops.widens(type)) {
      widen(loops, type, x, reader, out);
      return true;
    }
    Optional<Widen> known = type.format().filter(Widen::covers).map(Widen::of);
    boolean fits = known.isPresent() && isWhole(type, reader.offset());
    Optional<BlockLoops> blocks = loops.blocks().filter(_ -> fits);
    blocks.ifPresent(all -> unpack(all, type, known.orElseThrow(), x, reader, out));
    return blocks.isPresent();
  }

  /// Whether the element at this index begins with a byte.
  private static boolean isWhole(DType type, long offset) {
    return offset * type.bits() % Byte.SIZE == 0;
  }

  private static void unpack(
      BlockLoops loops, DType type, Widen format, Array x, Reader reader, Array out) {
    MemorySegment to = out.segment();
    Elementwise.parts(
        "convert",
        out.elements(),
        (first, count) -> {
          int whole = count - count % BlockLoops.STEP;
          long at = reader.offset() + first;
          long toAt = 4 * (out.offset() + first);
          long from = at * type.bits() / Byte.SIZE;
          loops.values(format, x.segment(), from, whole, BlockLoops.ALL, ONE, 1, to, toAt);
          for (int i = whole; i < count; i++) {
            int code = Packed.get(x.segment(), type.bits(), at + i);
            to.set(Packed.FLOAT, toAt + 4L * i, Codec.of(type).decode(code));
          }
        });
  }

  /// Packed codes are those of blocks whose scale is one.
  private static void pack(
      BlockLoops loops, FloatCodec codec, Narrow rule, Array x, Reader reader, Array out) {
    MemorySegment from = x.segment();
    MemorySegment to = out.segment();
    int bits = codec.type().bits();
    int block = BlockLoops.BLOCK;
    BlockRun run = new BlockRun(loops, rule, false, bits, block, Powers.ONE, from, to);
    Elementwise.parts(
        "convert",
        out.elements(),
        (first, size) -> {
          long at = 4 * (reader.offset() + first);
          long toAt = out.offset() + first;
          run.run(
              at,
              size / block,
              toAt * bits / Byte.SIZE,
              (b, count, ordinary, _) -> {
                for (long i = b * block; !ordinary && i < (b + count) * block; i += block) {
                  if (loops.largest(from, at + 4 * i, block) > Narrow.INFINITY) {
                    pack(rule, from, at, to, toAt, i, i + block, bits);
                  }
                }
              });
          pack(rule, from, at, to, toAt, size - size % block, size, bits);
        });
  }

  /// Codes of elements from number `first` up to `end`, one by one.
  private static void pack(
      Narrow rule,
      MemorySegment from,
      long at,
      MemorySegment to,
      long toAt,
      long first,
      long end,
      int bits) {
    for (long i = first; i < end; i++) {
      Packed.put(to, bits, toAt + i, rule.encode(from.get(Packed.FLOAT, at + 4 * i)));
    }
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
          int whole = count - count % MemoryLoops.CODES;
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
