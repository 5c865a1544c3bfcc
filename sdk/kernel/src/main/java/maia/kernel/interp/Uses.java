package maia.kernel.interp;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maia.kernel.ir.BinaryOp;
import maia.kernel.ir.Block;
import maia.kernel.ir.Func;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;

/// Which values of a function must be computed whole, which reads of a cell may use the cell's own
/// storage, and which results may be written straight into a cell.
final class Uses {
  private final Map<Value, Op.Map> maps = new HashMap<>();
  private final Map<Value, Set<Value>> sources = new HashMap<>();
  private final Map<Value, Integer> counts = new HashMap<>();
  private final Set<Value> demanded = new HashSet<>();

  Uses(Func func) {
    count(func.body());
    demand(func.body());
  }

  private void count(Block block) {
    for (Op op : block.ops()) {
      if (op instanceof Op.Map map) {
        maps.put(map.result(), map);
      }
      op.operands().stream().flatMap(Term::values).forEach(v -> counts.merge(v, 1, Integer::sum));
      op.blocks().forEach(this::count);
    }
  }

  private void demand(Block block) {
    for (Op op : block.ops().reversed()) {
      if (op instanceof Op.While loop) {
        need(loop.test()); // made in the loop's own condition block
      }
      op.blocks().forEach(this::demand);
      switch (op) {
        case Op.Map map -> {
          if (isShown(map)) {
            break;
          }
          if (demanded.contains(map.result())) {
            map.term().values().forEach(this::need);
          }
        }
        case Op.Load load -> {
          load.indices().forEach(this::need);
          load.mask().ifPresent(this::needConjuncts);
        }
        case Op.Store store -> {
          store.indices().forEach(this::need);
          need(store.value());
          store.mask().ifPresent(this::needConjuncts);
        }
        case Op.Atomic atomic -> {
          atomic.indices().forEach(this::need);
          need(atomic.value());
          atomic.compare().ifPresent(this::need);
          atomic.mask().ifPresent(this::needConjuncts);
        }
        default -> op.operands().forEach(this::need);
      }
    }
  }

  private void needConjuncts(Term mask) {
    Conjuncts.of(mask, this).forEach(this::need);
  }

  private void need(Term term) {
    term.values().forEach(this::need);
  }

  /// Asks for a value; views ask for what they show. Later operations ask first.
  private void need(Value value) {
    Op.Map map = maps.get(value);
    if (map != null && isShown(map)) {
      map.term().values().forEach(this::need);
    }
    demanded.add(value);
  }

  /// The element-wise operation that defines `value`, or null.
  Op.@org.jspecify.annotations.Nullable Map map(Value value) {
    return maps.get(value);
  }

  /// Whether an operation only shows another value, or a constant, in another shape.
  private static boolean isShown(Op.Map map) {
    return map.term().isView();
  }

  /// Whether something needs every element of `value`.
  boolean isDemanded(Value value) {
    return demanded.contains(value);
  }

  // ---- cells

  /// Whether `get`, at position `at` of `ops`, must keep what the cell held when it ran.
  boolean outlivesChange(Op.Get get, List<Op> ops, int at) {
    boolean changed = false;
    for (int i = at + 1; i < ops.size(); i++) {
      Op op = ops.get(i);
      boolean changesHere = changes(op, get.cell());
      if (reads(op, get.result()) && (changed || (!op.blocks().isEmpty() && changesHere))) {
        return true;
      }
      changed |= changesHere || (i + 1 < ops.size() && isForwarded(op, ops.get(i + 1), get.cell()));
    }
    return false;
  }

  private static boolean changes(Op op, Value cell) {
    return (op instanceof Op.Set set && set.cell().equals(cell))
        || op.blocks().stream().flatMap(b -> b.ops().stream()).anyMatch(o -> changes(o, cell));
  }

  private boolean reads(Op op, Value value) {
    return op.operands().stream()
            .flatMap(Term::values)
            .anyMatch(v -> v.equals(value) || sources(v).contains(value))
        || op.blocks().stream().flatMap(b -> b.ops().stream()).anyMatch(o -> reads(o, value));
  }

  /// The values whose storage is read when `value` is: those a view shows, and those of a mask that
  /// is only looked at condition by condition.
  private Set<Value> sources(Value value) {
    Set<Value> known = sources.get(value);
    if (known != null) {
      return known;
    }
    Set<Value> all = new HashSet<>();
    Op.Map map = maps.get(value);
    if (map != null && (isShown(map) || isConjunction(map))) {
      map.term()
          .values()
          .forEach(v -> {
            all.add(v);
            all.addAll(sources(v));
          });
    }
    sources.put(value, all);
    return all;
  }

  private static boolean isConjunction(Op.Map map) {
    return map.term() instanceof Term.Binary(var op, _, _) && op == BinaryOp.AND;
  }

  /// Whether `op` may write its result straight into `cell`, because all that happens to it is that
  /// `next` makes the cell hold it.
  boolean isForwarded(Op op, Op next, Value cell) {
    return next instanceof Op.Set(var to, Term.Ref(var stored), _)
        && to.equals(cell)
        && op.results().contains(stored)
        && counts.getOrDefault(stored, 0) == 1
        && (op instanceof Op.Dot || (op instanceof Op.Map map && isArithmetic(map.term())));
  }

  private static boolean isArithmetic(Term term) {
    return switch (term) {
      case Term.Unary _, Term.Binary _, Term.Fma _, Term.Select _, Term.Cast _ -> true;
      case Term.Bitcast _, Term.Philox _ -> true;
      case Term.Ref _, Term.Int _, Term.Real _, Term.Scalar _, Term.Iota _ -> false;
      case Term.ProgramId _, Term.NumPrograms _, Term.Size _ -> false;
      case Term.Unsqueeze _, Term.Transpose _, Term.Broadcast _ -> false;
      case Term.Reshape _, Term.Permute _, Term.Flip _, Term.Slice _ -> false;
    };
  }
}
