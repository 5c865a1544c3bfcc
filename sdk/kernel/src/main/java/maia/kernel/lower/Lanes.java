package maia.kernel.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maia.base.Origin;
import maia.kernel.ir.BinaryOp;
import maia.kernel.ir.Defs;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Type;
import maia.kernel.ir.Value;
import maia.npl.Expr;
import maia.npl.Lane;
import maia.numerics.DType;

/// Builds the lane expression of a term over a box, and notes which buffers it reads.
final class Lanes {
  private final Defs defs;
  private final Scalars scalars;
  private final Map<Value, Buf> buffers;
  private final Origin origin;
  private final int boxRank;
  private final Set<Buf> read = new HashSet<>();
  private final Set<Buf> misaligned = new HashSet<>();
  private final List<Integer> box;
  private final Map<Value, Lane> params = new HashMap<>();

  Lanes(Defs defs, Scalars scalars, Map<Value, Buf> buffers, Type result, Origin origin) {
    this.defs = defs;
    this.scalars = scalars;
    this.buffers = buffers;
    this.origin = origin;
    this.box = box(result.shape());
    this.boxRank = box.size();
  }

  /// The box of a tile: at least two dimensions, so that vectors can be rows and columns.
  static List<Integer> box(List<Integer> shape) {
    List<Integer> box = new ArrayList<>(shape);
    while (box.size() < 2) {
      box.addFirst(1);
    }
    return List.copyOf(box);
  }

  /// The lane expression of `term`, whose shape is the result's.
  Lane lane(Term term) {
    return lane(term, positions(term.type().rank()));
  }

  private List<Coordinate> positions(int rank) {
    List<Coordinate> at = new ArrayList<>();
    for (int d = 0; d < rank; d++) {
      at.add(new Coordinate.Along(d + boxRank - rank, 0));
    }
    return at;
  }

  /// Says what the parameters of a combiner are.
  void parameters(List<Value> values, Lane.Side side) {
    for (int i = 0; i < values.size(); i++) {
      params.put(values.get(i), new Lane.Param(side, i, values.get(i).type().dtype()));
    }
  }

  /// Buffers the expressions built so far read.
  Set<Buf> read() {
    return read;
  }

  /// Those of them that some lane reads at another place than its own.
  Set<Buf> misaligned() {
    return misaligned;
  }

  private Lane lane(Term term, List<Coordinate> positions) {
    Type type = term.type();
    if (Defs.isControl(type) && isVirtual(term) && scalars.computes(term)) {
      return control(term, type);
    }
    List<Coordinate> at = first(positions, type.shape());
    return switch (term) {
      case Term.Ref(var value) -> ref(value, at);
      case Term.Int(long value, var dtype) when dtype == DType.BOOL ->
          truth(new Lane.Index(Expr.of(value)));
      case Term.Int(long value, _) -> new Lane.Index(Expr.of(value));
      case Term.Real(float value, var dtype) -> rounded(new Lane.Const(value), dtype);
      case Term.Iota _ -> at.getFirst().lane();
      case Term.Scalar(var name, var dtype) when dtype.isInteger() ->
          new Lane.Index(new Expr.Scalar(name));
      case Term.Scalar(var name, _) -> new Lane.Scalar(name);
      case Term.Unary(var op, var x) -> rounded(new Lane.Unary(op, lane(x, at)), type.dtype());
      case Term.Binary(var op, var x, var y) -> binary(op, x, y, at, type);
      case Term.Fma(var x, var y, var z) ->
          rounded(new Lane.Fma(operand(x, at), operand(y, at), operand(z, at)), type.dtype());
      case Term.Select(var c, var x, var y) ->
          new Lane.Select(operand(c, at), operand(x, at), operand(y, at));
      case Term.Cast cast -> cast(cast, at);
      case Term.Bitcast(var dtype, var x) -> new Lane.Bitcast(x.type().dtype(), dtype, bits(x, at));
      case Term.Philox(var seed, var offset, int word) ->
          new Lane.Philox(bits(seed, at), bits(offset, at), word);
      case Term.Broadcast(_, var x) -> operand(x, at);
      case Term.ProgramId _, Term.NumPrograms _, Term.Size _ ->
          new Lane.Index(scalars.of(term, origin));
      case Term.Unsqueeze _, Term.Transpose _, Term.Reshape _ -> moved(term, at);
      case Term.Permute _, Term.Flip _, Term.Slice _ -> moved(term, at);
    };
  }

  /// A dimension of size 1 has one position.
  private static List<Coordinate> first(List<Coordinate> at, List<Integer> shape) {
    List<Coordinate> own = new ArrayList<>();
    for (int d = 0; d < shape.size(); d++) {
      own.add(shape.get(d) == 1 ? Coordinate.FIRST : at.get(d));
    }
    return own;
  }

  /// Terms that show their operand at other positions.
  private Lane moved(Term term, List<Coordinate> at) {
    List<Coordinate> own = new ArrayList<>(at);
    int last = at.size() - 1;
    return switch (term) {
      case Term.Unsqueeze(int dim, var x) -> {
        own.remove(dim);
        yield lane(x, own);
      }
      case Term.Transpose(var x) -> {
        java.util.Collections.swap(own, last - 1, last);
        yield lane(x, own);
      }
      case Term.Permute(var order, var x) -> {
        for (int d = 0; d < order.size(); d++) {
          own.set(order.get(d), at.get(d));
        }
        yield lane(x, own);
      }
      case Term.Flip(int dim, var x) -> {
        own.set(dim, Coordinate.flipped(at.get(dim), x.type().shape().get(dim)));
        yield lane(x, own);
      }
      case Term.Slice(int dim, int start, _, var x) -> {
        // a slice of size 1 still starts where it says
        own.set(dim, at.get(dim).plus(start));
        yield lane(x, own);
      }
      case Term.Reshape(var shape, var x) ->
          lane(x, Coordinate.reshaped(at, shape, x.type().shape()));
      default -> throw new IllegalStateException("bug in kernel.lower: " + term.label());
    };
  }

