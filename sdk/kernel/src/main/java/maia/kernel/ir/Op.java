package maia.kernel.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import maia.base.Origin;
import maia.npl.Instr.ReduceOp;
import maia.numerics.BlockFormat;
import maia.numerics.ScaleRule;

/// An operation of a [Func].
public sealed interface Op {
  /// The user's line.
  Origin origin();

  /// `result` is an element-wise expression.
  record Map(Value result, Term term, Origin origin) implements Op {}

  /// Reads `array` at `indices` (integers, of any form: indices that are no affine function of the
  /// position are a gather); elements whose mask does not hold are `other`.
  record Load(
      Value result,
      String array,
      List<Term> indices,
      Optional<Term> mask,
      float other,
      Origin origin)
      implements Op {
    public Load {
      indices = List.copyOf(indices);
    }
  }

  /// Writes `value` to `array` at `indices` where the mask holds; indices that are no affine
  /// function of the position are a scatter.
  record Store(String array, List<Term> indices, Term value, Optional<Term> mask, Origin origin)
      implements Op {
    public Store {
      indices = List.copyOf(indices);
    }
  }

  /// `acc + a x b`, or `a x b` where `clear` is present and non-zero. Operands have two dimensions,
  /// or three whose first is a batch; F32 operands multiply exactly on the vector unit, 8-bit
  /// integers accumulate in I32.
  record Dot(
      Value result,
      Term a,
      Term b,
      Optional<Scales> scales,
      Term acc,
      Optional<Term> clear,
      Origin origin)
      implements Op {}

  /// Block scales of the operands of a [Dot], one per `block` elements of k. An operand without
  /// scales (plain FP8 against FP4 blocks) has ones.
  record Scales(Term a, Term b, int block) {}

  /// Reduces `x` along `axis`, which is removed.
  record Reduce(Value result, ReduceOp op, Term x, int axis, Origin origin) implements Op {}

  /// Quantises rows to a block format along the last dimension.
  record Quantize(
      Value elements, Value scales, Term x, BlockFormat format, ScaleRule rule, Origin origin)
      implements Op {}

  /// Creates a cell; without `init` its first use writes it.
  record Var(Value cell, Optional<Term> init, Origin origin) implements Op {}

  /// What the cell holds now; `snapshot` when that must outlive the next [Set].
  record Get(Value result, Value cell, boolean snapshot, Origin origin) implements Op {}

  /// Changes what the cell holds.
  record Set(Value cell, Term value, Origin origin) implements Op {}

  /// Executes `body` for `index` = from, from + step, ... while below `to`, with loads of the body
  /// kept in flight for `stages` iterations. The step is positive.
  record Range(Value index, Term from, Term to, Term step, int stages, Block body, Origin origin)
      implements Op {}

  /// Executes `then` when the condition holds, else `otherwise`.
  record When(Term condition, Block then, Block otherwise, Origin origin) implements Op {}

  /// Executes `condition`, then, while `test` holds, `body` and `condition` again. `test` reads
  /// values of `condition`.
  record While(Block condition, Term test, Block body, Origin origin) implements Op {}

  /// Combines the positions of `inputs` along `axis` one after the other, in ascending order or,
  /// when `reverse`, in descending order: the first position is taken as it is, every further one
  /// is the right side of the combiner. A reduction gives what is left (the axis is removed), a
  /// scan what was left after each position.
  record Fold(
      List<Value> results,
      List<Term> inputs,
      Combiner combiner,
      int axis,
      boolean reverse,
      Kind kind,
      Origin origin)
      implements Op {
    public Fold {
      results = List.copyOf(results);
      inputs = List.copyOf(inputs);
    }

    /// What a fold gives.
    public enum Kind {
      REDUCE,
      SCAN,
    }
  }

  /// A function of two tuples of scalars: element-wise terms over its own parameters.
  record Combiner(List<Value> left, List<Value> right, List<Term> results) {
    public Combiner {
      left = List.copyOf(left);
      right = List.copyOf(right);
      results = List.copyOf(results);
    }
  }

  /// Sorts along `axis`, NaN after everything else and -0 before 0; descending is the exact reverse
  /// of ascending.
  record Sort(Value result, Term x, int axis, boolean descending, Origin origin) implements Op {}

  /// How many elements of the integer vector `x` are 0, 1, ... `bins` - 1, as I32; elements whose
  /// mask does not hold are not counted, others must lie in that range.
  record Histogram(Value result, Term x, int bins, Optional<Term> mask, Origin origin)
      implements Op {}

