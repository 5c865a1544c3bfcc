package maia.kernel.interp;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import maia.base.Check;
import maia.base.Origin;
import maia.kernel.ir.BinaryOp;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;
import maia.numerics.Codec;
import maia.numerics.DType;
import maia.numerics.Philox;
import org.jspecify.annotations.Nullable;

/// Turns terms into slots: views cost nothing, everything else becomes a node.
final class Terms {
  private final Emission emission;
  private final Instance program;
  private final Arguments arguments;
  private final Map<Value, Slot> slots = new HashMap<>();

  Terms(Emission emission, Instance program, Arguments arguments) {
    this.emission = emission;
    this.program = program;
    this.arguments = arguments;
  }

  /// Says where the elements of `value` lie from here on.
  void define(Value value, Slot slot) {
    slots.put(value, slot);
  }

  /// Where the elements of `value` lie.
  Slot of(Value value) {
    return Check.present(slots.get(value), "kernel.interp", value);
  }

  /// Forgets the values that `which` accepts.
  void forget(Predicate<Value> which) {
    slots.keySet().removeIf(which);
  }

  /// Whether `value` has been given a place.
  boolean knows(Value value) {
    return slots.containsKey(value);
  }

  /// The elements of `term` as a view.
  Slot of(Term term, Origin origin) {
    return of(term, null, origin);
  }

  /// The elements of `term` one after another.
  Slot plain(Term term, Origin origin) {
    Slot slot = of(term, origin);
    return emission.plain(slot, slot.shape);
  }

  /// The elements of `term`; those of an arithmetic operation go to `target` when it is given.
  Slot of(Term term, @Nullable Slot target, Origin origin) {
    return switch (term) {
      case Term.Ref(var value) -> of(value);
      case Term.Int(long value, var dtype) -> constant(dtype, value);
      case Term.Real(float value, var dtype) -> constant(dtype, value);
      case Term.Iota(int size) -> iota(size);
      case Term.ProgramId(int dim) -> program.id(dim);
      case Term.NumPrograms(int dim) -> constant(DType.I64, program.size(dim));
      case Term.Size(var array, int dim) -> constant(DType.I64, arguments.array(array).shape[dim]);
      case Term.Scalar(var name, var dtype) ->
          dtype.isFloat()
              ? constant(dtype, arguments.number(name).floatValue())
              : constant(dtype, arguments.number(name).longValue());
      case Term.Unary t -> unary(t, target, origin);
      case Term.Binary t -> binary(t, target, origin);
      case Term.Fma t -> fma(t, target, origin);
      case Term.Select t -> select(t, target, origin);
      case Term.Cast t -> cast(t, target, origin);
      case Term.Unsqueeze(int dim, var x) -> of(x, origin).unsqueezed(dim);
      case Term.Transpose(var x) -> of(x, origin).transposed();
      case Term.Broadcast(var shape, var x) -> of(x, origin).stretched(Slot.sizes(shape));
      case Term.Reshape(var shape, var x) -> plain(x, origin).reshaped(Slot.sizes(shape));
      case Term.Permute(var order, var x) -> of(x, origin).permuted(Slot.sizes(order));
      case Term.Flip(int dim, var x) -> of(x, origin).flipped(dim);
      case Term.Slice(int dim, int start, int size, var x) ->
          of(x, origin).sliced(dim, start, size);
      case Term.Bitcast t -> bitcast(t, target, origin);
      case Term.Philox t -> philox(t, target, origin);
    };
  }

  // ---- leaves

  private static Slot constant(DType dtype, long value) {
    Slot slot = Slot.of(dtype);
    slot.longs[0] = value;
    slot.fixed = true;
    return slot;
  }

  private static Slot constant(DType dtype, float value) {
    Slot slot = Slot.of(dtype);
    slot.floats[0] = Codec.of(dtype).round(value);
    slot.fixed = true;
    return slot;
  }

  private static Slot iota(int size) {
    Slot slot = Slot.of(DType.I64, size);
    Arrays.setAll(slot.longs, i -> i);
    slot.fixed = true;
    return slot;
  }

  // ---- arithmetic

  private static Slot result(Term term, @Nullable Slot target) {
    return target == null ? Slot.of(term.type()) : target;
  }

  /// Adds a node that cannot fail.
  private Slot compute(Node node, Slot out, @Nullable Slot target, Slot... inputs) {
    if (target == null) {
      return emission.compute(node, out, inputs);
    }
    emission.add(node);
    return out;
  }

