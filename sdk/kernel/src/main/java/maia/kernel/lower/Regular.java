package maia.kernel.lower;

import java.util.HashSet;
import java.util.Set;
import maia.kernel.ir.Block;
import maia.kernel.ir.Defs;
import maia.kernel.ir.Func;
import maia.kernel.ir.Op;

/// Which loads and stores are strided copies; the others move by index.
final class Regular {
  private final Scalars scalars;
  private final Windows windows;
  private final Set<Op> found = new HashSet<>();

  private Regular(Func func) {
    Defs defs = new Defs(func);
    scalars = new Scalars(defs);
    windows = new Windows(new Index(defs, scalars));
    block(func.body());
  }

  static Regular of(Func func) {
    return new Regular(func);
  }

  /// Whether a load or a store is a strided copy.
  boolean isCopy(Op op) {
    return found.contains(op);
  }

  private void block(Block block) {
    for (Op op : block.ops()) {
      if (op instanceof Op.Range range) {
        scalars.hold(range.index(), Scalars.register(range.index()));
      } else if (op instanceof Op.Get get && Defs.isControl(get.result().type())) {
        scalars.hold(get.result(), Scalars.register(get.result()));
      }
      op.blocks().forEach(this::block);
      boolean isCopy =
          switch (op) {
            case Op.Load load ->
                windows
                    .find(
                        load.array(),
                        load.indices(),
                        load.mask(),
                        load.result().type().shape(),
                        load.origin())
                    .isPresent();
            case Op.Store store ->
                windows
                    .find(
                        store.array(),
                        store.indices(),
                        store.mask(),
                        store.value().type().shape(),
                        store.origin())
                    .isPresent();
            default -> false;
          };
      if (isCopy) {
        found.add(op);
      }
    }
  }
}
