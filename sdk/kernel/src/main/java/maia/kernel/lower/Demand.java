package maia.kernel.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maia.kernel.ir.BinaryOp;
import maia.kernel.ir.Block;
import maia.kernel.ir.Defs;
import maia.kernel.ir.Func;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;
import maia.kernel.lower.Index.Bound;
import maia.npl.Expr;
import maia.npl.Expr.Operator;

/// How many rows and columns of each tile are asked for in the end (decision 023).
///
/// A store with the mask `i < n` asks for the first n rows of its value; element-wise operations
/// and the matrix product ask the same of the rows of their operands. Dimensions that are computed
/// together form a class, and a class whose stores all agree on one limit, with nothing in it that
/// needs every element, is computed up to that limit only. Only functions with matrix products are
/// looked at: elsewhere the masked copy has already left out what counts.
final class Demand {
  /// A dimension of a value or of an operand.
  private record Dim(Object tile, int index) {}

  private final Defs defs;
  private final Regular regular;
  private final Scalars scalars;
  private final Index index;
  private final Sharing sharing;
  private final Map<Dim, Dim> parents = new HashMap<>();
  private final Map<Dim, Expr> limits = new HashMap<>();
  private final Set<Dim> whole = new HashSet<>();
  private final boolean isOn;

  private Demand(Func func, Sharing sharing) {
    defs = new Defs(func);
    regular = Regular.of(func);
    scalars = new Scalars(defs);
    index = new Index(defs, scalars);
    this.sharing = sharing;
    isOn = hasProduct(func.body());
    if (isOn) {
      block(func.body(), true);
    }
  }

  static Demand of(Func func) {
    return new Demand(func, Sharing.of(func));
  }

  private static boolean hasProduct(Block block) {
    return block.ops().stream()
        .anyMatch(op -> op instanceof Op.Dot || op.blocks().stream().anyMatch(Demand::hasProduct));
  }

  /// The limit of each dimension of the box that holds a value, a cell or an operand.
  List<Optional<Expr>> limits(Object tile, List<Integer> shape, int boxRank) {
    List<Optional<Expr>> all = new ArrayList<>();
    for (int d = shape.size() - boxRank; d < shape.size(); d++) {
      all.add(isOn && d >= 0 ? limit(new Dim(key(tile), d), shape.get(d)) : Optional.empty());
    }
    return all;
  }

  private Optional<Expr> limit(Dim dim, int extent) {
    Dim root = root(dim);
    Expr limit = limits.get(root);
    if (limit == null) {
      return Optional.empty();
    }
    boolean isNone =
        whole.contains(root)
            || extent == 1
            || (limit instanceof Expr.Const(long size) && size >= extent);
    return isNone ? Optional.empty() : Optional.of(limit);
  }

  // ---- classes

  private static Object key(Object tile) {
    return tile instanceof Term.Ref(var value) ? value : tile;
  }

  private Dim root(Dim dim) {
    Dim current = dim;
    while (parents.containsKey(current)) {
      current = parents.get(current);
    }
    return current;
  }

  private void join(Object a, int i, Object b, int j) {
    Dim x = root(new Dim(key(a), i));
    Dim y = root(new Dim(key(b), j));
    if (x.equals(y)) {
      return;
    }
    parents.put(x, y);
    if (whole.remove(x)) {
      whole.add(y);
    }
    Expr limit = limits.remove(x);
    if (limit != null) {
      ask(y, limit);
    }
  }

  private void ask(Dim dim, Expr limit) {
    Dim root = root(dim);
    Expr known = limits.putIfAbsent(root, limit);
    if (known != null && !known.equals(limit)) {
      whole.add(root);
    }
  }

  private void needWhole(Object tile, int dim) {
    whole.add(root(new Dim(key(tile), dim)));
  }

  private void needAll(Object tile, int rank) {
    for (int d = 0; d < rank; d++) {
      needWhole(tile, d);
    }
  }

  // ---- operations

