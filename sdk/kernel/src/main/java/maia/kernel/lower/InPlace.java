package maia.kernel.lower;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maia.kernel.ir.Block;
import maia.kernel.ir.Defs;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;

/// Which matrix products accumulate directly in a cell's storage: those whose only reader is the
/// [Op.Set] of that cell, with nothing in between that reads the cell.
final class InPlace {
  private final Defs defs;
  private final Map<Value, Value> cells = new HashMap<>();
  private final Set<Op> stores = new HashSet<>();

  InPlace(Block block, Defs defs) {
    this.defs = defs;
    scan(block);
  }

  /// The cell in which the product `result` is accumulated.
  Optional<Value> cell(Value result) {
    return Optional.ofNullable(cells.get(result));
  }

  /// Whether some product accumulates in `cell`.
  boolean accumulates(Value cell) {
    return cells.containsValue(cell);
  }

  /// Whether the store has nothing left to do.
  boolean isDone(Op.Set set) {
    return stores.contains(set);
  }

  private void scan(Block block) {
    List<Op> ops = block.ops();
    for (int i = 0; i < ops.size(); i++) {
      ops.get(i).blocks().forEach(this::scan);
      if (ops.get(i) instanceof Op.Dot dot && defs.uses(dot.result()) == 1) {
        int at = i + 1;
        while (at < ops.size() && !stores(ops.get(at), dot.result())) {
          at++;
        }
        if (at < ops.size() && ops.get(at) instanceof Op.Set set) {
          boolean untouched =
              ops.subList(i + 1, at).stream().noneMatch(op -> usesCell(op, set.cell()));
          if (untouched) {
            cells.put(dot.result(), set.cell());
            stores.add(set);
          }
        }
      }
    }
  }

  private static boolean stores(Op op, Value result) {
    return op instanceof Op.Set(_, Term.Ref(var stored), _) && stored.equals(result);
  }

  private boolean usesCell(Op op, Value cell) {
    boolean direct =
        (op instanceof Op.Get get && get.cell().equals(cell))
            || (op instanceof Op.Set set && set.cell().equals(cell))
            || op.operands().stream()
                .flatMap(Term::values)
                .anyMatch(v -> defs.of(v) instanceof Op.Get g && g.cell().equals(cell));
    return direct
        || op.blocks().stream().flatMap(b -> b.ops().stream()).anyMatch(o -> usesCell(o, cell));
  }
}
