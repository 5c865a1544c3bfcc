package maia.npl;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import maia.numerics.BlockFormat;
import maia.numerics.ScaleRule;

/// Records the instructions of one queue; every method adds one and returns the queue.
public final class QueueBuilder {
  private final TileProgram program;
  private final Deque<List<Instr>> blocks = new ArrayDeque<>();
  private int loops;

  QueueBuilder(TileProgram program) {
    this.program = program;
    blocks.push(new ArrayList<>());
  }

  List<Instr> body() {
    return blocks.element();
  }

  private QueueBuilder add(Instr instr) {
    blocks.element().add(instr);
    return this;
  }

  /// Waits for one count of each semaphore, in order.
  public QueueBuilder waitFor(Sem... semaphores) {
    for (Sem s : semaphores) {
      waitFor(s, 1);
    }
    return this;
  }

  /// Waits until the semaphore is at least `count`, and takes that many.
  public QueueBuilder waitFor(Sem semaphore, int count) {
    return add(new Instr.Wait(semaphore.ref(), count, program.origin()));
  }

  /// Gives one count to each semaphore when everything before has finished.
  public QueueBuilder signal(Sem... semaphores) {
    for (Sem s : semaphores) {
      signal(s, 1);
    }
    return this;
  }

  /// Gives `count` to the semaphore when everything before has finished.
  public QueueBuilder signal(Sem semaphore, int count) {
    return add(new Instr.Signal(semaphore.ref(), count, program.origin()));
  }

  /// Waits until this queue of every tile of the cluster has come here, and everything before it
  /// has finished.
  public QueueBuilder clusterBarrier() {
    Sem barrier = program.barrier(this);
    var lanes = Expr.reg(Builtin.LANES);
    signal(barrier.on(Home.lanes(Expr.ZERO, lanes)));
    return repeat(Expr.ZERO, lanes, Expr.ONE, _ -> waitFor(barrier));
  }

  /// Loads a box.
  public QueueBuilder copy(Place.Window from, Operand to) {
    return copy(from, to, 0f);
  }

  /// Loads a box; masked-off elements become `fill`.
  public QueueBuilder copy(Place.Window from, Operand to, float fill) {
    return add(new Instr.Copy(from, to.region(), fill, program.origin()));
  }

  /// Stores a box.
  public QueueBuilder copy(Operand from, Place.Window to) {
    return add(new Instr.Copy(from.region(), to, 0f, program.origin()));
  }

  /// Moves a box on chip.
  public QueueBuilder copy(Operand from, Operand to) {
    return add(new Instr.Copy(from.region(), to.region(), 0f, program.origin()));
  }

  /// Multiplies on the tensor unit; `clear` is [Npl#CLEAR], [Npl#ADD] or computed.
  public QueueBuilder mma(Operand acc, Operand a, Operand b, Expr clear) {
    return add(new Instr.Mma(acc.region(), a.region(), b.region(), clear, program.origin()));
  }

  /// Multiplies block-scaled operands on the tensor unit.
  public QueueBuilder mmaScaled(
      Operand acc, Operand a, Operand aScale, Operand b, Operand bScale, int block, Expr clear) {
    return add(
        new Instr.MmaScaled(
            acc.region(),
            a.region(),
            aScale.region(),
            b.region(),
            bScale.region(),
            block,
            clear,
            program.origin()));
  }

  /// Evaluates a lane expression on the vector processor.
  public QueueBuilder map(Operand out, Lane value) {
    return add(new Instr.Map(out.region(), value, program.origin()));
  }

  /// Writes `max(in, 0)`.
  public QueueBuilder relu(Operand in, Operand out) {
    Lane value = new Lane.Binary(Lane.BinaryOp.MAX, new Lane.In(in.region()), new Lane.Const(0f));
    return add(new Instr.Map(out.region(), value, program.origin()));
  }

  /// Reduces a box along `axis`.
  public QueueBuilder reduce(Operand out, Instr.ReduceOp op, Operand in, int axis) {
    return add(
        new Instr.Reduce(
            out.region(),
            op,
            new Lane.In(in.region()),
            in.region().shape(),
            axis,
            program.origin()));
  }

  /// Reduces a lane expression over a box of the given sizes along `axis`.
  public QueueBuilder reduce(
      Operand out, Instr.ReduceOp op, Lane value, List<Integer> extent, int axis) {
    return add(new Instr.Reduce(out.region(), op, value, extent, axis, program.origin()));
  }

  /// Quantises fp32 rows to a block format.
  public QueueBuilder quantize(
      Operand elements, Operand scales, Operand in, BlockFormat format, ScaleRule rule) {
    return add(
        new Instr.Quantize(
            elements.region(), scales.region(), in.region(), format, rule, program.origin()));
  }

  /// Executes `body` with its argument running over `0 .. count-1`.
  public QueueBuilder repeat(long count, Consumer<Expr> body) {
    return repeat(Expr.ZERO, Expr.of(count), Expr.ONE, body);
  }

  /// Executes `body` with its argument running from `from` in steps of `step` while below `to`.
  public QueueBuilder repeat(Expr from, Expr to, Expr step, Consumer<Expr> body) {
    return repeat("i" + loops++, from, to, step, body);
  }

