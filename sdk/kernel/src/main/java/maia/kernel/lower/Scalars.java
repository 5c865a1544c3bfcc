package maia.kernel.lower;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import maia.base.Origin;
import maia.kernel.ir.BinaryOp;
import maia.kernel.ir.Defs;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;
import maia.npl.Builtin;
import maia.npl.Expr;
import maia.npl.Expr.Operator;
import maia.npl.Lane.UnaryOp;
import maia.numerics.DType;

/// Scalar integers and conditions as expressions of the control processors.
final class Scalars {
  private final Defs defs;
  private final Map<Value, Expr> registers = new HashMap<>();
  private final Set<Integer> programDims = new HashSet<>();

  Scalars(Defs defs) {
    this.defs = defs;
  }

  /// Says that `value` is held by a register from here on.
  void hold(Value value, String register) {
    registers.put(value, Expr.reg(register));
  }

  static String register(Value value) {
    return "v" + value.id();
  }

  static String programRegister(int dim) {
    return "pid" + dim;
  }

  /// The grid dimensions whose program index was asked for.
  Set<Integer> programDims() {
    return programDims;
  }

  /// The expression of a scalar term that [#computes].
  Expr of(Term term, Origin origin) {
    return switch (term) {
      case Term.Int(long value, _) -> Expr.of(value);
      case Term.Ref(var value) -> ofValue(value, origin);
      case Term.ProgramId(int dim) -> {
        programDims.add(dim);
        yield Expr.reg(programRegister(dim));
      }
      case Term.NumPrograms(int dim) -> Expr.reg(Builtin.grid(dim));
      case Term.Size(var array, int dim) -> new Expr.Size(array, dim);
      case Term.Scalar(var name, var dtype) when dtype.isInteger() -> new Expr.Scalar(name);
      case Term.Binary(var op, _, _)
          when op.compareTo(BinaryOp.XOR) > 0
              || (op.isLogic() && term.type().dtype() != DType.BOOL) ->
          throw notControl(term, origin);
      case Term.Binary(var op, var x, var y) when op == BinaryOp.XOR ->
          Expr.binary(Operator.NE, of(x, origin), of(y, origin));
      case Term.Binary(var op, var x, var y) ->
          Expr.binary(Operator.valueOf(op.name()), of(x, origin), of(y, origin));
      case Term.Unary(var op, var x) when op == UnaryOp.NOT ->
          Expr.binary(Operator.EQ, of(x, origin), Expr.ZERO);
      case Term.Unary(var op, var x) when op == UnaryOp.NEG ->
          Expr.binary(Operator.SUB, Expr.ZERO, of(x, origin));
      case Term.Unary(var op, var x) when op == UnaryOp.ABS -> {
        Expr value = of(x, origin);
        yield Expr.binary(Operator.MAX, value, Expr.binary(Operator.SUB, Expr.ZERO, value));
      }
      case Term.Select(var c, var x, var y) -> {
        Expr otherwise = of(y, origin);
        Expr change = Expr.binary(Operator.SUB, of(x, origin), otherwise);
        yield otherwise.plus(of(c, origin).times(change));
      }
      case Term.Cast(_, _, _, var x) when !x.type().dtype().isFloat() -> of(x, origin);
      case Term.Real _, Term.Scalar _, Term.Iota _, Term.Unary _, Term.Fma _, Term.Cast _ ->
          throw notControl(term, origin);
      case Term.Unsqueeze _, Term.Transpose _, Term.Broadcast _ -> throw notControl(term, origin);
      case Term.Bitcast _, Term.Philox _ -> throw notControl(term, origin);
      case Term.Reshape _, Term.Permute _, Term.Flip _, Term.Slice _ ->
          throw notControl(term, origin);
    };
  }

  /// Whether the control processors can compute a scalar term that does not depend on data.
  boolean computes(Term term) {
    return switch (term) {
      case Term.Int _, Term.ProgramId _, Term.NumPrograms _, Term.Size _ -> true;
      case Term.Ref(var value) ->
          registers.containsKey(value)
              || !(defs.of(value) instanceof Op.Map map)
              || computes(map.term());
      case Term.Scalar(_, var dtype) -> dtype.isInteger();
      case Term.Binary(var op, var x, var y) ->
          op.compareTo(BinaryOp.XOR) <= 0
              && !(op.isLogic() && term.type().dtype() != DType.BOOL)
              && computes(x)
              && computes(y);
      case Term.Unary(var op, var x) ->
          (op == UnaryOp.NOT || op == UnaryOp.NEG || op == UnaryOp.ABS) && computes(x);
      case Term.Select(var c, var x, var y) -> computes(c) && computes(x) && computes(y);
      case Term.Cast(_, _, _, var x) -> !x.type().dtype().isFloat() && computes(x);
      case Term.Real _, Term.Iota _, Term.Fma _, Term.Bitcast _, Term.Philox _ -> false;
      case Term.Unsqueeze _, Term.Transpose _, Term.Broadcast _ -> false;
      case Term.Reshape _, Term.Permute _, Term.Flip _, Term.Slice _ -> false;
    };
  }

  private Expr ofValue(Value value, Origin origin) {
    if (registers.containsKey(value)) {
      return registers.get(value);
    }
    if (defs.of(value) instanceof Op.Map map) {
      return of(map.term(), origin);
    }
    throw new IllegalStateException(
        "bug in Scalars: %s at %s is computed from data".formatted(value, origin));
  }

  private static IllegalStateException notControl(Term term, Origin origin) {
    return new IllegalStateException(
        "bug in Scalars: %s of %s at %s is no scalar of the control processors"
            .formatted(term.label(), term.type(), origin));
  }
}