  /// Reads `x` along `axis` at `index`, which has the sizes of `x` in the other dimensions.
  record Gather(Value result, Term x, Term index, int axis, Origin origin) implements Op {}

  /// The parts one after the other along `dim`.
  record Concat(Value result, List<Term> parts, int dim, Origin origin) implements Op {
    public Concat {
      parts = List.copyOf(parts);
    }
  }

  /// Reads, combines with `value` and writes each place where the mask holds, in one step that
  /// nothing interrupts; `old` is what was there, 0 where the mask does not hold. With `CAS`,
  /// `value` is written where the place equals `compare`.
  record Atomic(
      Optional<Value> old,
      AtomicOp op,
      String array,
      List<Term> indices,
      Term value,
      Optional<Term> compare,
      Optional<Term> mask,
      Origin origin)
      implements Op {
    public Atomic {
      indices = List.copyOf(indices);
    }
  }

  /// What an [Atomic] does with the old and the given value.
  enum AtomicOp {
    ADD,
    AND,
    OR,
    XOR,
    MIN,
    MAX,
    XCHG,
    CAS,
  }

  /// Prints the label and the values.
  record Print(String label, Term value, Origin origin) implements Op {}

  /// Stops the run with `message` when some element of the condition does not hold.
  record Assert(Term condition, String message, Origin origin) implements Op {}

  /// Promises that every element of the condition holds; a run that finds otherwise stops.
  record Assume(Term condition, Origin origin) implements Op {}

  /// Values (and cells) it defines for the operations after it.
  default List<Value> results() {
    return switch (this) {
      case Map op -> List.of(op.result);
      case Load op -> List.of(op.result);
      case Dot op -> List.of(op.result);
      case Reduce op -> List.of(op.result);
      case Quantize op -> List.of(op.elements, op.scales);
      case Var op -> List.of(op.cell);
      case Get op -> List.of(op.result);
      case Fold op -> op.results;
      case Sort op -> List.of(op.result);
      case Histogram op -> List.of(op.result);
      case Gather op -> List.of(op.result);
      case Concat op -> List.of(op.result);
      case Atomic op -> op.old.stream().toList();
      case Store _, Set _, Range _, When _, While _ -> List.of();
      case Print _, Assert _, Assume _ -> List.of();
    };
  }

  /// Terms it evaluates itself; those of nested blocks are not included.
  default List<Term> operands() {
    return switch (this) {
      case Map op -> List.of(op.term);
      case Load op -> with(op.indices, op.mask);
      case Store op -> with(with(op.indices, Optional.of(op.value)), op.mask);
      case Dot op -> {
        List<Term> all = new ArrayList<>(List.of(op.a, op.b, op.acc));
        op.scales.ifPresent(s -> all.addAll(List.of(s.a, s.b)));
        yield with(all, op.clear);
      }
      case Reduce op -> List.of(op.x);
      case Quantize op -> List.of(op.x);
      case Var op -> with(List.of(), op.init);
      case Get _ -> List.of();
      case Set op -> List.of(op.value);
      case Range op -> List.of(op.from, op.to, op.step);
      case When op -> List.of(op.condition);
      case While op -> List.of(op.test);
      case Fold op -> op.inputs;
      case Sort op -> List.of(op.x);
      case Histogram op -> with(List.of(op.x), op.mask);
      case Gather op -> List.of(op.x, op.index);
      case Concat op -> op.parts;
      case Atomic op -> with(with(with(op.indices, Optional.of(op.value)), op.compare), op.mask);
      case Print op -> List.of(op.value);
      case Assert op -> List.of(op.condition);
      case Assume op -> List.of(op.condition);
    };
  }

  private static List<Term> with(List<Term> terms, Optional<Term> more) {
    List<Term> all = new ArrayList<>(terms);
    more.ifPresent(all::add);
    return List.copyOf(all);
  }

  /// The blocks nested in it.
  default List<Block> blocks() {
    return switch (this) {
      case Range op -> List.of(op.body);
      case When op -> List.of(op.then, op.otherwise);
      case While op -> List.of(op.condition, op.body);
      case Map _, Load _, Store _, Dot _, Reduce _, Quantize _, Var _, Get _, Set _ -> List.of();
      case Fold _, Sort _, Histogram _, Gather _, Concat _, Atomic _ -> List.of();
      case Print _, Assert _, Assume _ -> List.of();
    };
  }

