package maia.kernel.lower;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maia.base.Origin;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Type;
import maia.kernel.ir.Value;
import maia.kernel.lower.Node.Queue;
import maia.kernel.lower.Node.Touch;
import maia.npl.Expr;
import maia.npl.Expr.Operator;
import maia.npl.Instr;
import maia.npl.Lane;
import maia.npl.Place;
import maia.npl.Space;

/// Plans stores of what follows from an accumulator, with the steps between, as a loop over strips
/// of rows (decision 056). Element-wise steps of a program are held back until it is known whether
/// all their readers are in the loop.
final class StripPlanner {
  /// More strips under way than this gain nothing.
  private static final int MOST_SLOTS = 4;

  private final Plan plan;
  private final VectorPlanner vectors;
  private final List<Op.Map> held = new ArrayList<>();

  StripPlanner(Plan plan, VectorPlanner vectors) {
    this.plan = plan;
    this.vectors = vectors;
  }

  /// Holds back a step of a program; false when it has to be planned now.
  boolean hold(Op.Map op, Section section) {
    List<Integer> shape = op.result().type().shape();
    boolean fits = held.isEmpty() || held.getFirst().result().type().shape().equals(shape);
    if (!fits || !mayCut(op.result().type(), section)) {
      release(section);
      return false;
    }
    held.add(op);
    return true;
  }

  /// Plans what was held back where `op` may read it or change what it reads.
  void before(Op op, Section section) {
    boolean isHarmless =
        switch (op) {
          case Op.Map map ->
              plan.defs.isVirtual(map.result()) || mayCut(map.result().type(), section);
          case Op.Get get -> !get.snapshot();
          case Op.Store _ -> true;
          default -> false;
        };
    if (!isHarmless) {
      release(section);
    }
  }

  /// Plans what was held back as it is, whole.
  void release(Section section) {
    for (Op.Map op : held) {
      Buf out = plan.buffer("t" + op.result().id(), Space.TSRAM, op.result(), section, op);
      plan.place(op.result(), out);
      vectors.evaluate(op.term(), out, section, op.origin());
    }
    held.clear();
  }

  private boolean mayCut(Type type, Section section) {
    return plan.inStrips
        && section.kind() == Section.Kind.PROGRAMS
        && type.rank() == 2
        && rows(type) < type.shape().getFirst();
  }

  private static int rows(Type type) {
    return Strips.rows(type.shape().getFirst(), type.shape().getLast());
  }

  /// Plans `op`, which writes `window`; false when its value leaves whole.
  boolean store(Op.Store op, Place.Window window, Section section) {
    if (!mayCut(op.value().type(), section)
        || !readsOnlyHere(op)
        || !new Loop(op).plan(window, section)) {
      release(section);
      return false;
    }
    held.clear();
    return true;
  }

  /// Whether `op` and the steps held back are the only readers of those, and there is a step.
  private boolean readsOnlyHere(Op.Store op) {
    Map<Value, Integer> reads = new HashMap<>();
    held.forEach(map -> map.term().values().forEach(v -> reads.merge(v, 1, Integer::sum)));
    op.value().values().forEach(v -> reads.merge(v, 1, Integer::sum));
    return held.stream()
            .allMatch(map -> plan.defs.uses(map.result()) == reads.getOrDefault(map.result(), 0))
        && !(op.value() instanceof Term.Ref(var value) && plan.holder(value).isPresent());
  }

  /// The loop of one store.
  private final class Loop {
    private final Op.Store op;
    private final Type type;
    private final int rows;
    private final List<Optional<Expr>> limits;
    private final Map<String, Buf> strips = new HashMap<>();

    private Loop(Op.Store op) {
      this.op = op;
      type = op.value().type();
      rows = rows(type);
      limits = plan.limits(op.value());
    }

    /// The buffers of whole tiles, for a look at what the steps read.
    private Map<Value, Buf> whole(Section section) {
      Map<Value, Buf> known = new HashMap<>(plan.known());
      for (Op.Map map : held) {
        Type of = map.result().type();
        String name = "t" + map.result().id();
        known.put(
            map.result(),
            new Buf(
                name,
                Space.TSRAM,
                of.dtype(),
                of.shape(),
                List.of(),
                Buf.Role.OTHER,
                section,
                op.origin()));
      }
      return known;
    }

    private boolean canCut(Section section) {
      Map<Value, Buf> known = whole(section);
      Lanes probe = vectors.lanes(known, type, op.origin());
      boolean canCut = Strips.canCut(probe.lane(op.value()), type.shape().getFirst());
      for (Op.Map map : held) {
        Lanes own = vectors.lanes(known, map.result().type(), map.origin());
        canCut &= Strips.canCut(own.lane(map.term()), type.shape().getFirst());
        canCut &= plan.limits(Term.of(map.result())).equals(limits);
        probe.read().addAll(own.read());
      }
      return canCut && probe.read().stream().anyMatch(buf -> buf.space == Space.ACC);
    }

    private boolean plan(Place.Window window, Section section) {
      if (!held.isEmpty() && !held.getFirst().result().type().shape().equals(type.shape())
          || !canCut(section)) {
        return false;
      }
      Section body = plan.section(Section.Kind.LOOP, Strips.SLOTS, section, false);
      String variable = "strip" + body.id();
      Expr first = Expr.reg(variable).times(rows);
      for (Op.Map map : held) {
        Buf strip = buffer("t" + map.result().id(), map.result().type(), first, body, map.origin());
        plan.place(map.result(), strip);
        map(map.term(), strip, first, body, map.origin());
      }
      Buf out = buffer(op.array() + "_out", type, first, body, op.origin());
      out.fewest = Strips.SLOTS;
      out.most = MOST_SLOTS;
      map(op.value(), out, first, body, op.origin());
      copy(out, window, first, body);
      Expr count = Expr.binary(Operator.CDIV, height(), Expr.of(rows));
      section.nodes().add(new Node.Loop(variable, Expr.ZERO, count, Expr.ONE, body, op.origin()));
      return true;
    }

    private Buf buffer(String name, Type of, Expr first, Section body, Origin origin) {
      Buf strip = plan.strip(name, of, rows, Strips.limits(limits, first), body, origin);
      strips.put(strip.name, strip);
      return strip;
    }

    private void map(Term term, Buf out, Expr first, Section body, Origin origin) {
      Map<Value, Buf> now = plan.known();
      Lanes probe = vectors.lanes(now, term.type(), origin);
      probe.lane(term);
      plan.step(
          Queue.TVP,
          () -> {
            Lane whole = vectors.lanes(now, term.type(), origin).lane(term);
            Lane lane = Strips.cut(vectors.outer(whole, out, origin), first, rows, strips);
            return new Instr.Map(out.region(false), lane, origin);
          },
          Plan.touches(probe.read(), out),
          origin,
          body);
    }

    private void copy(Buf out, Place.Window window, Expr first, Section body) {
      List<Touch> touches = new ArrayList<>(List.of(Touch.read(out)));
      plan.touchArray(op.array(), true, touches);
      plan.step(
          plan.dma(1),
          () -> new Instr.Copy(out.region(false), Strips.cut(window, first, rows), 0f, op.origin()),
          touches,
          op.origin(),
          body);
    }

    /// How many rows there are.
    private Expr height() {
      Expr all = Expr.of(type.shape().getFirst());
      return limits.getFirst().map(l -> Expr.binary(Operator.MIN, l, all)).orElse(all);
    }
  }
}
