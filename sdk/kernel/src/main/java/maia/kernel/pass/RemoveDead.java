package maia.kernel.pass;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import maia.kernel.ir.Block;
import maia.kernel.ir.Func;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;

/// Removes pure operations whose results nothing reads.
final class RemoveDead implements Pass {
  @Override
  public Func apply(Func func) {
    return func.withBody(block(func.body(), new HashSet<>()));
  }

  private static Block block(Block block, Set<Value> live) {
    Deque<Op> kept = new ArrayDeque<>();
    for (Op op : block.ops().reversed()) {
      if (op.isPure() && op.results().stream().noneMatch(live::contains)) {
        continue;
      }
      Op inner = op.mapBlocks(nested -> block(nested, live));
      inner.operands().stream().flatMap(Term::values).forEach(live::add);
      kept.addFirst(inner);
    }
    return new Block(List.copyOf(kept));
  }
}
