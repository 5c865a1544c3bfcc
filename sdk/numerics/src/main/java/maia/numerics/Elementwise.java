package maia.numerics;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import maia.base.Check;

/// Functions of each element or each row of arrays, on all processors, with nothing taken from the
/// heap per element: short stretches are decoded to fp32, computed where the first cache holds
/// them, and rounded to the type of the result. Inputs may be strided, repeated and of any scalar
/// type that fp32 holds; the result lies densely in row order. Bits depend on the values alone.
public final class Elementwise {
  /// Elements of a stretch; a multiple of what packed types and the lanes of reductions need.
  static final int STRETCH = 2048;

  /// Elements one thread takes at a time.
  static final long PART = 16 * STRETCH;

  private Elementwise() {}

  /// A function of each element.
  @FunctionalInterface
  public interface Map {
    /// Replaces `x[0..count]`; `spare` has as many elements with anything in them.
    void apply(float[] x, float[] spare, int count);
  }

  /// A function of two elements.
  @FunctionalInterface
  public interface Combine {
    /// Replaces `a[0..count]` by the results.
    void apply(float[] a, float[] b, int count);
  }

  /// Arithmetic on two elements that is bound by memory and has loops of its own.
  public enum Pair {
    /// a + b.
    ADD,
    /// a - b.
    SUB,
    /// a * b.
    MUL,
    /// a / b.
    DIV
  }

  /// `out = f(x)`; the shapes hold equally many elements.
  ///
  /// @param what the work, for the message of an interrupt
  public static void map(String what, Array x, Array out, Map f) {
    Reader reader = new Reader(x);
    Target target = new Target(out);
    stretches(
        what,
        target.count,
        (from, count) -> {
          float[] first = Scratch.floats(Scratch.Slot.FIRST, STRETCH);
          reader.read(from, count, first, 0);
          f.apply(first, Scratch.floats(Scratch.Slot.SECOND, STRETCH), count);
          target.write(first, from, count);
        });
  }

  /// `out = f(x)`, as [#map(String, Array, Array, Map)]; arrays of F32 in host memory are not
  /// copied.
  public static void map(Function f, Array x, Array out) {
    String what = f.name();
    Reader reader = new Reader(x);
    Optional<MemoryLoops> loops =
        isDirect(x) && isDirect(out) && reader.isDense()
            ? MemoryLoops.current(MemoryLoops.Kind.of(f), out.elements())
            : Optional.empty();
    if (loops.isEmpty()) {
      map(what, x, out, f::apply);
      return;
    }
    MemoryLoops direct = loops.get();
    Target target = new Target(out);
    stretches(
        what,
        target.count,
        (from, count) -> {
          int whole = count - count % MemoryLoops.GROUP;
          long at = 4 * (reader.offset() + from);
          long outAt = 4 * (target.offset + from);
          int done = direct.map(f, x.segment(), at, out.segment(), outAt, whole);
          if (done < count) {
            float[] rest = Scratch.floats(Scratch.Slot.FIRST, STRETCH);
            reader.read(from + done, count - done, rest, 0);
            f.apply(rest, Scratch.floats(Scratch.Slot.SECOND, STRETCH), count - done);
            target.write(rest, from + done, count - done);
          }
        });
  }

  /// `out = x` in the type of `out` under these rules; both hold equally many elements of
  /// floating-point types of at most 32 bits. The place of an element in `out` is its number for
  /// stochastic rounding.
  public static void convert(Array x, Array out, Rounding rounding, Overflow overflow) {
    Reader reader = new Reader(x);
    if (MemoryConversion.convert(x, reader, out, rounding, overflow)) {
      return;
    }
    Target target = new Target(out);
    stretches(
        "convert",
        target.count,
        (from, count) -> {
          float[] values = Scratch.floats(Scratch.Slot.FIRST, STRETCH);
          reader.read(from, count, values, 0);
          target.write(values, from, count, rounding, overflow);
        });
  }

  /// `out = f(a, b)`; both inputs already have the shape of the result, repeated where needed.
  public static void combine(String what, Array a, Array b, Array out, Combine f) {
    Reader left = new Reader(a);
    Reader right = new Reader(b);
    Target target = new Target(out);
    stretches(
        what,
        target.count,
        (from, count) -> {
          float[] first = Scratch.floats(Scratch.Slot.FIRST, STRETCH);
          float[] second = Scratch.floats(Scratch.Slot.SECOND, STRETCH);
          left.read(from, count, first, 0);
          right.read(from, count, second, 0);
          f.apply(first, second, count);
          target.write(first, from, count);
        });
  }