  /// As [#repeat(Expr, Expr, Expr, Consumer)] with a named variable; the name [Builtin#PROGRAM]
  /// marks the loop over programs.
  public QueueBuilder repeat(String variable, Expr from, Expr to, Expr step, Consumer<Expr> body) {
    var origin = program.origin();
    List<Instr> inner = block(() -> body.accept(Expr.reg(variable)));
    return add(new Instr.Repeat(variable, from, to, step, inner, origin));
  }

  /// Executes `then` where the condition is non-zero, else `otherwise`.
  public QueueBuilder when(Expr condition, Runnable then, Runnable otherwise) {
    var origin = program.origin();
    List<Instr> yes = block(then);
    return add(new Instr.When(condition, yes, block(otherwise), origin));
  }

  /// Writes a register of the queue, and gives it to read.
  public Expr set(String register, Expr value) {
    add(new Instr.Set(register, value, program.origin()));
    return Expr.reg(register);
  }

  /// Executes `condition`, then, while the test it returns is non-zero, `body` and `condition`
  /// again.
  public QueueBuilder loopWhile(Supplier<Expr> condition, Runnable body) {
    var origin = program.origin();
    var test = new ArrayList<Expr>();
    List<Instr> first = block(() -> test.add(condition.get()));
    return add(new Instr.While(first, test.getFirst(), block(body), origin));
  }

  /// Reads one integer or truth value of tile SRAM into a register of the queue, and gives it to
  /// read.
  public Expr load(String register, Operand from) {
    add(new Instr.Load(register, from.region(), program.origin()));
    return Expr.reg(register);
  }

  // ---- data-dependent work

  /// Combines a box along `axis`, one value and one result; see [Instr.Fold].
  public QueueBuilder fold(Instr.FoldKind kind, Operand out, Operand in, Lane combine, int axis) {
    return fold(
        kind,
        List.of(out),
        List.of(new Lane.In(in.region())),
        List.of(combine),
        in.region().shape(),
        axis);
  }

  /// Combines several values of a box of `extent` along `axis`, ascending; see [Instr.Fold].
  public QueueBuilder fold(
      Instr.FoldKind kind,
      List<? extends Operand> outs,
      List<Lane> values,
      List<Lane> combine,
      List<Integer> extent,
      int axis) {
    List<Place.Region> regions = new ArrayList<>();
    outs.forEach(o -> regions.add(o.region()));
    return add(
        new Instr.Fold(regions, values, combine, extent, axis, false, kind, program.origin()));
  }

  /// Sorts a box along `axis`, ascending; see [Instr.Sort].
  public QueueBuilder sort(Operand out, Operand in, int axis) {
    Place.Region from = in.region();
    var value = new Lane.In(from);
    return add(new Instr.Sort(out.region(), value, from.shape(), axis, false, program.origin()));
  }

  /// Counts how often the number of each element of `out` occurs.
  public QueueBuilder histogram(Operand out, Operand in) {
    Place.Region from = in.region();
    var value = new Lane.In(from);
    return add(
        new Instr.Histogram(out.region(), value, Optional.empty(), from.shape(), program.origin()));
  }

  /// Reads places of an array; masked-off elements become `fill`.
  public QueueBuilder gather(Lookup from, Operand to, float fill) {
    return add(new Instr.Gather(from, to.region(), fill, program.origin()));
  }

  /// Writes places of an array.
  public QueueBuilder scatter(Operand from, Lookup to) {
    return add(new Instr.Scatter(from.region(), to, program.origin()));
  }

  /// Changes places of an array in one step each; see [Instr.Atomic].
  public QueueBuilder atomic(Instr.AtomicOp op, Lookup target, Operand value) {
    return atomic(op, target, value, Optional.empty(), Optional.empty());
  }

  /// As [#atomic(Instr.AtomicOp, Lookup, Operand)], and gives what was there before.
  public QueueBuilder atomic(Instr.AtomicOp op, Lookup target, Operand value, Operand old) {
    return atomic(op, target, value, Optional.empty(), Optional.of(old));
  }

  /// Writes `value` where the place equals `compare`, and gives what was there before.
  public QueueBuilder compareAndSwap(Lookup target, Operand compare, Operand value, Operand old) {
    return atomic(Instr.AtomicOp.CAS, target, value, Optional.of(compare), Optional.of(old));
  }

  private QueueBuilder atomic(
      Instr.AtomicOp op,
      Lookup target,
      Operand value,
      Optional<Operand> compare,
      Optional<Operand> old) {
    return add(
        new Instr.Atomic(
            old.map(Operand::region),
            op,
            target,
            value.region(),
            compare.map(Operand::region),
            program.origin()));
  }

  /// Shows the values of a box in the record of the run.
  public QueueBuilder print(String label, Operand in) {
    var region = in.region();
    return add(new Instr.Print(label, new Lane.In(region), region.shape(), program.origin()));
  }

  /// Stops the run with `message` where an element of the condition, over a box of `extent`, does
  /// not hold.
  public QueueBuilder check(Lane condition, List<Integer> extent, String message) {
    return add(new Instr.Assert(condition, extent, message, program.origin()));
  }

  /// Promises that every element of the condition, over a box of `extent`, holds.
  public QueueBuilder assume(Lane condition, List<Integer> extent) {
    return add(new Instr.Assume(condition, extent, program.origin()));
  }

  private List<Instr> block(Runnable content) {
    List<Instr> inner = new ArrayList<>();
    blocks.push(inner);
    content.run();
    blocks.pop();
    return inner;
  }
}