  private Lane control(Term term, Type type) {
    Lane value = new Lane.Index(scalars.of(term, origin));
    return type.dtype() == DType.BOOL ? truth(value) : value;
  }

  private static Lane truth(Lane value) {
    return new Lane.Binary(Lane.BinaryOp.NE, value, new Lane.Index(Expr.ZERO));
  }

  private boolean isVirtual(Term term) {
    return term.values()
        .allMatch(v -> !params.containsKey(v) && !buffers.containsKey(v) && defs.isVirtual(v));
  }

  private Lane binary(BinaryOp op, Term x, Term y, List<Coordinate> at, Type type) {
    DType dtype = x.type().dtype();
    if (op == BinaryOp.CDIV) {
      return dividedUp(operand(x, at), operand(y, at));
    }
    var laneOp = Lane.BinaryOp.valueOf(op.name());
    boolean isBits = op.isLogic() && dtype != DType.BOOL || op.compareTo(BinaryOp.XOR) > 0;
    if (isBits) {
      return narrowed(new Lane.Binary(laneOp, source(op, x, at), bits(y, at)), dtype);
    }
    return rounded(new Lane.Binary(laneOp, operand(x, at), operand(y, at)), type.dtype());
  }

  /// The quotient rounded up, of integers of any sign.
  private static Lane dividedUp(Lane x, Lane y) {
    Lane zero = new Lane.Index(Expr.ZERO);
    Lane quotient = new Lane.Binary(Lane.BinaryOp.DIV, x, y);
    Lane rest = new Lane.Binary(Lane.BinaryOp.REM, x, y);
    Lane sameSign =
        new Lane.Binary(
            Lane.BinaryOp.EQ,
            new Lane.Binary(Lane.BinaryOp.LT, x, zero),
            new Lane.Binary(Lane.BinaryOp.LT, y, zero));
    Lane up =
        new Lane.Binary(Lane.BinaryOp.AND, new Lane.Binary(Lane.BinaryOp.NE, rest, zero), sameSign);
    Lane next = new Lane.Binary(Lane.BinaryOp.ADD, quotient, new Lane.Index(Expr.ONE));
    return new Lane.Select(up, next, quotient);
  }

  /// The left operand of an operation on bits; a shift that moves zeros in sees them above the sign
  /// of a narrow integer.
  private Lane source(BinaryOp op, Term x, List<Coordinate> at) {
    Lane lane = bits(x, at);
    int width = x.type().dtype().bits();
    return op == BinaryOp.USHR && width < Integer.SIZE
        ? new Lane.Binary(Lane.BinaryOp.AND, lane, int32((1L << width) - 1))
        : lane;
  }

  private static Lane int32(long value) {
    return new Lane.Cast(DType.I32, new Lane.Index(Expr.of(value)));
  }

  /// Lanes are 32 or 64 bits wide: a narrower integer keeps its low bits.
  private static Lane narrowed(Lane lane, DType dtype) {
    if (dtype == DType.U8) {
      return new Lane.Binary(Lane.BinaryOp.AND, lane, int32(0xff));
    }
    if (dtype.bits() >= Integer.SIZE || !dtype.isInteger()) {
      return lane;
    }
    Lane up = int32(Integer.SIZE - dtype.bits());
    return new Lane.Binary(Lane.BinaryOp.SHR, new Lane.Binary(Lane.BinaryOp.SHL, lane, up), up);
  }

  /// An operand whose width matters: lanes as wide as its type.
  private Lane bits(Term x, List<Coordinate> at) {
    Lane lane = operand(x, at);
    DType dtype = x.type().dtype();
    boolean isTyped = lane instanceof Lane.In || lane instanceof Lane.Pick;
    if (!dtype.isInteger() || isTyped || lane instanceof Lane.Param) {
      return lane;
    }
    return new Lane.Cast(dtype == DType.I64 ? DType.I64 : DType.I32, lane);
  }

  /// An operand aligns with the last dimensions of its operation.
  private Lane operand(Term x, List<Coordinate> at) {
    return lane(x, at.subList(at.size() - x.type().rank(), at.size()));
  }

  private Lane cast(Term.Cast cast, List<Coordinate> at) {
    DType from = cast.x().type().dtype();
    Lane inner = lane(cast.x(), at);
    if (!cast.isPlain()) {
      return new Lane.Cast(cast.dtype(), cast.rounding(), cast.overflow(), inner);
    }
    boolean exact = from.isFloat() && cast.dtype() == DType.F32;
    return exact || from == cast.dtype() ? inner : new Lane.Cast(cast.dtype(), inner);
  }

  /// Arithmetic happens in binary32; a narrower type rounds after each operation.
  private static Lane rounded(Lane lane, DType dtype) {
    return dtype.isFloat() && dtype != DType.F32 ? new Lane.Cast(dtype, lane) : lane;
  }

  private Lane ref(Value value, List<Coordinate> at) {
    if (params.containsKey(value)) {
      return params.get(value);
    }
    Buf buf = buffers.get(value);
    if (buf == null) {
      if (defs.of(value) instanceof Op.Map map) {
        return lane(map.term(), at);
      }
      throw new IllegalStateException("bug in kernel.lower: no buffer for " + value);
    }
    read.add(buf);
    return Views.lane(buf, at, box, () -> misaligned.add(buf));
  }
}
