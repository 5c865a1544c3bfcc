package maia.kernel.pass;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
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
      if (op instanceof Op.While loop) {
        loop.test().values().forEach(live::add); // the condition block defines them
      }
      Op inner = withoutUnread(op, live).mapBlocks(nested -> block(nested, live));
      inner.operands().stream().flatMap(Term::values).forEach(live::add);
      kept.addFirst(inner);
    }
    return new Block(List.copyOf(kept));
  }

  /// An atomic whose old value nothing reads need not return it.
  private static Op withoutUnread(Op op, Set<Value> live) {
    return op instanceof Op.Atomic a && a.old().stream().noneMatch(live::contains)
        ? new Op.Atomic(
            Optional.empty(),
            a.op(),
            a.array(),
            a.indices(),
            a.value(),
            a.compare(),
            a.mask(),
            a.origin())
        : op;
  }
}
