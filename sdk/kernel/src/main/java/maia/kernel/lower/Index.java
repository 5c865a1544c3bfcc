package maia.kernel.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import maia.base.Origin;
import maia.kernel.ir.BinaryOp;
import maia.kernel.ir.Defs;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.npl.Expr;
import maia.npl.Lane.UnaryOp;

/// Recognises index tiles that are affine and masks that are conjunctions of bounds.
final class Index {
  private final Defs defs;
  private final Scalars scalars;

  Index(Defs defs, Scalars scalars) {
    this.defs = defs;
    this.scalars = scalars;
  }

  /// One condition of a mask: `left op bound` at every position.
  record Bound(Affine left, BinaryOp op, Expr bound) {
    Bound map(UnaryOperator<Affine> f) {
      return new Bound(f.apply(left), op, bound);
    }

    /// The same condition on the negative of both sides.
    Bound negated() {
      return new Bound(left.negated(), mirrored(op), Expr.ZERO.minus(bound));
    }
  }

  /// The affine form of an integer tile, when it has one.
  Optional<Affine> affine(Term term, Origin origin) {
    int rank = term.type().rank();
    if (rank == 0) {
      return defs.isVirtual(term) && scalars.computes(term)
          ? Optional.of(Affine.scalar(scalars.of(term, origin)))
          : Optional.empty();
    }
    return switch (term) {
      case Term.Ref(var value) when defs.of(value) instanceof Op.Map map && defs.isVirtual(value) ->
          affine(map.term(), origin);
      case Term.Iota _ -> Optional.of(new Affine(Expr.ZERO, List.of(1L)));
      case Term.Binary(var op, var x, var y) when op == BinaryOp.ADD -> both(x, y, rank, 1, origin);
      case Term.Binary(var op, var x, var y) when op == BinaryOp.SUB ->
          both(x, y, rank, -1, origin);
      case Term.Binary(var op, var x, var y) when op == BinaryOp.MUL -> product(x, y, rank, origin);
      case Term.Unsqueeze(int dim, var x) -> affine(x, origin).map(a -> a.inserted(dim));
      case Term.Transpose(var x) -> affine(x, origin).map(Affine::transposed);
      case Term.Broadcast(_, var x) -> affine(x, origin).map(a -> a.padded(rank));
      case Term.Cast(var dtype, _, _, var x)
          when dtype.isInteger() && x.type().dtype().isInteger() ->
          affine(x, origin);
      case Term.Permute(var order, var x) -> affine(x, origin).map(a -> a.permuted(order));
      case Term.Flip(int dim, var x) ->
          affine(x, origin).map(a -> a.flipped(dim, x.type().shape().get(dim)));
      case Term.Slice(int dim, int start, _, var x) ->
          affine(x, origin).map(a -> a.moved(dim, start));
      case Term.Ref _, Term.Binary _, Term.Unary _, Term.Fma _, Term.Select _, Term.Cast _ ->
          Optional.empty();
      case Term.Int _, Term.Real _, Term.Scalar _, Term.ProgramId _ -> Optional.empty();
      case Term.NumPrograms _, Term.Size _, Term.Bitcast _, Term.Philox _ -> Optional.empty();
      case Term.Reshape _ -> Optional.empty();
    };
  }

  private Optional<Affine> both(Term x, Term y, int rank, int sign, Origin origin) {
    return affine(x, origin).flatMap(a -> affine(y, origin).map(b -> a.plus(b, rank, sign)));
  }

  private Optional<Affine> product(Term x, Term y, int rank, Origin origin) {
    return affine(x, origin)
        .flatMap(a ->
            affine(y, origin)
                .flatMap(b -> {
                  if (b.isUniform() && b.base() instanceof Expr.Const(long factor)) {
                    return Optional.of(a.padded(rank).times(factor));
                  }
                  if (a.isUniform() && a.base() instanceof Expr.Const(long factor)) {
                    return Optional.of(b.padded(rank).times(factor));
                  }
                  return a.isUniform() && b.isUniform()
                      ? Optional.of(new Affine(a.base().times(b.base()), List.of()).padded(rank))
                      : Optional.empty();
                }));
  }

