package maia.kernel.interp;

import java.util.List;
import java.util.Optional;
import maia.kernel.ir.Block;
import maia.kernel.ir.Func;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Type;
import maia.numerics.DType;
import org.jspecify.annotations.Nullable;

/// Turns the blocks of a function into nodes.
final class Planner {
  private final Emission emission;
  private final Terms terms;
  private final Operations operations;
  private final Instance program;
  private final Uses uses;

  Planner(Func func, Emission emission, Terms terms, Operations operations, Instance program) {
    this.emission = emission;
    this.terms = terms;
    this.operations = operations;
    this.program = program;
    uses = new Uses(func);
    block(func.body());
  }

  private void block(Block block) {
    List<Op> ops = block.ops();
    for (int i = 0; i < ops.size(); i++) {
      Op op = ops.get(i);
      Slot target = target(op, i + 1 < ops.size() ? ops.get(i + 1) : null);
      switch (op) {
        case Op.Map o -> {
          if (o.term().isView() || uses.isDemanded(o.result())) {
            map(o, target);
          }
        }
        case Op.Load o -> operations.load(o, conditions(o.mask()));
        case Op.Store o -> operations.store(o, conditions(o.mask()));
        case Op.Dot o -> operations.dot(o, target);
        case Op.Reduce o -> operations.reduce(o);
        case Op.Quantize o -> operations.quantize(o);
        case Op.Var o -> operations.var(o);
        case Op.Get o -> operations.get(o, uses.outlivesChange(o, ops, i));
        case Op.Set o -> operations.set(o);
        case Op.Range o -> range(o);
        case Op.When o -> when(o);
        case Op.While o -> loop(o);
        case Op.Fold o -> operations.fold(o);
        case Op.Sort o -> operations.sort(o);
        case Op.Histogram o -> operations.histogram(o);
        case Op.Gather o -> operations.gather(o);
        case Op.Concat o -> operations.concat(o);
        case Op.Atomic o -> operations.atomic(o, conditions(o.mask()));
        case Op.Print o -> operations.print(o);
        case Op.Assert o -> operations.verify(o);
        case Op.Assume o -> operations.verify(o);
      }
    }
  }

  /// A view of something that is looked at piece by piece only has no storage to show.
  private void map(Op.Map op, @Nullable Slot target) {
    if (op.term().values().allMatch(terms::knows)) {
      operations.map(op, target);
    }
  }

  private @Nullable Slot target(Op op, @Nullable Op next) {
    return next instanceof Op.Set set && uses.isForwarded(op, next, set.cell())
        ? operations.cell(set.cell())
        : null;
  }

  private List<Term> conditions(Optional<Term> mask) {
    return mask.map(m -> Conjuncts.of(m, uses)).orElse(List.of());
  }

  private void range(Op.Range op) {
    Slot from = terms.of(op.from(), op.origin());
    Slot to = terms.of(op.to(), op.origin());
    Slot step = terms.of(op.step(), op.origin());
    Slot index = Slot.of(Type.scalar(DType.I64));
    terms.define(op.index(), index);
    Node[] body = inner(op.body());
    emission.add(new RangeNode(index, from, to, step, body, program, op.origin()));
  }

  private void when(Op.When op) {
    Slot condition = terms.of(op.condition(), op.origin());
    Node[] then = inner(op.then());
    emission.add(new WhenNode(condition, then, inner(op.otherwise())));
  }

  private void loop(Op.While op) {
    emission.begin();
    block(op.condition());
    Slot test = terms.of(op.test(), op.origin());
    Node[] condition = emission.end();
    emission.add(new WhileNode(condition, test, inner(op.body()), program, op.origin()));
  }

  private Node[] inner(Block block) {
    emission.begin();
    block(block);
    return emission.end();
  }
}
