package maia.kernel.pass;

import java.util.List;
import java.util.function.BiConsumer;
import maia.kernel.ir.Func;

/// The passes between tracing and lowering, in the order written here and nowhere else.
public final class Passes {
  private static final List<Pass> PASSES =
      List.of(
          new FoldConstants(),
          new RemoveDead(), // so that the use counts below are those of live code
          new FuseElementwise(),
          new FoldZeroAccumulator(), // before reads are copied: it looks for the plain loop
          new SnapshotReads(),
          new RemoveDead()); // views that moved, products folded away

  private Passes() {}

  /// Runs every pass; `after` sees each result.
  public static Func run(Func func, BiConsumer<String, Func> after) {
    Func current = func;
    for (Pass pass : PASSES) {
      current = pass.apply(current);
      after.accept(pass.name(), current);
    }
    return current;
  }
}
