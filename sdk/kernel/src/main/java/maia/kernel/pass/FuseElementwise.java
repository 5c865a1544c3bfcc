package maia.kernel.pass;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maia.kernel.ir.Block;
import maia.kernel.ir.Defs;
import maia.kernel.ir.Func;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;

/// Moves element-wise operations into the one operation of the same block that reads them, so that
/// a chain becomes one instruction. Views of data move into every reader, since they cost nothing.
final class FuseElementwise implements Pass {
  @Override
  public Func apply(Func func) {
    return func.withBody(new Fusion(new Defs(func)).block(func.body()));
  }

  /// The state of one application.
  private static final class Fusion {
    private final Defs defs;
    private final Map<Value, Term> views = new HashMap<>();

    Fusion(Defs defs) {
      this.defs = defs;
    }

    Block block(Block block) {
      Map<Value, Term> open = new HashMap<>();
      List<Op> ops = new ArrayList<>();
      for (Op op : block.ops()) {
        Op fused =
            op.map(term -> term.substitute(v -> replacement(v, open))).mapBlocks(this::block);
        close(fused, open);
        if (fused instanceof Op.Map(var result, var term, _) && !defs.isVirtual(result)) {
          if (term.isView()) {
            views.put(result, term);
          } else if (defs.uses(result) == 1) {
            open.put(result, term);
          }
        }
        ops.add(fused);
      }
      return new Block(ops);
    }

    private Term replacement(Value value, Map<Value, Term> open) {
      Term term = views.getOrDefault(value, open.get(value));
      return term == null ? Term.of(value) : term;
    }

    /// After a cell changes, terms that read its former content stay where they are.
    private void close(Op op, Map<Value, Term> open) {
      Set<Value> changed = new HashSet<>();
      Cells.changed(op, changed);
      open.values()
          .removeIf(term ->
              term.values()
                  .anyMatch(v -> defs.of(v) instanceof Op.Get get && changed.contains(get.cell())));
    }
  }
}
