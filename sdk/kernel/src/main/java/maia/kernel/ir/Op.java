package maia.kernel.ir;

import java.util.ArrayList;
import java.util.List;
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

  /// Reads `array` at `indices`; elements whose mask does not hold are `other`.
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

  /// Writes `value` to `array` at `indices` where the mask holds.
  record Store(String array, List<Term> indices, Term value, Optional<Term> mask, Origin origin)
      implements Op {
    public Store {
      indices = List.copyOf(indices);
    }
  }

  /// `acc + a x b`, or `a x b` where `clear` is present and non-zero.
  record Dot(
      Value result,
      Term a,
      Term b,
      Optional<Scales> scales,
      Term acc,
      Optional<Term> clear,
      Origin origin)
      implements Op {}

  /// Block scales of the operands of a [Dot], one per `block` elements of k.
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
  /// kept in flight for `stages` iterations.
  record Range(Value index, Term from, Term to, Term step, int stages, Block body, Origin origin)
      implements Op {}

  /// Executes `then` when the condition holds, else `otherwise`.
  record When(Term condition, Block then, Block otherwise, Origin origin) implements Op {}

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
      case Store _, Set _, Range _, When _ -> List.of();
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
      case Map _, Load _, Store _, Dot _, Reduce _, Quantize _, Var _, Get _, Set _ -> List.of();
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
    };
  }

  /// This operation with `f` applied to its nested blocks.
  default Op mapBlocks(UnaryOperator<Block> f) {
    return switch (this) {
      case Range op ->
          new Range(op.index, op.from, op.to, op.step, op.stages, f.apply(op.body), op.origin);
      case When op -> new When(op.condition, f.apply(op.then), f.apply(op.otherwise), op.origin);
      case Map _, Load _, Store _, Dot _, Reduce _, Quantize _, Var _, Get _, Set _ -> this;
    };
  }

  /// Whether removing it is allowed when nothing reads its results.
  default boolean isPure() {
    return switch (this) {
      case Map _, Load _, Dot _, Reduce _, Quantize _, Get _ -> true;
      case Var _, Set _, Store _, Range _, When _ -> false;
    };
  }
}