  /// `out = a op b`, as [#combine]; arrays of F32 in host memory are not copied.
  public static void combine(Pair op, Array a, Array b, Array out) {
    Reader left = new Reader(a);
    Reader right = new Reader(b);
    long count = out.elements();
    Kernels kernels = Kernels.current(Kernels.Kind.of(op), count);
    boolean direct = isDirect(a) && isDirect(b) && isDirect(out) && left.isDense();
    if (!direct || !kernels.hasPairs() || !(right.isDense() || right.isOne())) {
      combine(op.name(), a, b, out, (x, y, n) -> plain(op, x, y, n));
      return;
    }
    MemorySegment from = a.segment();
    MemorySegment to = out.segment();
    if (right.isDense()) {
      parts(
          op.name(),
          count,
          (at, size) ->
              kernels.pair(
                  op,
                  from,
                  left.offset() + at,
                  b.segment(),
                  right.offset() + at,
                  to,
                  out.offset() + at,
                  size));
    } else {
      float[] one = new float[1];
      right.dense(right.offset(), 1, one, 0);
      parts(
          op.name(),
          count,
          (at, size) ->
              kernels.pair(op, from, left.offset() + at, one[0], to, out.offset() + at, size));
    }
  }

  /// `out = f(x)` row by row of `size` elements: `f` may look at the whole row. `spare` holds
  /// `size` elements too.
  public static void rows(String what, Array x, Array out, int size, Map f) {
    Reader reader = new Reader(x);
    Target target = new Target(out);
    Parallel.ranges(
        what,
        size == 0 ? 0 : target.count / size,
        Math.max(1, PART / Math.max(1, size)),
        (first, end) -> {
          float[] row = Scratch.floats(Scratch.Slot.FIRST, size);
          float[] spare = Scratch.floats(Scratch.Slot.SECOND, size);
          for (long r = first; r < end; r++) {
            reader.read(r * size, size, row, 0);
            f.apply(row, spare, size);
            target.write(row, r * size, size);
          }
        });
  }

  /// Adds `bias` to every row of the dense F32 array `x`, in place.
  public static void addToRows(Array x, float[] bias) {
    int n = bias.length;
    MemorySegment memory = x.segment();
    Parallel.ranges(
        "bias",
        n == 0 ? 0 : x.elements() / n,
        Math.max(1, PART / Math.max(1, n)),
        (first, end) -> {
          float[] row = Scratch.floats(Scratch.Slot.FIRST, n);
          for (long r = first; r < end; r++) {
            long at = 4 * (x.offset() + r * n);
            MemorySegment.copy(memory, Packed.FLOAT, at, row, 0, n);
            plain(Pair.ADD, row, bias, n);
            MemorySegment.copy(row, 0, memory, Packed.FLOAT, at, n);
          }
        });
  }

  /// Whether loops on memory take its elements.
  static boolean isDirect(Array x) {
    return x.type() == DType.F32 && Direct.is(x.segment());
  }

  /// In loops that the compiler turns into vectors by itself.
  static void plain(Pair op, float[] a, float[] b, int count) {
    switch (op) {
      case ADD -> {
        for (int i = 0; i < count; i++) {
          a[i] += b[i];
        }
      }
      case SUB -> {
        for (int i = 0; i < count; i++) {
          a[i] -= b[i];
        }
      }
      case MUL -> {
        for (int i = 0; i < count; i++) {
          a[i] *= b[i];
        }
      }
      case DIV -> {
        for (int i = 0; i < count; i++) {
          a[i] /= b[i];
        }
      }
    }
  }

  /// Work on `count` elements from number `from` on.
  @FunctionalInterface
  interface Stretch {
    void run(long from, int count);
  }

  static void parts(String what, long count, Stretch body) {
    Parallel.ranges(what, count, PART, (from, to) -> body.run(from, (int) (to - from)));
  }

  static void stretches(String what, long count, Stretch body) {
    Parallel.ranges(
        what,
        count,
        PART,
        (from, to) -> {
          for (long at = from; at < to; at += STRETCH) {
            body.run(at, (int) Math.min(STRETCH, to - at));
          }
        });
  }

  /// A dense array that is written.
  private static final class Target {
    private final MemorySegment memory;
    private final Codec codec;
    private final long offset;
    private final long count;

    Target(Array out) {
      this.memory = out.segment();
      this.codec = Codec.of((DType) out.type());
      this.offset = out.offset();
      this.count = out.elements();
      Check.argument(
          new Reader(out).isDense() || count <= 1, "elementwise: the result must lie densely");
    }

    void write(float[] from, long at, int size) {
      codec.encode(from, 0, size, memory, offset + at, 1);
    }

    void write(float[] from, long at, int size, Rounding rounding, Overflow overflow) {
      codec.encode(from, 0, size, memory, offset + at, 1, rounding, overflow);
    }
  }
}
