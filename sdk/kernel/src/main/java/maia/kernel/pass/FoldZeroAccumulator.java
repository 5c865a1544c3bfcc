package maia.kernel.pass;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maia.kernel.ir.BinaryOp;
import maia.kernel.ir.Block;
import maia.kernel.ir.Defs;
import maia.kernel.ir.Func;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;

/// A cell of zeros that a loop accumulates matrix products into needs no zeros: the product of the
/// first iteration clears the accumulator instead. A loop that does not run at all leaves the zeros
/// to a branch behind it.
final class FoldZeroAccumulator implements Pass {
  @Override
  public Func apply(Func func) {
    return func.withBody(block(func.body(), new Defs(func)));
  }

  private static Block block(Block block, Defs defs) {
    List<Op> ops = new ArrayList<>();
    block.ops().forEach(op -> ops.add(op.mapBlocks(inner -> block(inner, defs))));
    for (int i = 0; i < ops.size(); i++) {
      if (ops.get(i) instanceof Op.Var(var cell, var init, var origin)
          && init.flatMap(defs::constant)
              .filter(c -> Float.floatToRawIntBits(c) == 0)
              .isPresent()) {
        int loop = firstTouch(ops, i + 1, cell);
        if (loop < ops.size() && ops.get(loop) instanceof Op.Range range) {
          Optional<Block> body = accumulation(range, cell, defs);
          Optional<Term> empty = emptiness(range);
          if (body.isPresent() && empty.isPresent()) {
            ops.set(i, new Op.Var(cell, Optional.empty(), origin));
            ops.set(loop, range.mapBlocks(_ -> body.get()));
            Op zeros = new Op.Set(cell, init.orElseThrow(), origin);
            Block then = new Block(List.of(zeros));
            ops.add(loop + 1, new Op.When(empty.get(), then, new Block(List.of()), origin));
          }
        }
      }
    }
    return new Block(ops);
  }

  /// When the loop does not run; empty for a step of unknown sign.
  private static Optional<Term> emptiness(Op.Range range) {
    return range.step() instanceof Term.Int(long step, _) && step != 0
        ? Optional.of(
            new Term.Binary(step > 0 ? BinaryOp.LE : BinaryOp.GE, range.to(), range.from()))
        : Optional.empty();
  }

  private static int firstTouch(List<Op> ops, int from, Value cell) {
    int i = from;
    while (i < ops.size() && !Cells.touches(ops.get(i), cell)) {
      i++;
    }
    return i;
  }

  /// The loop's body with a clearing product, when its first use of the cell is one.
  private static Optional<Block> accumulation(Op.Range range, Value cell, Defs defs) {
    List<Op> ops = new ArrayList<>(range.body().ops());
    int first = firstTouch(ops, 0, cell);
    if (first == ops.size()
        || !(ops.get(first) instanceof Op.Get get)
        || defs.uses(get.result()) != 1) {
      return Optional.empty();
    }
    for (int i = first + 1; i < ops.size(); i++) {
      if (ops.get(i) instanceof Op.Dot dot && dot.acc().equals(Term.of(get.result()))) {
        int set = firstTouch(ops, i + 1, cell);
        boolean inPlace =
            set < ops.size()
                && ops.get(set) instanceof Op.Set(_, Term.Ref(var stored), _)
                && stored.equals(dot.result())
                && defs.uses(dot.result()) == 1;
        if (inPlace) {
          ops.set(i, clearing(dot, range));
          return Optional.of(new Block(ops));
        }
      }
      if (Cells.touches(ops.get(i), cell)) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static Op clearing(Op.Dot dot, Op.Range range) {
    Term first = new Term.Binary(BinaryOp.EQ, Term.of(range.index()), range.from());
    return new Op.Dot(
        dot.result(), dot.a(), dot.b(), dot.scales(), dot.acc(), Optional.of(first), dot.origin());
  }
}
