package maia.kernel.pass;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import maia.kernel.ir.BinaryOp;
import maia.kernel.ir.Block;
import maia.kernel.ir.Func;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;
import maia.npl.Expr;
import maia.npl.Exprs;
import maia.numerics.DType;

/// Evaluates integer operations on constants and removes neutral operands. Floats stay: their
/// operations round.
final class FoldConstants implements Pass {
  @Override
  public Func apply(Func func) {
    return func.withBody(block(func.body(), new HashMap<>()));
  }

  private static Block block(Block block, Map<Value, Term> known) {
    List<Op> ops = new ArrayList<>();
    for (Op op : block.ops()) {
      Op folded = op.map(term -> fold(term, known)).mapBlocks(inner -> block(inner, known));
      if (folded instanceof Op.Map(var result, Term.Int constant, _)) {
        known.put(result, constant);
      }
      ops.add(folded);
    }
    return new Block(ops);
  }

  private static Term fold(Term term, Map<Value, Term> known) {
    if (term instanceof Term.Ref(var value)) {
      return known.getOrDefault(value, term);
    }
    Term inner = term.map(x -> fold(x, known));
    return switch (inner) {
      case Term.Binary(var op, Term.Int(long x, var dtype), Term.Int(long y, _))
          when isFoldable(op, dtype, x, y) ->
          new Term.Int(
              Exprs.apply(Expr.Operator.valueOf(op.name()), x, y),
              op.isComparison() ? DType.BOOL : dtype);
      case Term.Binary(var op, var x, Term.Int(long y, _)) when op == BinaryOp.ADD && y == 0 -> x;
      case Term.Binary(var op, Term.Int(long x, _), var y) when op == BinaryOp.ADD && x == 0 -> y;
      case Term.Binary(var op, var x, Term.Int(long y, _)) when op == BinaryOp.SUB && y == 0 -> x;
      case Term.Binary(var op, var x, Term.Int(long y, _)) when op == BinaryOp.MUL && y == 1 -> x;
      case Term.Binary(var op, Term.Int(long x, _), var y) when op == BinaryOp.MUL && x == 1 -> y;
      case Term.Binary(var op, var x, Term.Int(long y, _)) when op == BinaryOp.DIV && y == 1 -> x;
      case Term.Binary(var op, var x, Term.Int(long y, _)) when op == BinaryOp.CDIV && y == 1 -> x;
      case Term.Cast(var dtype, _, _, Term.Int(long x, _))
          when dtype.isFloat() && Math.abs(x) <= 256 && dtype.bits() >= 16 ->
          new Term.Real(x, dtype);
      case Term.Cast(var dtype, _, _, var x) when x.type().dtype() == dtype -> x;
      case Term.Broadcast(var shape, var x) when x.type().shape().equals(shape) -> x;
      case Term.Transpose(Term.Transpose(var x)) -> x;
      case Term.Ref _, Term.Int _, Term.Real _, Term.Iota _, Term.ProgramId _ -> inner;
      case Term.NumPrograms _, Term.Size _, Term.Scalar _, Term.Unary _, Term.Binary _ -> inner;
      case Term.Fma _, Term.Select _, Term.Cast _, Term.Unsqueeze _ -> inner;
      case Term.Transpose _, Term.Broadcast _, Term.Bitcast _, Term.Philox _ -> inner;
      case Term.Reshape _, Term.Permute _, Term.Flip _, Term.Slice _ -> inner;
    };
  }

  /// Whether the result is known now: 64-bit arithmetic and comparisons that do not fail. What
  /// would fail (overflow, a zero divisor) is left to the run, which reports it.
  private static boolean isFoldable(BinaryOp op, DType dtype, long x, long y) {
    return switch (op) {
      case ADD, SUB, MUL, MIN, MAX -> fits(op, dtype, x, y);
      case DIV, REM, CDIV -> y != 0 && fits(op, dtype, x, y);
      case LT, LE, GT, GE, EQ, NE -> true;
      case AND, OR -> dtype == DType.BOOL;
      case XOR, SHL, SHR, USHR, UMULHI -> false;
    };
  }

  private static boolean fits(BinaryOp op, DType dtype, long x, long y) {
    try {
      long value = Exprs.apply(Expr.Operator.valueOf(op.name()), x, y);
      return dtype.bits() == 64
          || (value >> (dtype.bits() - 1) == value >> 63 && dtype.isInteger());
    } catch (ArithmeticException overflow) {
      return false;
    }
  }
}
