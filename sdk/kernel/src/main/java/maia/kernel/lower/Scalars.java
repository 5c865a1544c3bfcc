package maia.kernel.lower;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import maia.base.Origin;
import maia.kernel.ir.BinaryOp;
import maia.kernel.ir.Defs;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;
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

  /// The expression of a scalar term; `origin` is blamed when it is not known to the control
  /// processors.
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

  private Expr ofValue(Value value, Origin origin) {
    if (registers.containsKey(value)) {
      return registers.get(value);
    }
    if (defs.of(value) instanceof Op.Map map) {
      return of(map.term(), origin);
    }
    throw new KernelException(
        Mistake.NOT_CONTROL,
        "%s is computed from data, but the control processor needs it; loop bounds, indices and conditions of k.when must come from sizes, program indices and parameters"
            .formatted(value.type()),
        origin);
  }

  private static KernelException notControl(Term term, Origin origin) {
    return new KernelException(
        Mistake.NOT_CONTROL,
        "%s of %s is not something the control processor computes; it knows integers only"
            .formatted(term.label(), term.type()),
        origin);
  }
}