  /// Adds integer arithmetic, which may.
  private Slot attempt(
      Term term, Node step, Slot out, @Nullable Slot target, Origin origin, Slot... inputs) {
    Node node = new LongStep(term.label(), out, step, program, origin);
    if (target == null) {
      return emission.attempt(node, out, inputs);
    }
    emission.add(node);
    return out;
  }

  /// Arithmetic happens in binary32; a narrower type rounds after each operation.
  static Node rounded(Node node, Slot out) {
    if (out.dtype == DType.F32) {
      return node;
    }
    Codec codec = Codec.of(out.dtype);
    return () -> {
      node.run();
      codec.round(out.floats, 0, out.floats.length);
    };
  }

  private Slot unary(Term.Unary t, @Nullable Slot target, Origin origin) {
    Slot x = plain(t.x(), origin);
    Slot out = result(t, target);
    int n = out.count();
    if (out.isFloat()) {
      Node step = () -> FloatOps.unary(t.op(), x.floats, out.floats, n);
      return compute(rounded(step, out), out, target, x);
    }
    return attempt(t, () -> LongOps.unary(t.op(), x.longs, out.longs, n), out, target, origin, x);
  }

  private Slot binary(Term.Binary t, @Nullable Slot target, Origin origin) {
    int[] shape = Slot.sizes(t.type().shape());
    Slot x = emission.plain(of(t.x(), origin), shape);
    Slot y = emission.plain(of(t.y(), origin), shape);
    Slot out = result(t, target);
    int n = out.count();
    BinaryOp op = t.op();
    if (!x.isFloat()) {
      Node step =
          switch (op) {
            case SHL, SHR, USHR, UMULHI ->
                () -> LongOps.bits(op, x.dtype, x.longs, y.longs, out.longs, n);
            default -> () -> LongOps.binary(op, x.longs, y.longs, out.longs, n);
          };
      return attempt(t, step, out, target, origin, x, y);
    }
    if (op.isComparison()) {
      Node compare = () -> FloatOps.compare(op, x.floats, y.floats, out.longs, n);
      return compute(compare, out, target, x, y);
    }
    Node step = () -> FloatOps.binary(op, x.floats, y.floats, out.floats, n);
    return compute(rounded(step, out), out, target, x, y);
  }

  private Slot fma(Term.Fma t, @Nullable Slot target, Origin origin) {
    int[] shape = Slot.sizes(t.type().shape());
    Slot x = emission.plain(of(t.x(), origin), shape);
    Slot y = emission.plain(of(t.y(), origin), shape);
    Slot z = emission.plain(of(t.z(), origin), shape);
    Slot out = result(t, target);
    int n = out.count();
    Node step = () -> FloatOps.fma(x.floats, y.floats, z.floats, out.floats, n);
    return compute(rounded(step, out), out, target, x, y, z);
  }

  private Slot select(Term.Select t, @Nullable Slot target, Origin origin) {
    int[] shape = Slot.sizes(t.type().shape());
    Slot c = emission.plain(of(t.condition(), origin), shape);
    Slot x = emission.plain(of(t.x(), origin), shape);
    Slot y = emission.plain(of(t.y(), origin), shape);
    Slot out = result(t, target);
    int n = out.count();
    Node step =
        out.isFloat()
            ? () -> FloatOps.select(c.longs, x.floats, y.floats, out.floats, n)
            : () -> LongOps.select(c.longs, x.longs, y.longs, out.longs, n);
    return compute(step, out, target, c, x, y);
  }

  private Slot cast(Term.Cast t, @Nullable Slot target, Origin origin) {
    Slot x = plain(t.x(), origin);
    Slot out = result(t, target);
    return compute(Conversions.cast(t, x, out), out, target, x);
  }

  private Slot bitcast(Term.Bitcast t, @Nullable Slot target, Origin origin) {
    Slot x = plain(t.x(), origin);
    Slot out = result(t, target);
    return compute(Conversions.bitcast(x, out), out, target, x);
  }

  private Slot philox(Term.Philox t, @Nullable Slot target, Origin origin) {
    int[] shape = Slot.sizes(t.type().shape());
    Slot seed = emission.plain(of(t.seed(), origin), shape);
    Slot offset = emission.plain(of(t.offset(), origin), shape);
    Slot out = result(t, target);
    long low = offset.dtype == DType.I64 ? -1L : 0xffffffffL;
    Node step =
        () -> {
          for (int i = 0; i < out.longs.length; i++) {
            out.longs[i] = Philox.next(seed.longs[i], offset.longs[i] & low, t.word());
          }
        };
    return compute(step, out, target, seed, offset);
  }
}
