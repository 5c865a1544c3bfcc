package maia.kernel.interp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import maia.base.Check;
import maia.base.Origin;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Value;
import maia.numerics.DType;
import org.jspecify.annotations.Nullable;

/// Turns operations that have no blocks into nodes.
final class Operations {
  private final Emission emission;
  private final Terms terms;
  private final Instance program;
  private final Arguments arguments;
  private final Interpreter.Checks checks;
  private final Map<Value, Slot> cells = new HashMap<>();
  private final Map<String, Shadow> shadows = new HashMap<>();

  Operations(
      Emission emission,
      Terms terms,
      Instance program,
      Arguments arguments,
      Interpreter.Checks checks) {
    this.emission = emission;
    this.terms = terms;
    this.program = program;
    this.arguments = arguments;
    this.checks = checks;
  }

  /// Forgets the cells that `which` accepts.
  void forget(Predicate<Value> which) {
    cells.keySet().removeIf(which);
  }

  Slot cell(Value cell) {
    return Check.present(cells.get(cell), "kernel.interp", cell);
  }

  /// What the checks know of `array`; null when there is nothing to know.
  @Nullable Shadow shadow(String array) {
    Bound bound = arguments.array(array);
    if (checks == Interpreter.Checks.OFF || bound.access == maia.npl.Program.Access.IN) {
      return null;
    }
    return shadows.computeIfAbsent(array, _ -> Shadow.of(bound, program));
  }

  // ---- element-wise and cells

  /// `target` takes the result of arithmetic when it is given.
  void map(Op.Map op, @Nullable Slot target) {
    terms.define(op.result(), terms.of(op.term(), target, op.origin()));
  }

  void var(Op.Var op) {
    Slot cell = Slot.of(op.cell().type());
    cells.put(op.cell(), cell);
    op.init().ifPresent(init -> assign(cell, terms.of(init, op.origin())));
  }

  void get(Op.Get op, boolean snapshot) {
    Slot now = cell(op.cell()).alias();
    if (!snapshot) {
      terms.define(op.result(), now);
      return;
    }
    Slot copy = Slot.of(op.result().type());
    emission.add(new Spread(now, copy));
    terms.define(op.result(), copy);
  }

  void set(Op.Set op) {
    assign(cell(op.cell()), terms.of(op.value(), op.origin()));
  }

  private void assign(Slot cell, Slot value) {
    boolean same = value.shares(cell);
    if (same && value.isPlain()) {
      return;
    }
    Slot from = same ? emission.plain(value, value.shape) : value;
    emission.add(new Spread(from, cell));
  }

  // ---- memory

  void load(Op.Load op, List<Term> mask) {
    int[] shape = Slot.sizes(op.result().type().shape());
    Access access = access("load on", op.array(), op.indices(), mask, shape, op.origin());
    Slot out = Slot.of(op.result().type());
    emission.add(new LoadNode(access, out, op.other(), shadow(op.array()), op.origin()));
    terms.define(op.result(), out);
  }

  void store(Op.Store op, List<Term> mask) {
    int[] shape = Slot.sizes(op.value().type().shape());
    Slot value = terms.plain(op.value(), op.origin());
    Access access = access("store to", op.array(), op.indices(), mask, shape, op.origin());
    emission.add(new StoreNode(access, value, shadow(op.array()), op.origin()));
  }

  private Access access(
      String verb, String array, List<Term> index, List<Term> mask, int[] shape, Origin origin) {
    List<Slot> indices = views(index, shape, origin);
    List<Slot> masks = views(mask, shape, origin);
    boolean separable = Access.isSeparable(indices) && Access.isSeparable(masks);
    if (!separable) {
      indices.replaceAll(slot -> emission.plain(slot, shape));
      masks.replaceAll(slot -> emission.plain(slot, shape));
    }
    return new Access(
        verb,
        arguments.array(array),
        indices,
        masks,
        shape,
        separable,
        checks == Interpreter.Checks.ON,
        program,
        origin);
  }

  private List<Slot> views(List<Term> list, int[] shape, Origin origin) {
    List<Slot> views = new ArrayList<>();
    list.forEach(term -> views.add(terms.of(term, origin).stretched(shape)));
    return views;
  }

  // ---- whole tiles

  void dot(Op.Dot op, @Nullable Slot target) {
    boolean isFloat = op.result().type().dtype().isFloat();
    Slot a = isFloat ? operand(op.a(), op.origin()) : terms.of(op.a(), op.origin());
    Slot b = isFloat ? operand(op.b(), op.origin()) : terms.of(op.b(), op.origin());
    if (op.scales().isPresent()) {
      Op.Scales s = op.scales().get();
      a = scaled(a, terms.of(s.a(), op.origin()), 1, s.block());
      b = scaled(b, terms.of(s.b(), op.origin()), s.block(), 1);
    }
    Slot acc = terms.of(op.acc(), op.origin());
    Slot out =
        target != null && !a.shares(target) && !b.shares(target)
            ? target
            : Slot.of(op.result().type());
    if (!(acc.shares(out) && acc.isPlain())) {
      emission.add(new Spread(acc.stretched(out.shape), out));
    }
    Optional<Slot> clear = op.clear().map(c -> terms.of(c, op.origin()));
    emission.add(
        isFloat
            ? new DotNode(a, b, out, clear.orElse(null))
            : new LongStep("dot", out, new LongDotNode(a, b, out), program, op.origin()));
    terms.define(op.result(), out);
  }

