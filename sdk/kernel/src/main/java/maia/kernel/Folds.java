package maia.kernel;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import maia.base.Origin;
import maia.kernel.Tile.Made;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Type;
import maia.kernel.ir.Value;
import maia.npl.Instr.ReduceOp;
import maia.numerics.DType;

/// Records reductions, scans, and what depends on the order of elements.
final class Folds {
  private Folds() {}

  static Made reduce(ReduceOp op, Made x, int axis) {
    String what = op == ReduceOp.SUM ? "sum" : "a" + op.name().toLowerCase(Locale.ROOT);
    Shapes.checkAxis(what, x, axis);
    Operands.checkNumbers(x.trace(), what, x);
    Made wide = op == ReduceOp.SUM ? Operands.countable(x) : x;
    Tracer trace = x.trace();
    Origin.Frame frame = trace.here();
    Type type = trace.use(wide).value().type().without(axis);
    Made made = trace.recording().define(type, frame);
    trace.recording().add(new Op.Reduce(made.value(), op, wide.term(), axis, trace.origin(frame)));
    return trace.recording().result(what, made);
  }

  /// A fold with a combiner the user wrote.
  static List<Tile> fold(
      String what,
      List<Tile> tiles,
      int axis,
      Direction direction,
      Op.Fold.Kind kind,
      BiFunction<List<Tile>, List<Tile>, List<Tile>> combine) {
    Made first = tiles.getFirst().made;
    Tracer trace = first.trace();
    Recording recording = trace.recording();
    Shapes.checkAxis(what, first, axis);
    for (Tile tile : tiles) {
      Operands.checkEqualShapes(trace, what, first, tile.made);
      trace.use(tile.made);
    }
    Origin.Frame frame = trace.here();
    Op.Combiner combiner = combiner(what, trace, tiles, combine, frame);
    List<Made> results = new ArrayList<>();
    for (Tile tile : tiles) {
      Type type = tile.made.value().type();
      results.add(recording.define(kind == Op.Fold.Kind.SCAN ? type : type.without(axis), frame));
    }
    recording.add(
        new Op.Fold(
            results.stream().map(Made::value).toList(),
            tiles.stream().map(t -> t.made.term()).toList(),
            combiner,
            axis,
            direction == Direction.REVERSE,
            kind,
            trace.origin(frame)));
    if (results.size() == 1) {
      recording.result(what, results.getFirst());
    }
    return results.stream().map(Tile::new).toList();
  }

  private static Op.Combiner combiner(
      String what,
      Tracer trace,
      List<Tile> tiles,
      BiFunction<List<Tile>, List<Tile>, List<Tile>> combine,
      Origin.Frame frame) {
    Recording recording = trace.recording();
    Region region = new Region(Region.Kind.COMBINER);
    recording.open(region);
    List<Tile> left = parameters(trace, tiles, frame);
    List<Tile> right = parameters(trace, tiles, frame);
    List<Tile> combined = combine.apply(left, right);
    trace.require(
        combined.size() == tiles.size(),
        Mistake.BAD_COMBINER,
        "%s: the combiner returns %d values for %d; it must return one for each",
        what,
        combined.size(),
        tiles.size());
    Map<Value, Term> known = new HashMap<>();
    left.forEach(tile -> known.put(tile.made.value(), tile.made.term()));
    right.forEach(tile -> known.put(tile.made.value(), tile.made.term()));
    describe(what, trace, region, known);
    List<Term> results = new ArrayList<>();
    for (int i = 0; i < tiles.size(); i++) {
      Made made = trace.use(combined.get(i).made);
      Type expected = left.get(i).made.value().type();
      trace.require(
          made.value().type().equals(expected),
          Mistake.BAD_COMBINER,
          "%s: the combiner's value %d must be %s, got %s made at line %d",
          what,
          i,
          expected,
          made.value().type(),
          made.line());
      results.add(made.term().substitute(v -> inside(what, trace, known, v)));
    }
    recording.close();
    return new Op.Combiner(values(left), values(right), results);
  }

