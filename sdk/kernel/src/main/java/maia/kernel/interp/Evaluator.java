package maia.kernel.interp;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import maia.base.Origin;
import maia.kernel.ir.Func;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;
import maia.numerics.DType;

/// Executes one program operation by operation, as a recording produces them, with the checks and
/// the numbers of the [Interpreter].
public final class Evaluator {
  private final Instance program;
  private final Arguments arguments = new Arguments();
  private final Terms terms;
  private final Operations operations;
  private int newest = -1;

  /// @param grid one to three sizes
  /// @param indices of the program, as many
  /// @param printer receives what the program prints
  public Evaluator(List<Integer> grid, List<Integer> indices, Consumer<String> printer) {
    program = new Instance(grid, printer);
    program.start(program.number(indices));
    Emission emission = new Emission(Emission.Mode.IMMEDIATE);
    terms = new Terms(emission, program, arguments);
    operations = new Operations(emission, terms, program, arguments, Interpreter.Checks.ON);
  }

  /// Gives `param` its argument: an array, a float or a long that fits it.
  public void bind(Func.Param param, Object argument) {
    arguments.bind(param, argument);
  }

  /// Says what a loop index is now.
  public void define(Value index, long value) {
    Slot slot = Slot.of(DType.I64);
    slot.longs[0] = value;
    terms.define(index, slot);
    newest = Math.max(newest, index.id());
  }

  /// What a loop with a step of 0 is refused with.
  public KernelException stands(Origin origin) {
    return Rounds.stands(origin, program);
  }

  /// Refuses a loop of too many rounds, as the interpreter does.
  public void enter(long from, long to, long step, Origin origin) {
    Rounds.check(from, to, step, origin, program);
  }

  /// Refuses round `round`, counted from 1, of a loop that does not end.
  public void again(long round, Origin origin) {
    Rounds.check(round, origin, program);
  }

  /// The number a scalar integer or truth value is now.
  public long scalar(Term term, Origin origin) {
    return terms.of(term, origin).scalar();
  }

  /// Executes `op`, which has no nested blocks.
  public void execute(Op op) {
    op.results().forEach(v -> newest = Math.max(newest, v.id()));
    switch (op) {
      case Op.Map o -> operations.map(o, null);
      case Op.Load o -> operations.load(o, o.mask().stream().toList());
      case Op.Store o -> operations.store(o, o.mask().stream().toList());
      case Op.Dot o -> operations.dot(o, null);
      case Op.Reduce o -> operations.reduce(o);
      case Op.Quantize o -> operations.quantize(o);
      case Op.Var o -> operations.var(o);
      case Op.Get o -> operations.get(o, true);
      case Op.Set o -> operations.set(o);
      case Op.Fold o -> operations.fold(o);
      case Op.Sort o -> operations.sort(o);
      case Op.Histogram o -> operations.histogram(o);
      case Op.Gather o -> operations.gather(o);
      case Op.Concat o -> operations.concat(o);
      case Op.Atomic o -> operations.atomic(o, o.mask().stream().toList());
      case Op.Print o -> operations.print(o);
      case Op.Assert o -> operations.verify(o);
      case Op.Assume o -> operations.verify(o);
      case Op.Range _, Op.When _, Op.While _ ->
          throw new IllegalStateException("bug in kernel.interp: nested blocks in " + op);
    }
    if (op instanceof Op.Store || op instanceof Op.Atomic) {
      arguments.written();
    }
  }

  /// The number of the newest value; what comes later can be forgotten.
  public int mark() {
    return newest;
  }

  /// Forgets every value newer than `mark`: the block that made them has ended.
  public void forget(int mark) {
    terms.forget(value -> value.id() > mark);
    operations.forget(value -> value.id() > mark);
  }

  /// Type, program and a corner of the elements of `value`, if it has been computed.
  public Optional<String> text(Value value) {
    if (!terms.knows(value)) {
      return Optional.empty();
    }
    Slot slot = terms.of(Term.of(value), Origin.NONE);
    Slot plain = Slot.of(slot.dtype, slot.shape);
    new Spread(slot, plain).run();
    return Optional.of(Texts.of(plain, "in program " + program.name()));
  }
}