  private void block(Block block, boolean isTop) {
    for (Op op : block.ops()) {
      hold(op);
      op.blocks().forEach(inner -> block(inner, false));
      switch (op) {
        case Op.Map map -> {
          if (!defs.isVirtual(map.result())) {
            evaluated(map.term());
            same(map.result(), map.term());
          }
        }
        case Op.Load load -> {
          if (!regular.isCopy(load)) {
            needAll(load.result(), load.result().type().rank());
          }
        }
        case Op.Store store -> store(store, isTop);
        case Op.Dot dot -> dot(dot);
        case Op.Reduce reduce -> {
          evaluated(reduce.x());
          needWhole(reduce.x(), reduce.axis());
          for (int d = 0; d < reduce.x().type().rank(); d++) {
            if (d != reduce.axis()) {
              join(reduce.x(), d, reduce.result(), d < reduce.axis() ? d : d - 1);
            }
          }
        }
        case Op.Var var -> var.init().ifPresent(init -> assigned(var.cell(), init));
        case Op.Get get -> same(get.result(), Term.of(get.cell()));
        case Op.Set set -> assigned(set.cell(), set.value());
        case Op.Range _, Op.When _ -> {}
        case Op.Quantize quantize -> quantize(quantize);
        case Op.While _, Op.Fold _, Op.Sort _, Op.Histogram _, Op.Gather _, Op.Concat _ ->
            unknown(op);
        case Op.Atomic _, Op.Print _, Op.Assert _, Op.Assume _ -> unknown(op);
      }
    }
  }

  /// Registers that indices may be sums of.
  private void hold(Op op) {
    if (op instanceof Op.Range range) {
      scalars.hold(range.index(), Scalars.register(range.index()));
    } else if (op instanceof Op.Get get && Defs.isControl(get.result().type())) {
      scalars.hold(get.result(), Scalars.register(get.result()));
    }
  }

  private void unknown(Op op) {
    op.operands()
        .forEach(term -> {
          evaluated(term);
          needAll(term, term.type().rank());
        });
    op.results().forEach(value -> needAll(value, value.type().rank()));
  }

  private void assigned(Value cell, Term value) {
    if (!Defs.isControl(cell.type())) {
      evaluated(value);
      same(cell, value);
    }
  }

  private void same(Value value, Term term) {
    int rank = value.type().rank();
    int own = term.type().rank();
    for (int d = rank - own; d < rank; d++) {
      join(value, d, term, d - rank + own);
    }
  }

  private void dot(Op.Dot dot) {
    evaluated(dot.a());
    evaluated(dot.b());
    if (!(dot.acc() instanceof Term.Ref) && defs.constant(dot.acc()).isEmpty()) {
      evaluated(dot.acc());
    }
    int rank = dot.result().type().rank();
    int row = rank - 2;
    int column = rank - 1;
    if (rank != 2) {
      List.of(dot.a(), dot.b(), dot.acc()).forEach(x -> needAll(x, rank));
      needAll(dot.result(), rank);
      return;
    }
    join(dot.result(), row, dot.a(), row);
    join(dot.result(), column, dot.b(), column);
    join(dot.a(), column, dot.b(), row);
    needWhole(dot.a(), column);
    if (defs.constant(dot.acc()).isEmpty()) {
      same(dot.result(), dot.acc());
    }
    dot.scales()
        .ifPresent(s -> {
          evaluated(s.a());
          evaluated(s.b());
          join(dot.a(), row, s.a(), row);
          join(dot.b(), column, s.b(), column);
          needWhole(s.a(), column);
          needWhole(s.b(), row);
        });
  }

  private void quantize(Op.Quantize op) {
    evaluated(op.x());
    int rank = op.x().type().rank();
    for (int d = 0; d < rank - 1; d++) {
      join(op.elements(), d, op.x(), d);
      join(op.scales(), d, op.x(), d);
    }
    needWhole(op.x(), rank - 1);
    needWhole(op.elements(), rank - 1);
    needWhole(op.scales(), rank - 1);
  }

