package maia.kernel.lower;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import maia.base.Origin;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Type;
import maia.kernel.ir.Value;
import maia.kernel.lower.Node.Queue;
import maia.npl.Expr;
import maia.npl.Instr;
import maia.npl.Lane;
import maia.npl.Place;

/// Plans what the vector processor does in a fixed order or by index: folds, sorts, histograms,
/// gathers and concatenations on chip, prints and assertions.
final class IrregularPlanner {
  private final Plan plan;
  private final VectorPlanner vectors;

  IrregularPlanner(Plan plan, VectorPlanner vectors) {
    this.plan = plan;
    this.vectors = vectors;
  }

  /// Lane expressions over one box that are built when slots are known.
  private final class Batch {
    private final Type type;
    private final Origin origin;
    private final List<Term> terms = new ArrayList<>();
    private final Set<Buf> read = new HashSet<>();
    private final Map<Value, Buf> known;

    Batch(List<Term> given, Type type, Section section, Origin origin) {
      this.type = type;
      this.origin = origin;
      given.forEach(term -> terms.add(vectors.prepared(term, section, origin)));
      Lanes probe = vectors.lanes(type, origin);
      terms.forEach(probe::lane);
      read.addAll(probe.read());
      known = plan.known();
    }

    List<Lane> lanes() {
      Lanes lanes = vectors.lanes(known, type, origin);
      return terms.stream().map(lanes::lane).toList();
    }

    List<Integer> box() {
      return Lanes.box(type.shape());
    }

    /// The dimension of the box that dimension `axis` of the tile is.
    int axis(int axis) {
      return axis + box().size() - type.rank();
    }
  }

  private void step(
      Section section, Batch batch, Function<List<Lane>, Instr> instr, Buf... written) {
    plan.step(
        Queue.TVP,
        () -> instr.apply(batch.lanes()),
        Plan.touches(batch.read, written),
        batch.origin,
        section);
  }

  private Buf result(Value value, Section section, Op op) {
    Buf out = plan.plain("t" + value.id(), value.type(), section, op.origin());
    plan.place(value, out);
    return out;
  }

  void fold(Op.Fold op, Section section) {
    Type in = op.inputs().getFirst().type();
    Batch batch = new Batch(op.inputs(), in, section, op.origin());
    List<Buf> outs = op.results().stream().map(v -> result(v, section, op)).toList();
    boolean isColumn = op.kind() == Op.Fold.Kind.REDUCE && in.rank() == 2 && op.axis() == 1;
    step(
        section,
        batch,
        lanes ->
            new Instr.Fold(
                outs.stream().map(out -> out.region(isColumn)).toList(),
                lanes,
                combined(op, batch),
                batch.box(),
                batch.axis(op.axis()),
                op.reverse(),
                Instr.FoldKind.valueOf(op.kind().name()),
                op.origin()),
        outs.toArray(Buf[]::new));
  }

  private List<Lane> combined(Op.Fold op, Batch batch) {
    Lanes lanes = vectors.lanes(batch.known, batch.type, op.origin());
    lanes.parameters(op.combiner().left(), Lane.Side.LEFT);
    lanes.parameters(op.combiner().right(), Lane.Side.RIGHT);
    return op.combiner().results().stream().map(lanes::lane).toList();
  }

  void sort(Op.Sort op, Section section) {
    Batch batch = new Batch(List.of(op.x()), op.x().type(), section, op.origin());
    Buf out = result(op.result(), section, op);
    step(
        section,
        batch,
        lanes ->
            new Instr.Sort(
                out.region(false),
                lanes.getFirst(),
                batch.box(),
                batch.axis(op.axis()),
                op.descending(),
                op.origin()),
        out);
  }

  void histogram(Op.Histogram op, Section section) {
    List<Term> terms = new ArrayList<>(List.of(op.x()));
    op.mask().ifPresent(terms::add);
    Batch batch = new Batch(terms, op.x().type(), section, op.origin());
    Buf out = result(op.result(), section, op);
    step(
        section,
        batch,
        lanes ->
            new Instr.Histogram(
                out.region(false),
                lanes.getFirst(),
                lanes.size() > 1 ? Optional.of(lanes.get(1)) : Optional.empty(),
                batch.box(),
                op.origin()),
        out);
  }

  /// An element of `x` for every element of the index.
  void gather(Op.Gather op, Section section) {
    Buf x = vectors.materialised(op.x(), section, op.origin());
    Batch batch = new Batch(List.of(op.index()), op.result().type(), section, op.origin());
    batch.read.add(x);
    Buf out = result(op.result(), section, op);
    int axis = batch.axis(op.axis());
    step(
        section,
        batch,
        lanes -> {
          List<Lane> index = new ArrayList<>();
          for (int d = 0; d < x.box.size(); d++) {
            boolean isOne = d != axis && x.box.get(d) == 1;
            index.add(
                d == axis
                    ? lanes.getFirst()
                    : isOne ? new Lane.Index(Expr.ZERO) : new Lane.Iota(d));
          }
          var pick = new Lane.Pick(x.region(false), index);
          return new Instr.Map(out.region(false), pick, op.origin());
        },
        out);
  }

  /// Every part goes to its own place in the result.
  void concat(Op.Concat op, Section section) {
    List<Batch> batches = new ArrayList<>();
    for (Term part : op.parts()) {
      batches.add(new Batch(List.of(part), part.type(), section, op.origin()));
    }
    Buf out = result(op.result(), section, op);
    int start = 0;
    for (Batch batch : batches) {
      int at = start;
      int dim = batch.axis(op.dim());
      step(
          section,
          batch,
          lanes -> new Instr.Map(part(out, batch.box(), dim, at), lanes.getFirst(), op.origin()),
          out);
      start += batch.box().get(dim);
    }
  }

  private static Place.Region part(Buf out, List<Integer> box, int dim, int at) {
    Place.Region whole = out.region(false);
    List<Expr> start = new ArrayList<>(whole.start());
    start.set(dim, Expr.of(at));
    return new Place.Region(whole.buffer(), whole.home(), whole.slot(), start, box, false);
  }

  void print(Op.Print op, Section section) {
    Batch batch = new Batch(List.of(op.value()), op.value().type(), section, op.origin());
    step(
        section,
        batch,
        lanes -> new Instr.Print(op.label(), lanes.getFirst(), batch.box(), op.origin()));
  }

  void check(Op.Assert op, Section section) {
    Batch batch = new Batch(List.of(op.condition()), op.condition().type(), section, op.origin());
    step(
        section,
        batch,
        lanes -> new Instr.Assert(lanes.getFirst(), batch.box(), op.message(), op.origin()));
  }

  void assume(Op.Assume op, Section section) {
    Batch batch = new Batch(List.of(op.condition()), op.condition().type(), section, op.origin());
    step(section, batch, lanes -> new Instr.Assume(lanes.getFirst(), batch.box(), op.origin()));
  }
}
