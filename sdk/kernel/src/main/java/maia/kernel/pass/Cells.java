package maia.kernel.pass;

import java.util.Set;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;

/// What operations do to cells, nested blocks included.
final class Cells {
  private Cells() {}

  /// Adds the cells that `op` changes.
  static void changed(Op op, Set<Value> into) {
    if (op instanceof Op.Set set) {
      into.add(set.cell());
    }
    op.blocks().forEach(block -> block.ops().forEach(inner -> changed(inner, into)));
  }

  /// Whether `op` changes `cell`.
  static boolean changes(Op op, Value cell) {
    return (op instanceof Op.Set set && set.cell().equals(cell))
        || op.blocks().stream().flatMap(b -> b.ops().stream()).anyMatch(o -> changes(o, cell));
  }

  /// Whether `op` reads or changes `cell`.
  static boolean touches(Op op, Value cell) {
    return (op instanceof Op.Set set && set.cell().equals(cell))
        || (op instanceof Op.Get get && get.cell().equals(cell))
        || op.blocks().stream().flatMap(b -> b.ops().stream()).anyMatch(o -> touches(o, cell));
  }

  /// Whether a term of `op` reads `value`.
  static boolean reads(Op op, Value value) {
    return op.operands().stream().flatMap(Term::values).anyMatch(value::equals)
        || op.blocks().stream().flatMap(b -> b.ops().stream()).anyMatch(o -> reads(o, value));
  }
}