  private void store(Op.Store store, boolean isTop) {
    evaluated(store.value());
    int rank = store.value().type().rank();
    Map<Integer, Expr> found = isTop ? bounds(store, rank) : Map.of();
    for (int d = 0; d < rank; d++) {
      if (found.containsKey(d)) {
        ask(new Dim(key(store.value()), d), found.get(d));
      } else {
        needWhole(store.value(), d);
      }
    }
  }

  /// How many positions of each dimension the mask lets through, where it says so with program
  /// indices, sizes and parameters.
  private Map<Integer, Expr> bounds(Op.Store store, int rank) {
    Map<Integer, Expr> found = new HashMap<>();
    boolean isKnown =
        store.mask().isPresent()
            && sharing.isOfPrograms(store.mask().get())
            && regular.isCopy(store);
    if (!isKnown) {
      return found;
    }
    for (Bound bound : index.bounds(store.mask().get(), store.origin()).orElse(List.of())) {
      Affine left = bound.left().padded(rank);
      List<Integer> dims = left.dims();
      boolean isUpper = bound.op() == BinaryOp.LT || bound.op() == BinaryOp.LE;
      if (dims.size() == 1 && isUpper && left.coefficients().get(dims.getFirst()) == 1) {
        Expr end = bound.op() == BinaryOp.LE ? bound.bound().plus(Expr.ONE) : bound.bound();
        Expr count = end.minus(left.base());
        found.merge(dims.getFirst(), count, (a, b) -> Expr.binary(Operator.MIN, a, b));
      }
    }
    return found;
  }

  // ---- terms

  /// An instruction evaluates `term`: what it reads lines up with the result.
  private void evaluated(Term term) {
    int rank = term.type().rank();
    int[] dims = new int[rank];
    for (int d = 0; d < rank; d++) {
      dims[d] = d;
    }
    aligned(term, term, dims);
  }

  /// Dimension `d` of `part` lies along dimension `dims[d]` of `whole`.
  private void aligned(Term all, Term part, int[] dims) {
    switch (part) {
      case Term.Ref(var value) -> {
        if (!defs.isVirtual(value)) {
          for (int d = 0; d < dims.length; d++) {
            if (value.type().shape().get(d) > 1 && !(part == all)) {
              join(value, d, all, dims[d]);
            }
          }
        } else if (defs.of(value) instanceof Op.Map map) {
          aligned(all, map.term(), dims);
        }
      }
      case Term.Unsqueeze(int dim, var x) -> {
        int[] rest = new int[dims.length - 1];
        System.arraycopy(dims, 0, rest, 0, dim);
        System.arraycopy(dims, dim + 1, rest, dim, rest.length - dim);
        aligned(all, x, rest);
      }
      case Term.Transpose(var x) -> {
        int[] other = dims.clone();
        int last = dims.length - 1;
        other[last] = dims[last - 1];
        other[last - 1] = dims[last];
        aligned(all, x, other);
      }
      case Term.Unary _, Term.Binary _, Term.Fma _, Term.Select _, Term.Cast _, Term.Bitcast _ ->
          operands(all, part, dims);
      case Term.Broadcast _ -> operands(all, part, dims);
      case Term.Int _, Term.Real _, Term.Scalar _, Term.Iota _, Term.ProgramId _ -> {}
      case Term.NumPrograms _, Term.Size _ -> {}
      case Term.Philox _, Term.Reshape _, Term.Permute _, Term.Flip _, Term.Slice _ -> {
        needAll(all, all.type().rank());
        part.values().forEach(value -> needAll(value, value.type().rank()));
      }
    }
  }

  private void operands(Term all, Term part, int[] dims) {
    for (Term x : part.operands()) {
      int rank = x.type().rank();
      int[] own = new int[rank];
      System.arraycopy(dims, dims.length - rank, own, 0, rank);
      aligned(all, x, own);
    }
  }
}