  /// This operation with `f` applied to its operands; nested blocks stay.
  default Op map(UnaryOperator<Term> f) {
    return switch (this) {
      case Map op -> new Map(op.result, f.apply(op.term), op.origin);
      case Load op ->
          new Load(
              op.result,
              op.array,
              op.indices.stream().map(f).toList(),
              op.mask.map(f),
              op.other,
              op.origin);
      case Store op ->
          new Store(
              op.array,
              op.indices.stream().map(f).toList(),
              f.apply(op.value),
              op.mask.map(f),
              op.origin);
      case Dot op ->
          new Dot(
              op.result,
              f.apply(op.a),
              f.apply(op.b),
              op.scales.map(s -> new Scales(f.apply(s.a), f.apply(s.b), s.block)),
              f.apply(op.acc),
              op.clear.map(f),
              op.origin);
      case Reduce op -> new Reduce(op.result, op.op, f.apply(op.x), op.axis, op.origin);
      case Quantize op ->
          new Quantize(op.elements, op.scales, f.apply(op.x), op.format, op.rule, op.origin);
      case Var op -> new Var(op.cell, op.init.map(f), op.origin);
      case Get op -> op;
      case Set op -> new Set(op.cell, f.apply(op.value), op.origin);
      case Range op ->
          new Range(
              op.index,
              f.apply(op.from),
              f.apply(op.to),
              f.apply(op.step),
              op.stages,
              op.body,
              op.origin);
      case When op -> new When(f.apply(op.condition), op.then, op.otherwise, op.origin);
      case While op -> new While(op.condition, f.apply(op.test), op.body, op.origin);
      case Fold op ->
          new Fold(
              op.results,
              op.inputs.stream().map(f).toList(),
              op.combiner,
              op.axis,
              op.reverse,
              op.kind,
              op.origin);
      case Sort op -> new Sort(op.result, f.apply(op.x), op.axis, op.descending, op.origin);
      case Histogram op ->
          new Histogram(op.result, f.apply(op.x), op.bins, op.mask.map(f), op.origin);
      case Gather op -> new Gather(op.result, f.apply(op.x), f.apply(op.index), op.axis, op.origin);
      case Concat op -> new Concat(op.result, op.parts.stream().map(f).toList(), op.dim, op.origin);
      case Atomic op ->
          new Atomic(
              op.old,
              op.op,
              op.array,
              op.indices.stream().map(f).toList(),
              f.apply(op.value),
              op.compare.map(f),
              op.mask.map(f),
              op.origin);
      case Print op -> new Print(op.label, f.apply(op.value), op.origin);
      case Assert op -> new Assert(f.apply(op.condition), op.message, op.origin);
      case Assume op -> new Assume(f.apply(op.condition), op.origin);
    };
  }

  /// This operation with `f` applied to its nested blocks.
  default Op mapBlocks(UnaryOperator<Block> f) {
    return switch (this) {
      case Range op ->
          new Range(op.index, op.from, op.to, op.step, op.stages, f.apply(op.body), op.origin);
      case When op -> new When(op.condition, f.apply(op.then), f.apply(op.otherwise), op.origin);
      case While op -> new While(f.apply(op.condition), op.test, f.apply(op.body), op.origin);
      case Map _, Load _, Store _, Dot _, Reduce _, Quantize _, Var _, Get _, Set _ -> this;
      case Fold _, Sort _, Histogram _, Gather _, Concat _, Atomic _ -> this;
      case Print _, Assert _, Assume _ -> this;
    };
  }

  /// Whether removing it is allowed when nothing reads its results.
  default boolean isPure() {
    return switch (this) {
      case Map _, Load _, Dot _, Reduce _, Quantize _, Get _ -> true;
      case Fold _, Sort _, Histogram _, Gather _, Concat _ -> true;
      case Var _, Set _, Store _, Range _, When _, While _ -> false;
      case Atomic _, Print _, Assert _, Assume _ -> false;
    };
  }

  /// The name of the operation, as in texts.
  default String label() {
    return switch (this) {
      case Map op -> op.term.label();
      case Fold op -> op.kind == Fold.Kind.SCAN ? "scan" : "fold";
      case Atomic op -> "atomic " + op.op.name().toLowerCase(Locale.ROOT);
      case Load _, Store _, Dot _, Reduce _, Quantize _, Var _, Get _, Set _, Range _, When _ ->
          getClass().getSimpleName().toLowerCase(Locale.ROOT);
      case While _, Sort _, Histogram _, Gather _, Concat _, Print _, Assert _, Assume _ ->
          getClass().getSimpleName().toLowerCase(Locale.ROOT);
    };
  }
}
