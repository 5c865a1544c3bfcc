package maia.kernel;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import maia.base.Origin;
import maia.kernel.Tile.Made;
import maia.kernel.ir.Block;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Type;
import maia.kernel.ir.Value;
import maia.numerics.DType;

/// Records loops, branches and cells.
final class Control {
  private final Tracer trace;

  Control(Tracer trace) {
    this.trace = trace;
  }

  /// A block nested in an operation, as last recorded.
  private final class Nested {
    private final Region.Kind kind;
    private Block block = Block.EMPTY;

    Nested(Region.Kind kind) {
      this.kind = kind;
    }

    void record(Consumer<Region> body) {
      Region region = new Region(kind);
      trace.recording().open(region);
      body.accept(region);
      trace.recording().close();
      block = region.block();
    }

    Block block() {
      return block;
    }
  }

  // ---- cells

  Var var(Made initial) {
    trace.use(initial);
    Origin.Frame frame = trace.here();
    Made cell = trace.recording().define(initial.value().type(), frame);
    trace
        .recording()
        .add(new Op.Var(cell.value(), Optional.of(initial.term()), trace.origin(frame)));
    return new Var(cell);
  }

  static Made get(Made cell) {
    Tracer trace = cell.trace();
    trace.use(cell);
    Origin.Frame frame = trace.here();
    Made made = trace.recording().define(cell.value().type(), frame);
    trace.recording().add(new Op.Get(made.value(), cell.value(), false, trace.origin(frame)));
    return made;
  }

  static void set(Made cell, Made value) {
    Tracer trace = cell.trace();
    trace.use(cell);
    trace.use(value);
    if (!cell.value().type().equals(value.value().type())) {
      throw trace.mismatch(
          Mistake.VAR_CHANGES_TYPE,
          "var: declared %s at line %d, assigned %s; a var keeps its type and shape"
              .formatted(cell.value().type(), cell.line(), value.value().type()),
          cell,
          value);
    }
    trace.recording().add(new Op.Set(cell.value(), value.term(), trace.origin(trace.here())));
  }

  // ---- loops and branches

  /// A loop being described.
  record RangeLoop(Control control, Tile from, Tile to, Tile step, int stages, int unroll)
      implements KernelContext.Loop {
    @Override
    public KernelContext.Loop stages(int count) {
      control.trace.require(
          count >= 1, Mistake.BAD_LOOP, "stages: must be at least 1, was %d", count);
      return new RangeLoop(control, from, to, step, count, unroll);
    }

    @Override
    public KernelContext.Loop unroll(int count) {
      control.trace.require(
          count >= 1, Mistake.BAD_LOOP, "unroll: must be at least 1, was %d", count);
      return new RangeLoop(control, from, to, step, stages, count);
    }

    @Override
    public void each(Consumer<Tile> body) {
      if (unroll == 1) {
        control.range(from, to, step, stages, body);
        return;
      }
      Tile trips = to.sub(from).cdiv(step).max(0);
      Tile whole = from.add(trips.div(unroll).mul(unroll).mul(step));
      control.range(
          from,
          whole,
          step.mul(unroll),
          stages,
          first -> {
            for (int i = 0; i < unroll; i++) {
              body.accept(i == 0 ? first : first.add(step.mul(i)));
            }
          });
      control.range(whole, to, step, stages, body);
    }
  }

  KernelContext.Loop range(Tile from, Tile to, Tile step) {
    for (Tile bound : List.of(from, to, step)) {
      Operands.checkInteger(trace, "range", trace.use(bound.made));
    }
    trace.require(
        !(step.made.term() instanceof Term.Int(long by, _)) || by > 0,
        Mistake.BAD_LOOP,
        "range: the step must be positive, was %s; count down with to.sub(1).sub(i)",
        step.made.term() instanceof Term.Int(long by, _) ? by : "");
    return new RangeLoop(this, from, to, step, 1, 1);
  }

  private void range(Tile from, Tile to, Tile step, int stages, Consumer<Tile> body) {
    Origin.Frame frame = trace.here();
    Value index = trace.recording().define(Type.scalar(DType.I64), frame).value();
    Term start = bound(from);
    Term by = bound(step);
    trace.recording().describe(index, new Term.Fma(start, by, Term.of(1)));
    Op.Range head =
        new Op.Range(index, start, bound(to), by, stages, Block.EMPTY, trace.origin(frame));
    Nested nested = new Nested(Region.Kind.LOOP);
    Consumer<Region> iteration =
        region -> body.accept(new Tile(new Made(trace, index, region, frame)));
    trace.recording().driver().range(head, () -> nested.record(iteration));
    trace.recording().addNested(head.mapBlocks(_ -> nested.block()));
  }

  private Term bound(Tile tile) {
    return Operands.wide(trace.use(tile.made).term());
  }

  void when(Made condition, Runnable then, Runnable otherwise) {
    Operands.checkCondition(trace, "when", trace.use(condition));
    Origin.Frame frame = trace.here();
    Op.When head = new Op.When(condition.term(), Block.EMPTY, Block.EMPTY, trace.origin(frame));
    Nested first = new Nested(Region.Kind.BRANCH);
    Nested second = new Nested(Region.Kind.BRANCH);
    Runnable yes = () -> first.record(_ -> then.run());
    Runnable no = () -> second.record(_ -> otherwise.run());
    trace.recording().driver().when(head, yes, no);
    trace
        .recording()
        .addNested(new Op.When(head.condition(), first.block(), second.block(), head.origin()));
  }

  void loopWhile(Supplier<Mask> condition, Runnable body) {
    Origin.Frame frame = trace.here();
    Nested test = new Nested(Region.Kind.LOOP);
    Nested work = new Nested(Region.Kind.LOOP);
    AtomicReference<Term> decides = new AtomicReference<>(Term.of(0));
    Consumer<Region> evaluate =
        _ -> {
          Made made = condition.get().made;
          Operands.checkCondition(trace, "loopWhile", trace.use(made));
          decides.set(made.term());
        };
    Supplier<Term> again =
        () -> {
          test.record(evaluate);
          return decides.get();
        };
    trace
        .recording()
        .driver()
        .loopWhile(again, () -> work.record(_ -> body.run()), trace.origin(frame));
    trace
        .recording()
        .addNested(new Op.While(test.block(), decides.get(), work.block(), trace.origin(frame)));
  }
}