  private static List<Tile> parameters(Tracer trace, List<Tile> tiles, Origin.Frame frame) {
    return tiles.stream()
        .map(t -> new Tile(trace.recording().define(Type.scalar(t.dtype()), frame)))
        .toList();
  }

  private static List<Value> values(List<Tile> tiles) {
    return tiles.stream().map(t -> t.made.value()).toList();
  }

  /// Adds every value of the combiner as one term over its parameters.
  private static void describe(String what, Tracer trace, Region region, Map<Value, Term> known) {
    for (Op op : region.ops) {
      if (!(op instanceof Op.Map(var result, var term, _))) {
        throw trace.error(
            Mistake.BAD_COMBINER,
            "%s: a combiner may only compute element by element, but does '%s' at line %d",
            what,
            op.label(),
            op.origin().line());
      }
      known.put(result, term.substitute(v -> inside(what, trace, known, v)));
    }
  }

  private static Term inside(String what, Tracer trace, Map<Value, Term> known, Value value) {
    Term term = known.get(value);
    if (term == null) {
      throw trace.error(
          Mistake.BAD_COMBINER,
          "%s: a combiner may only use its own two sides and numbers; fold what else it needs as"
              + " one more tile",
          what);
    }
    return term;
  }

  // ---- order

  static Made sort(Made x, int axis, Direction direction) {
    Shapes.checkAxis("sort", x, axis);
    Operands.checkNumbers(x.trace(), "sort", x);
    Tracer trace = x.trace();
    Origin.Frame frame = trace.here();
    Made made = trace.recording().define(trace.use(x).value().type(), frame);
    trace
        .recording()
        .add(
            new Op.Sort(
                made.value(), x.term(), axis, direction == Direction.REVERSE, trace.origin(frame)));
    return trace.recording().result("sort", made);
  }

  static Made histogram(Made x, int bins, Optional<Made> mask) {
    Tracer trace = x.trace();
    Type type = x.value().type();
    trace.require(
        type.dtype().isInteger() && type.rank() == 1,
        Mistake.WRONG_TYPE,
        "histogram: needs a vector of integers, got %s; use .ravel() and .to(I32)",
        type);
    trace.checkPowerOfTwo("histogram", bins);
    mask.ifPresent(
        m -> Operands.checkStretch(trace, "histogram, mask", trace.use(m), type.shape()));
    Origin.Frame frame = trace.here();
    trace.use(x);
    Made made = trace.recording().define(new Type(DType.I32, List.of(bins)), frame);
    trace
        .recording()
        .add(
            new Op.Histogram(
                made.value(), x.term(), bins, mask.map(Made::term), trace.origin(frame)));
    return trace.recording().result("histogram", made);
  }

  static Made gather(Made x, Made index, int axis) {
    Tracer trace = x.trace();
    Shapes.checkAxis("gather", x, axis);
    Type from = x.value().type();
    Type at = index.value().type();
    trace.require(
        at.dtype().isInteger(),
        Mistake.WRONG_TYPE,
        "gather: the index must hold integers, got %s",
        at);
    boolean fits = at.rank() == from.rank();
    if (!fits || !at.sized(axis, 1).shape().equals(from.sized(axis, 1).shape())) {
      throw trace.mismatch(
          Mistake.SHAPES_DIFFER,
          "gather: shapes do not match: %s made at line %d, index %s made at line %d; they may differ in dimension %d only"
              .formatted(from, x.line(), at, index.line(), axis),
          x,
          index);
    }
    trace.use(x);
    trace.use(index);
    Origin.Frame frame = trace.here();
    Made made = trace.recording().define(from.shaped(at.shape()), frame);
    trace
        .recording()
        .add(
            new Op.Gather(
                made.value(), x.term(), Operands.wide(index.term()), axis, trace.origin(frame)));
    return trace.recording().result("gather", made);
  }
}