  /// The conditions whose conjunction is the mask, or empty when it is not one.
  Optional<List<Bound>> bounds(Term term, Origin origin) {
    int rank = term.type().rank();
    return switch (term) {
      case Term.Ref(var value) when defs.of(value) instanceof Op.Map map && defs.isVirtual(value) ->
          bounds(map.term(), origin);
      case Term.Binary(var op, var x, var y) when op == BinaryOp.AND ->
          conjunction(x, y, rank, origin);
      case Term.Binary(var op, var x, var y) when op.isComparison() ->
          comparison(op, x, y, rank, origin).map(List::of);
      case Term.Unary(var op, var x) when op == UnaryOp.NOT ->
          bounds(x, origin)
              .filter(list -> list.size() == 1)
              .map(list -> List.of(inverse(list.getFirst())));
      case Term.Unsqueeze(int dim, var x) -> mapped(x, a -> a.inserted(dim), origin);
      case Term.Transpose(var x) -> mapped(x, Affine::transposed, origin);
      case Term.Broadcast(_, var x) -> mapped(x, a -> a.padded(rank), origin);
      case Term.Int(long value, _) ->
          Optional.of(List.of(new Bound(Affine.scalar(Expr.of(value)), BinaryOp.NE, Expr.ZERO)));
      case Term.Ref _, Term.Binary _, Term.Unary _, Term.Fma _, Term.Select _, Term.Cast _ ->
          Optional.empty();
      case Term.Iota _, Term.Real _, Term.Scalar _, Term.ProgramId _ -> Optional.empty();
      case Term.NumPrograms _, Term.Size _, Term.Bitcast _, Term.Philox _ -> Optional.empty();
      case Term.Reshape _, Term.Permute _, Term.Flip _, Term.Slice _ -> Optional.empty();
    };
  }

  private Optional<List<Bound>> mapped(Term x, UnaryOperator<Affine> f, Origin origin) {
    return bounds(x, origin).map(list -> list.stream().map(b -> b.map(f)).toList());
  }

  private Optional<List<Bound>> conjunction(Term x, Term y, int rank, Origin origin) {
    Optional<List<Bound>> left = bounds(x, origin);
    Optional<List<Bound>> right = bounds(y, origin);
    if (left.isEmpty() || right.isEmpty()) {
      return Optional.empty();
    }
    List<Bound> all = new ArrayList<>();
    left.get().forEach(b -> all.add(b.map(a -> a.padded(rank))));
    right.get().forEach(b -> all.add(b.map(a -> a.padded(rank))));
    return Optional.of(all);
  }

  private Optional<Bound> comparison(BinaryOp op, Term x, Term y, int rank, Origin origin) {
    if (x.type().dtype().isFloat()) {
      return Optional.empty();
    }
    Optional<Affine> left = affine(x, origin);
    Optional<Affine> right = affine(y, origin);
    if (left.isEmpty() || right.isEmpty()) {
      return Optional.empty();
    }
    Affine a = left.get().padded(rank);
    Affine b = right.get().padded(rank);
    if (b.isUniform()) {
      return Optional.of(new Bound(a, op, b.base()));
    }
    if (a.isUniform()) {
      return Optional.of(new Bound(b, mirrored(op), a.base()));
    }
    return Optional.of(new Bound(a.plus(b, rank, -1), op, Expr.ZERO));
  }

  private static BinaryOp mirrored(BinaryOp op) {
    return switch (op) {
      case LT -> BinaryOp.GT;
      case LE -> BinaryOp.GE;
      case GT -> BinaryOp.LT;
      case GE -> BinaryOp.LE;
      case EQ, NE, ADD, SUB, MUL, DIV, REM, CDIV, MIN, MAX, AND, OR, XOR -> op;
      case SHL, SHR, USHR, UMULHI -> op;
    };
  }

  private static Bound inverse(Bound bound) {
    BinaryOp op =
        switch (bound.op()) {
          case LT -> BinaryOp.GE;
          case LE -> BinaryOp.GT;
          case GT -> BinaryOp.LE;
          case GE -> BinaryOp.LT;
          case EQ -> BinaryOp.NE;
          case NE -> BinaryOp.EQ;
          case ADD, SUB, MUL, DIV, REM, CDIV, MIN, MAX, AND, OR, XOR, SHL, SHR, USHR, UMULHI ->
              throw new IllegalStateException("bug in kernel.lower: bound with " + bound.op());
        };
    return new Bound(bound.left(), op, bound.bound());
  }
}
