package maia.kernel.lower;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maia.base.Origin;
import maia.kernel.ir.BinaryOp;
import maia.kernel.ir.Defs;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;
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
    int rank = term.type().rank();
    int[] dims = new int[rank];
    for (int d = 0; d < rank; d++) {
      dims[d] = d + boxRank - rank;
    }
    return lane(term, dims);
  }

  /// Buffers the expressions built so far read.
  Set<Buf> read() {
    return read;
  }

  /// Those of them that some lane reads at another place than its own.
  Set<Buf> misaligned() {
    return misaligned;
  }

  private Lane lane(Term term, int[] dims) {
    Type type = term.type();
    if (Defs.isControl(type) && defs.isVirtual(term)) {
      return control(term, type);
    }
    return switch (term) {
      case Term.Ref(var value) -> ref(value, dims);
      case Term.Int(long value, _) -> new Lane.Index(Expr.of(value));
      case Term.Real(float value, var dtype) -> rounded(new Lane.Const(value), dtype);
      case Term.Iota _ -> new Lane.Iota(dims[0]);
      case Term.Scalar(var name, _) -> new Lane.Scalar(name);
      case Term.Unary(var op, var x) -> rounded(new Lane.Unary(op, lane(x, dims)), type.dtype());
      case Term.Binary(var op, var x, var y) -> binary(op, x, y, dims, type);
      case Term.Fma(var x, var y, var z) ->
          rounded(new Lane.Fma(operand(x, dims), operand(y, dims), operand(z, dims)), type.dtype());
      case Term.Select(var c, var x, var y) ->
          new Lane.Select(operand(c, dims), operand(x, dims), operand(y, dims));
      case Term.Cast cast when cast.isPlain() -> cast(cast.dtype(), cast.x(), dims);
      case Term.Unsqueeze(int dim, var x) -> lane(x, without(dims, dim));
      case Term.Transpose(var x) -> lane(x, swapped(dims));
      case Term.Broadcast(_, var x) -> operand(x, dims);
      case Term.ProgramId _, Term.NumPrograms _, Term.Size _ ->
          new Lane.Index(scalars.of(term, origin));
      case Term.Cast _ -> throw notBuilt("a cast that rounds or overflows in another way");
      case Term.Bitcast _, Term.Philox _ -> throw notBuilt(term.label());
      case Term.Reshape _, Term.Permute _, Term.Flip _, Term.Slice _ ->
          throw notBuilt(term.label());
    };
  }

  private Lane control(Term term, Type type) {
    Lane value = new Lane.Index(scalars.of(term, origin));
    return type.dtype() == DType.BOOL
        ? new Lane.Binary(Lane.BinaryOp.NE, value, new Lane.Index(Expr.ZERO))
        : value;
  }

  private Lane binary(BinaryOp op, Term x, Term y, int[] dims, Type type) {
    if (op == BinaryOp.CDIV) {
      throw new KernelException(
          Mistake.NOT_COMPILED, "cdiv: needs scalars the control processor knows", origin);
    }
    boolean bits = op.isLogic() && x.type().dtype() != DType.BOOL;
    if (bits || op.compareTo(BinaryOp.XOR) > 0) {
      throw notBuilt(op.label() + " on integers");
    }
    Lane lane =
        new Lane.Binary(Lane.BinaryOp.valueOf(op.name()), operand(x, dims), operand(y, dims));
    return rounded(lane, type.dtype());
  }

  private KernelException notBuilt(String what) {
    return new KernelException(
        Mistake.NOT_COMPILED,
        what + " is not compiled; run the kernel in the interpreter instead",
        origin);
  }

  /// An operand aligns with the last dimensions of its operation.
  private Lane operand(Term x, int[] dims) {
    int rank = x.type().rank();
    int[] own = new int[rank];
    System.arraycopy(dims, dims.length - rank, own, 0, rank);
    return lane(x, own);
  }

  private Lane cast(DType dtype, Term x, int[] dims) {
    DType from = x.type().dtype();
    Lane inner = lane(x, dims);
    boolean exact = from.isFloat() && dtype == DType.F32;
    return exact || from == dtype ? inner : new Lane.Cast(dtype, inner);
  }

  /// Arithmetic happens in binary32; a narrower type rounds after each operation.
  private static Lane rounded(Lane lane, DType dtype) {
    return dtype.isFloat() && dtype != DType.F32 ? new Lane.Cast(dtype, lane) : lane;
  }

  private Lane ref(Value value, int[] dims) {
    Buf buf = buffers.get(value);
    if (buf == null) {
      if (defs.of(value) instanceof Op.Map map) {
        return lane(map.term(), dims);
      }
      throw new IllegalStateException("bug in kernel.lower: no buffer for " + value);
    }
    read.add(buf);
    return new Lane.In(buf.region(isTransposed(value, buf, dims)));
  }

  private boolean isTransposed(Value value, Buf buf, int[] dims) {
    List<Integer> shape = value.type().shape();
    boolean plain = true;
    boolean swapped = true;
    int last = boxRank - 1;
    for (int d = 0; d < shape.size(); d++) {
      if (shape.get(d) == 1) {
        continue;
      }
      int own = d + boxRank - shape.size();
      plain &= dims[d] == own;
      swapped &= dims[d] == (own == last ? last - 1 : own == last - 1 ? last : own);
    }
    if (!plain && !swapped) {
      throw new KernelException(
          Mistake.NOT_COMPILED,
          "this change of shape of %s is not built; only the last two dimensions can be exchanged"
              .formatted(value.type()),
          origin);
    }
    if (!plain || !buf.box.equals(box)) {
      misaligned.add(buf);
    }
    return !plain;
  }

  private static int[] without(int[] dims, int dim) {
    int[] rest = new int[dims.length - 1];
    System.arraycopy(dims, 0, rest, 0, dim);
    System.arraycopy(dims, dim + 1, rest, dim, rest.length - dim);
    return rest;
  }

  private static int[] swapped(int[] dims) {
    int[] other = dims.clone();
    int last = dims.length - 1;
    other[last] = dims[last - 1];
    other[last - 1] = dims[last];
    return other;
  }
}