  private Slot operand(Term term, Origin origin) {
    Slot slot = terms.of(term, origin);
    if (slot.isFloat()) {
      return slot;
    }
    Slot plain = emission.plain(slot, slot.shape);
    Slot out = Slot.of(DType.F32, plain.shape);
    return emission.compute(
        () -> FloatOps.fromLongs(plain.longs, out.floats, out.floats.length), out, plain);
  }

  private Slot scaled(Slot elements, Slot scales, int tall, int wide) {
    Slot out = Slot.of(DType.F32, elements.shape);
    return emission.compute(
        new ScaleNode(elements, scales, tall, wide, out), out, elements, scales);
  }

  void reduce(Op.Reduce op) {
    Slot x = terms.plain(op.x(), op.origin());
    Slot out = Slot.of(op.result().type());
    Node node = new ReduceNode(op.op(), x, op.axis(), out);
    boolean isFloat = x.isFloat();
    String verb = lower(op.op());
    emission.attempt(isFloat ? node : new LongStep(verb, out, node, program, op.origin()), out, x);
    terms.define(op.result(), out);
  }

  void quantize(Op.Quantize op) {
    Slot x = terms.plain(op.x(), op.origin());
    Slot elements = Slot.of(op.elements().type());
    Slot scales = Slot.of(op.scales().type());
    emission.add(new QuantizeNode(op, x, elements, scales));
    terms.define(op.elements(), elements);
    terms.define(op.scales(), scales);
  }

  // ---- irregular

  void fold(Op.Fold op) {
    List<Slot> inputs = op.inputs().stream().map(x -> terms.plain(x, op.origin())).toList();
    List<Slot> results = op.results().stream().map(v -> Slot.of(v.type())).toList();
    emission.add(FoldNode.of(op, inputs, results, program, arguments));
    for (int i = 0; i < results.size(); i++) {
      terms.define(op.results().get(i), results.get(i));
    }
  }

  void sort(Op.Sort op) {
    Slot x = terms.plain(op.x(), op.origin());
    Slot out = Slot.of(op.result().type());
    emission.compute(new SortNode(x, op.axis(), op.descending(), out), out, x);
    terms.define(op.result(), out);
  }

  void histogram(Op.Histogram op) {
    Slot x = terms.plain(op.x(), op.origin());
    Slot out = Slot.of(op.result().type());
    Slot mask = op.mask().map(m -> emission.plain(terms.of(m, op.origin()), x.shape)).orElse(null);
    emission.add(new HistogramNode(x, mask, out, program, op.origin()));
    terms.define(op.result(), out);
  }

  void gather(Op.Gather op) {
    Slot x = terms.plain(op.x(), op.origin());
    Slot index = terms.plain(op.index(), op.origin());
    Slot out = Slot.of(op.result().type());
    emission.attempt(new GatherNode(x, index, op.axis(), out, program, op.origin()), out, x, index);
    terms.define(op.result(), out);
  }

  void concat(Op.Concat op) {
    Slot[] parts = op.parts().stream().map(x -> terms.plain(x, op.origin())).toArray(Slot[]::new);
    Slot out = Slot.of(op.result().type());
    emission.compute(new ConcatNode(parts, op.dim(), out), out, parts);
    terms.define(op.result(), out);
  }

  void atomic(Op.Atomic op, List<Term> mask) {
    int[] shape = Slot.sizes(op.value().type().shape());
    Slot value = terms.plain(op.value(), op.origin());
    Slot compare =
        op.compare().map(c -> emission.plain(terms.of(c, op.origin()), shape)).orElse(null);
    Access access =
        access(
            "atomic " + lower(op.op()) + " on", op.array(), op.indices(), mask, shape, op.origin());
    Slot old = Slot.of(value.dtype, shape);
    emission.add(new AtomicNode(op, access, value, compare, old, shadow(op.array()), program));
    op.old().ifPresent(result -> terms.define(result, old));
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  // ---- for people

  void print(Op.Print op) {
    Slot value = terms.plain(op.value(), op.origin());
    emission.add(() -> program.print(op.label() + " " + Texts.of(value)));
  }

  void verify(Op.Assert op) {
    verify(op.condition(), Mistake.ASSERTION_FAILED, "assert: " + op.message(), op.origin());
  }

  void verify(Op.Assume op) {
    verify(op.condition(), Mistake.HINT_IS_WRONG, "assume", op.origin());
  }

  private void verify(Term condition, Mistake mistake, String what, Origin origin) {
    emission.add(new VerifyNode(terms.plain(condition, origin), mistake, what, program, origin));
  }
}
