package maia.kernel.pass;

import java.util.ArrayList;
import java.util.List;
import maia.kernel.ir.Block;
import maia.kernel.ir.Func;
import maia.kernel.ir.Op;

/// Marks the reads of a cell that are still needed after the cell changes: they take a copy, the
/// others use the cell's own storage.
final class SnapshotReads implements Pass {
  @Override
  public Func apply(Func func) {
    return func.withBody(block(func.body()));
  }

  private static Block block(Block block) {
    List<Op> ops = new ArrayList<>();
    List<Op> all = block.ops();
    for (int i = 0; i < all.size(); i++) {
      Op op = all.get(i);
      ops.add(
          op instanceof Op.Get get && outlivesChange(get, all.subList(i + 1, all.size()))
              ? new Op.Get(get.result(), get.cell(), true, get.origin())
              : op.mapBlocks(SnapshotReads::block));
    }
    return new Block(ops);
  }

  private static boolean outlivesChange(Op.Get get, List<Op> after) {
    boolean changed = false;
    for (Op op : after) {
      boolean nested = !op.blocks().isEmpty();
      boolean changesHere = Cells.changes(op, get.cell());
      if (Cells.reads(op, get.result()) && (changed || (nested && changesHere))) {
        return true;
      }
      changed |= changesHere;
    }
    return false;
  }
}
