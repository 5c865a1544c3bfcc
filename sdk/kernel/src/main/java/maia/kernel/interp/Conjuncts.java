package maia.kernel.interp;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import maia.base.Check;
import maia.kernel.ir.BinaryOp;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;

/// The conditions whose conjunction is a mask, so that a mask over rows and columns need not be
/// written out.
final class Conjuncts {
  private Conjuncts() {}

  static List<Term> of(Term mask, Uses uses) {
    List<Term> all = new ArrayList<>();
    collect(mask, uses, x -> x, all);
    return all;
  }

  private static void collect(Term term, Uses uses, UnaryOperator<Term> view, List<Term> into) {
    switch (term) {
      case Term.Ref(var value)
          when uses.map(value) instanceof Op.Map(_, var inner, _) && splits(inner) ->
          collect(Check.present(uses.map(value), "Conjuncts", value).term(), uses, view, into);
      case Term.Binary(var op, var x, var y) when op == BinaryOp.AND -> {
        collect(x, uses, stretched(term, view), into);
        collect(y, uses, stretched(term, view), into);
      }
      case Term.Unsqueeze(int dim, var x) ->
          collect(x, uses, inner -> view.apply(new Term.Unsqueeze(dim, inner)), into);
      case Term.Transpose(var x) ->
          collect(x, uses, inner -> view.apply(new Term.Transpose(inner)), into);
      case Term.Broadcast(var shape, var x) ->
          collect(x, uses, inner -> view.apply(new Term.Broadcast(shape, inner)), into);
      default -> into.add(view.apply(term));
    }
  }

  /// A condition of a conjunction keeps its place when views of the whole follow.
  private static UnaryOperator<Term> stretched(Term whole, UnaryOperator<Term> view) {
    return inner ->
        view.apply(
            inner.type().shape().equals(whole.type().shape())
                ? inner
                : new Term.Broadcast(whole.type().shape(), inner));
  }

  private static boolean splits(Term term) {
    return switch (term) {
      case Term.Binary(var op, _, _) -> op == BinaryOp.AND;
      case Term.Unsqueeze _, Term.Transpose _, Term.Broadcast _ -> true;
      default -> false;
    };
  }
}
