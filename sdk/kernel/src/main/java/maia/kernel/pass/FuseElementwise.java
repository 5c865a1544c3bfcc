package maia.kernel.pass;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import maia.base.Check;
import maia.base.Stop;
import maia.kernel.ir.Block;
import maia.kernel.ir.Defs;
import maia.kernel.ir.Func;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;

/// Moves element-wise operations into the one operation of the same block that reads them, so that
/// a chain becomes one instruction. Views of data move into every reader, since they cost nothing.
final class FuseElementwise implements Pass {
  /// Texts of programs nest no deeper than twice this; a longer chain becomes several instructions.
  private static final int DEEPEST = 96;

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

    /// An operation that may still move into its reader.
    ///
    /// @param term what it computes
    /// @param depth how deep the term nests
    private record Open(Term term, int depth) {}

    Block block(Block block) {
      Map<Value, Open> open = new HashMap<>();
      Set<Value> moved = new HashSet<>();
      List<Op> ops = new ArrayList<>();
      for (Op op : block.ops()) {
        Stop.poll("compiling");
        int room = DEEPEST - op.operands().stream().mapToInt(Term::depth).max().orElse(0);
        Op fused =
            op.map(term -> term.substitute(v -> replacement(v, open, room, moved)))
                .mapBlocks(this::block);
        close(fused, open);
        if (fused instanceof Op.Map(var result, var term, _) && !defs.isVirtual(result)) {
          if (term.isView()) {
            views.put(result, term);
          } else if (defs.uses(result) == 1) {
            open.put(result, new Open(term, term.depth()));
          }
        }
        ops.add(fused);
      }
      ops.removeIf(op -> op instanceof Op.Map map && moved.contains(map.result()));
      return new Block(ops);
    }

    private Term replacement(Value value, Map<Value, Open> open, int room, Set<Value> moved) {
      if (views.containsKey(value)) {
        return Check.present(views.get(value), "FuseElementwise", value);
      }
      Open found = open.get(value);
      if (found == null || found.depth() > room) {
        return Term.of(value);
      }
      open.remove(value);
      moved.add(value);
      return found.term();
    }

    /// After a cell changes, terms that read its former content stay where they are.
    private void close(Op op, Map<Value, Open> open) {
      Set<Value> changed = new HashSet<>();
      Cells.changed(op, changed);
      if (!changed.isEmpty()) {
        open.values()
            .removeIf(o ->
                o.term()
                    .values()
                    .anyMatch(
                        v -> defs.of(v) instanceof Op.Get get && changed.contains(get.cell())));
      }
    }
  }
}
