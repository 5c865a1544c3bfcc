package maia.kernel.ir;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import maia.npl.Lane.UnaryOp;
import maia.numerics.DType;
import maia.numerics.Overflow;
import maia.numerics.Rounding;

/// An element-wise expression over values. Shapes stretch as usual: missing leading dimensions and
/// dimensions of size 1. Operands of one operator have the same element type.
public sealed interface Term {
  /// A value.
  record Ref(Value value) implements Term {}

  /// An integer or truth-value constant.
  record Int(long value, DType dtype) implements Term {}

  /// A floating-point constant.
  record Real(float value, DType dtype) implements Term {}

  /// 0, 1, ... `size` - 1, 64-bit.
  record Iota(int size) implements Term {}

  /// The program's index in grid dimension `dim`.
  record ProgramId(int dim) implements Term {}

  /// The grid's size in dimension `dim`.
  record NumPrograms(int dim) implements Term {}

  /// The size of dimension `dim` of an array parameter.
  record Size(String array, int dim) implements Term {}

  /// A scalar parameter.
  record Scalar(String name, DType dtype) implements Term {}

  /// A function of one operand.
  record Unary(UnaryOp op, Term x) implements Term {}

  /// A function of two operands.
  record Binary(BinaryOp op, Term x, Term y) implements Term {}

  /// `x * y + z` with one rounding.
  record Fma(Term x, Term y, Term z) implements Term {}

  /// `x` where the condition holds, else `y`.
  record Select(Term condition, Term x, Term y) implements Term {}

  /// Conversion. Rounding matters where the value lies between two codes of `dtype`, overflow where
  /// it lies beyond them.
  record Cast(DType dtype, Rounding rounding, Overflow overflow, Term x) implements Term {
    /// Conversion to nearest even and saturating.
    public Cast(DType dtype, Term x) {
      this(dtype, Rounding.NEAREST_EVEN, Overflow.SATURATE, x);
    }

    /// Whether it rounds to nearest even and saturates.
    public boolean isPlain() {
      return rounding.equals(Rounding.NEAREST_EVEN) && overflow == Overflow.SATURATE;
    }
  }

  /// The bits of `x` read as another type of the same width.
  record Bitcast(DType dtype, Term x) implements Term {}

  /// Word `word` (0 to 3) of the Philox 4x32-10 block with key `seed` (I64) and counter `offset`,
  /// as I32. An I64 offset gives the low 64 bits of the counter, a narrower one its low 32 bits
  /// (two's complement); the other bits are zero.
  record Philox(Term seed, Term offset, int word) implements Term {}

  /// `x` with a dimension of size 1 inserted at `dim`.
  record Unsqueeze(int dim, Term x) implements Term {}

  /// `x` with its last two dimensions swapped.
  record Transpose(Term x) implements Term {}

  /// `x` stretched to a shape.
  record Broadcast(List<Integer> shape, Term x) implements Term {
    public Broadcast {
      shape = List.copyOf(shape);
    }
  }

  /// The elements of `x`, in row-major order, in another shape of the same size.
  record Reshape(List<Integer> shape, Term x) implements Term {
    public Reshape {
      shape = List.copyOf(shape);
    }
  }

  /// `x` with its dimensions exchanged: dimension `d` of the result is dimension `order[d]` of `x`.
  record Permute(List<Integer> order, Term x) implements Term {
    public Permute {
      order = List.copyOf(order);
    }
  }

  /// `x` with dimension `dim` in reverse order.
  record Flip(int dim, Term x) implements Term {}

  /// The `size` positions of dimension `dim` from `start` on.
  record Slice(int dim, int start, int size, Term x) implements Term {}

  /// A reference to a value.
  static Term of(Value value) {
    return new Ref(value);
  }

  /// A 64-bit integer constant.
  static Term of(long value) {
    return new Int(value, DType.I64);
  }

  /// The type of the result.
  default Type type() {
    return switch (this) {
      case Ref(var value) -> value.type();
      case Int(_, var dtype) -> Type.scalar(dtype);
      case Real(_, var dtype) -> Type.scalar(dtype);
      case Scalar(_, var dtype) -> Type.scalar(dtype);
      case Iota(int size) -> new Type(DType.I64, List.of(size));
      case ProgramId _, NumPrograms _, Size _ -> Type.scalar(DType.I64);
      case Unary(_, var x) -> x.type();
      case Binary(var op, var x, var y) -> {
        Type a = x.type();
        List<Integer> shape = Type.broadcast(a.shape(), y.type().shape());
        yield new Type(op.isComparison() ? DType.BOOL : a.dtype(), shape);
      }
      case Fma(var x, var y, var z) ->
          x.type()
              .shaped(
                  Type.broadcast(
                      Type.broadcast(x.type().shape(), y.type().shape()), z.type().shape()));
      case Select(var c, var x, var y) ->
          x.type()
              .shaped(
                  Type.broadcast(
                      Type.broadcast(c.type().shape(), x.type().shape()), y.type().shape()));
      case Cast(var dtype, _, _, var x) -> x.type().as(dtype);
      case Bitcast(var dtype, var x) -> x.type().as(dtype);
      case Philox(var seed, var offset, _) ->
          new Type(DType.I32, Type.broadcast(seed.type().shape(), offset.type().shape()));
      case Unsqueeze(int dim, var x) -> {
        List<Integer> shape = new ArrayList<>(x.type().shape());
        shape.add(dim, 1);
        yield x.type().shaped(shape);
      }
      case Transpose(var x) -> {
        List<Integer> shape = new ArrayList<>(x.type().shape());
        int last = shape.size() - 1;
        Collections.swap(shape, last - 1, last);
        yield x.type().shaped(shape);
      }
      case Broadcast(var shape, var x) -> x.type().shaped(shape);
      case Reshape(var shape, var x) -> x.type().shaped(shape);
      case Permute(var order, var x) ->
          x.type().shaped(order.stream().map(x.type().shape()::get).toList());
      case Flip(_, var x) -> x.type();
      case Slice(int dim, _, int size, var x) -> x.type().sized(dim, size);
    };
  }

