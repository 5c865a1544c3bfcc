package maia.kernel.lower;

import java.util.List;
import java.util.Map;
import maia.base.Origin;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Type;
import maia.kernel.ir.Value;
import maia.kernel.lower.Node.Queue;
import maia.kernel.lower.Node.Touch;
import maia.npl.Instr;
import maia.npl.Lane;
import maia.npl.Space;
import maia.numerics.Rounding;

/// Plans what the vector processor computes element by element, along rows and in blocks: terms,
/// reductions and quantisations.
final class VectorPlanner {
  private final Plan plan;

  VectorPlanner(Plan plan) {
    this.plan = plan;
  }

  /// Computes `term` into `out`, through another buffer when `out` is read at other places than it
  /// is written.
  void evaluate(Term given, Buf out, Section section, Origin origin) {
    Term term = prepared(given, section, origin);
    Map<Value, Buf> now = plan.known();
    Lanes probe = lanes(now, term.type(), origin);
    probe.lane(term);
    if (probe.misaligned().contains(out)) {
      Buf other = plan.buffer(out.name + "_next", Space.TSRAM, term, section, origin);
      evaluate(term, other, section, origin);
      copy(other, out, section, origin);
      return;
    }
    plan.step(
        Queue.TVP,
        () ->
            new Instr.Map(
                out.region(false),
                outer(lanes(now, term.type(), origin).lane(term), out, origin),
                origin),
        Plan.touches(probe.read(), out),
        origin,
        section);
  }

  /// A float buffer's own type converts; a conversion to it at the top says nothing more.
  Lane outer(Lane lane, Buf out, Origin origin) {
    return lane instanceof Lane.Cast c
            && c.isPlain()
            && c.type() == out.dtype
            && out.dtype.isFloat()
            && maia.npl.Lanes.kind(c.x(), plan::dtype, origin) == maia.npl.Lanes.Kind.FLOAT
        ? c.x()
        : lane;
  }

  /// `term` with stochastic roundings in places of their own: they draw by the position in their
  /// tile, which only an instruction over that tile knows.
  Term prepared(Term term, Section section, Origin origin) {
    return prepared(term, term.type().shape(), section, origin);
  }

  private Term prepared(Term term, List<Integer> box, Section section, Origin origin) {
    if (term instanceof Term.Cast(_, Rounding.Stochastic _, _, _)
        && !term.type().shape().equals(box)) {
      Value value = plan.synthetic(term.type());
      Buf buf = plan.plain("t", term.type(), section, origin);
      evaluate(term, buf, section, origin);
      plan.place(value, buf);
      return Term.of(value);
    }
    boolean isMoved =
        switch (term) {
          case Term.Flip _, Term.Transpose _, Term.Permute _, Term.Slice _ -> true;
          default -> false;
        };
    List<Integer> inner = isMoved ? List.of(-1) : box;
    return term.map(x -> prepared(x, inner, section, origin));
  }

  Lanes lanes(Type result, Origin origin) {
    return lanes(plan.known(), result, origin);
  }

  Lanes lanes(Map<Value, Buf> known, Type result, Origin origin) {
    return new Lanes(plan.defs, plan.scalars, known, result, origin);
  }

  void reduce(Op.Reduce op, Section section) {
    Type in = op.x().type();
    Term x = prepared(op.x(), section, op.origin());
    Lanes probe = lanes(in, op.origin());
    probe.lane(x);
    Buf out = plan.buffer("t" + op.result().id(), Space.TSRAM, op.result(), section, op);
    plan.place(op.result(), out);
    int axis = in.rank() == 1 ? 1 : op.axis();
    boolean column = in.rank() == 2 && axis == 1;
    Map<Value, Buf> now = plan.known();
    plan.step(
        Queue.TVP,
        () ->
            new Instr.Reduce(
                out.region(column),
                op.op(),
                lanes(now, in, op.origin()).lane(x),
                Lanes.box(in.shape()),
                axis,
                op.origin()),
        Plan.touches(probe.read(), out),
        op.origin(),
        section);
  }

  void quantize(Op.Quantize op, Section section) {
    Buf in = materialised(op.x(), section, op.origin());
    Buf elements = plan.buffer("q" + op.elements().id(), Space.TSRAM, op.elements(), section, op);
    Buf scales = plan.buffer("q" + op.scales().id(), Space.TSRAM, op.scales(), section, op);
    plan.place(op.elements(), elements);
    plan.place(op.scales(), scales);
    plan.step(
        Queue.TVP,
        () ->
            new Instr.Quantize(
                elements.region(false),
                scales.region(false),
                in.region(false),
                op.format(),
                op.rule(),
                op.origin()),
        Plan.touches(List.of(in), elements, scales),
        op.origin(),
        section);
  }

  /// A buffer that holds the term as it is.
  Buf materialised(Term term, Section section, Origin origin) {
    if (term instanceof Term.Ref(var value) && plan.holder(value).isPresent()) {
      return plan.holder(value).get();
    }
    Buf buf = plan.buffer("t", Space.TSRAM, term, section, origin);
    evaluate(term, buf, section, origin);
    return buf;
  }

  /// A buffer that holds what is stored.
  Buf stored(Op.Store op, Section section) {
    if (op.value() instanceof Term.Ref(var value) && plan.holder(value).isPresent()) {
      return plan.holder(value).get();
    }
    Buf buf =
        plan.buffer(
            op.array() + "_out", Space.TSRAM, op.value(), Buf.Role.STORED, section, op.origin());
    evaluate(op.value(), buf, section, op.origin());
    return buf;
  }

  /// Copies a whole buffer on chip.
  void copy(Buf from, Buf to, Section section, Origin origin) {
    plan.step(
        Queue.TVP,
        () -> new Instr.Map(to.region(false), new Lane.In(from.region(false)), origin),
        List.of(Touch.read(from), Touch.write(to)),
        origin,
        section);
  }
}