  /// The direct operands.
  default List<Term> operands() {
    return switch (this) {
      case Ref _, Int _, Real _, Scalar _, Iota _, ProgramId _, NumPrograms _, Size _ -> List.of();
      case Unary(_, var x) -> List.of(x);
      case Binary(_, var x, var y) -> List.of(x, y);
      case Fma(var x, var y, var z) -> List.of(x, y, z);
      case Select(var c, var x, var y) -> List.of(c, x, y);
      case Cast(_, _, _, var x) -> List.of(x);
      case Bitcast(_, var x) -> List.of(x);
      case Philox(var seed, var offset, _) -> List.of(seed, offset);
      case Unsqueeze(_, var x) -> List.of(x);
      case Transpose(var x) -> List.of(x);
      case Broadcast(_, var x) -> List.of(x);
      case Reshape(_, var x) -> List.of(x);
      case Permute(_, var x) -> List.of(x);
      case Flip(_, var x) -> List.of(x);
      case Slice(_, _, _, var x) -> List.of(x);
    };
  }

  /// This term with `f` applied to its direct operands.
  default Term map(UnaryOperator<Term> f) {
    return switch (this) {
      case Ref _, Int _, Real _, Scalar _, Iota _, ProgramId _, NumPrograms _, Size _ -> this;
      case Unary(var op, var x) -> new Unary(op, f.apply(x));
      case Binary(var op, var x, var y) -> new Binary(op, f.apply(x), f.apply(y));
      case Fma(var x, var y, var z) -> new Fma(f.apply(x), f.apply(y), f.apply(z));
      case Select(var c, var x, var y) -> new Select(f.apply(c), f.apply(x), f.apply(y));
      case Cast(var dtype, var rounding, var overflow, var x) ->
          new Cast(dtype, rounding, overflow, f.apply(x));
      case Bitcast(var dtype, var x) -> new Bitcast(dtype, f.apply(x));
      case Philox(var seed, var offset, int word) ->
          new Philox(f.apply(seed), f.apply(offset), word);
      case Unsqueeze(int dim, var x) -> new Unsqueeze(dim, f.apply(x));
      case Transpose(var x) -> new Transpose(f.apply(x));
      case Broadcast(var shape, var x) -> new Broadcast(shape, f.apply(x));
      case Reshape(var shape, var x) -> new Reshape(shape, f.apply(x));
      case Permute(var order, var x) -> new Permute(order, f.apply(x));
      case Flip(int dim, var x) -> new Flip(dim, f.apply(x));
      case Slice(int dim, int start, int size, var x) -> new Slice(dim, start, size, f.apply(x));
    };
  }

  /// This term with values replaced by terms.
  default Term substitute(Function<Value, Term> f) {
    return this instanceof Ref(var value) ? f.apply(value) : map(x -> x.substitute(f));
  }

  /// The values this term reads, with repetition, left to right.
  default Stream<Value> values() {
    List<Value> all = new ArrayList<>();
    collect(all);
    return all.stream();
  }

  private void collect(List<Value> all) {
    if (this instanceof Ref(var value)) {
      all.add(value);
    } else {
      operands().forEach(x -> x.collect(all));
    }
  }

  /// How deep operations nest: 0 for a value or a number.
  default int depth() {
    int deepest = -1;
    for (Term x : operands()) {
      deepest = Math.max(deepest, x.depth());
    }
    return deepest + 1;
  }

  /// Whether the term only shows one value in another shape.
  default boolean isView() {
    return switch (this) {
      case Ref _ -> true;
      case Unsqueeze(_, var x) -> x.isView();
      case Transpose(var x) -> x.isView();
      case Broadcast(_, var x) -> x.isView();
      case Reshape(_, var x) -> x.isView();
      case Permute(_, var x) -> x.isView();
      case Flip(_, var x) -> x.isView();
      case Slice(_, _, _, var x) -> x.isView();
      case Int _, Real _, Scalar _, Iota _, ProgramId _, NumPrograms _, Size _ -> false;
      case Unary _, Binary _, Fma _, Select _, Cast _, Bitcast _, Philox _ -> false;
    };
  }

  /// The name of the outermost operation, as in texts.
  default String label() {
    return switch (this) {
      case Ref _ -> "ref";
      case Int _, Real _ -> "const";
      case Scalar _ -> "scalar";
      case Iota _ -> "iota";
      case ProgramId _ -> "program_id";
      case NumPrograms _ -> "num_programs";
      case Size _ -> "size";
      case Unary(var op, _) -> op.name().toLowerCase(Locale.ROOT);
      case Binary(var op, _, _) -> op.label();
      case Fma _ -> "fma";
      case Select _ -> "select";
      case Cast _ -> "cast";
      case Bitcast _ -> "bitcast";
      case Philox _ -> "philox";
      case Unsqueeze _ -> "unsqueeze";
      case Transpose _ -> "transpose";
      case Broadcast _ -> "broadcast";
      case Reshape _ -> "reshape";
      case Permute _ -> "permute";
      case Flip _ -> "flip";
      case Slice _ -> "slice";
    };
  }
}
