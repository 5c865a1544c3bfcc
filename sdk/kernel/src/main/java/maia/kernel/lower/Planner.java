package maia.kernel.lower;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import maia.base.Check;
import maia.base.Origin;
import maia.kernel.ir.Block;
import maia.kernel.ir.Defs;
import maia.kernel.ir.Func;
import maia.kernel.ir.KernelException;
import maia.kernel.ir.Mistake;
import maia.kernel.ir.Op;
import maia.kernel.ir.Term;
import maia.kernel.ir.Type;
import maia.kernel.ir.Value;
import maia.kernel.lower.Node.Queue;
import maia.kernel.lower.Node.Touch;
import maia.machine.Machine;
import maia.npl.Engine;
import maia.npl.Expr;
import maia.npl.Instr;
import maia.npl.Lane;
import maia.npl.Place;
import maia.npl.Program.Access;
import maia.npl.Space;
import maia.numerics.DType;
import maia.numerics.Rounding;

/// Turns the operations of a function into the plan: nodes in program order, and the buffers they
/// share.
final class Planner {
  private final Func func;
  private final Machine machine;
  private final Defs defs;
  private final InPlace inPlace;
  private final Scalars scalars;
  private final Index index;
  private final Windows windows;
  private final Panels panels;
  private final Limits limits;
  private final Map<Value, Buf> buffers = new HashMap<>();
  private final Map<Value, Buf> cells = new HashMap<>();
  private final Map<String, Buf> arrays = new LinkedHashMap<>();
  private final List<Buf> all = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private final Section root = new Section(0, Section.Kind.PROGRAMS, 2, Optional.empty());
  private int sections = 1;
  private int fetches;
  private int synthetic = Integer.MAX_VALUE;
  private final IrregularPlanner irregular = new IrregularPlanner(this);
  private final LookupPlanner lookups = new LookupPlanner(this);

  Planner(Func func, Machine machine, GridMap map) {
    this.func = func;
    this.machine = machine;
    panels = new Panels(func, map, machine);
    limits = new Limits(func, root);
    defs = new Defs(func);
    inPlace = new InPlace(func.body(), defs);
    scalars = new Scalars(defs);
    index = new Index(defs, scalars);
    windows = new Windows(index);
    for (Func.Param param : func.params()) {
      names.add(param.name());
      if (param instanceof Func.ArrayParam(var name, _, var access, _) && access == Access.IN_OUT) {
        arrays.put(name, array(name));
        arrays.put(Func.scales(name), array(Func.scales(name)));
      }
    }
  }

  private Buf array(String name) {
    return new Buf(
        name, Space.TSRAM, DType.U8, List.of(1), List.of(), Buf.Role.ARRAY, root, Origin.NONE);
  }

  /// The plan of one program.
  Section plan() {
    block(func.body(), root);
    return root;
  }

  /// Every buffer, in order of creation; arrays that are read and written stand at the end.
  List<Buf> buffers() {
    List<Buf> list = new ArrayList<>(all);
    list.addAll(arrays.values());
    return list;
  }

  /// What goes through cluster memory.
  Panels panels() {
    return panels;
  }

  Set<Integer> programDims() {
    return scalars.programDims();
  }

  private void block(Block block, Section section) {
    for (Op op : block.ops()) {
      switch (op) {
        case Op.Map m -> map(m, section);
        case Op.Load l -> load(l, section);
        case Op.Store s -> store(s, section);
        case Op.Dot d -> dot(d, section);
        case Op.Reduce r -> reduce(r, section);
        case Op.Quantize q -> quantize(q, section);
        case Op.Var v -> var(v, section);
        case Op.Get g -> get(g, section);
        case Op.Set s -> set(s, section);
        case Op.Range r -> range(r, section);
        case Op.When w -> when(w, section);
        case Op.While w -> loop(w, section);
        case Op.Fold f -> irregular.fold(f, section);
        case Op.Sort o -> irregular.sort(o, section);
        case Op.Histogram h -> irregular.histogram(h, section);
        case Op.Gather g -> irregular.gather(g, section);
        case Op.Concat c -> irregular.concat(c, section);
        case Op.Atomic a -> lookups.atomic(a, section);
        case Op.Print p -> irregular.print(p, section);
        case Op.Assert a -> irregular.check(a, section);
        case Op.Assume a -> irregular.assume(a, section);
      }
    }
  }

  // ---- scalars and structure

  private void map(Op.Map op, Section section) {
    if (!defs.isVirtual(op.result())) {
      Buf out = buffer("t" + op.result().id(), Space.TSRAM, op.result(), section, op);
      buffers.put(op.result(), out);
      evaluate(op.term(), out, section, op.origin());
    } else if (Defs.isControl(op.result().type())
        && defs.uses(op.result()) > 1
        && !op.term().operands().isEmpty()
        && scalars.computes(op.term())) {
      String register = Scalars.register(op.result());
      section
          .nodes()
          .add(new Node.Assign(register, scalars.of(op.term(), op.origin()), op.origin()));
      scalars.hold(op.result(), register);
    }
  }

  private void range(Op.Range op, Section section) {
    Section body =
        new Section(
            sections++,
            Section.Kind.LOOP,
            op.stages(),
            Optional.of(section),
            isStoreFree(op.body()));
    Expr from = control(op.from(), section, op.origin());
    Expr to = control(op.to(), section, op.origin());
    Expr step = control(op.step(), section, op.origin());
    String variable = "i" + op.index().id();
    scalars.hold(op.index(), variable);
    block(op.body(), body);
    released(body);
    section.nodes().add(new Node.Loop(variable, from, to, step, body, op.origin()));
  }

  private static boolean isStoreFree(Block block) {
    return block.ops().stream()
        .allMatch(
            op -> !(op instanceof Op.Store) && op.blocks().stream().allMatch(Planner::isStoreFree));
  }

  private void when(Op.When op, Section section) {
    Expr condition = control(op.condition(), section, op.origin());
    Section then = new Section(sections++, Section.Kind.BRANCH, 1, Optional.of(section));
    Section otherwise = new Section(sections++, Section.Kind.BRANCH, 1, Optional.of(section));
    block(op.then(), then);
    block(op.otherwise(), otherwise);
    section.nodes().add(new Node.Cond(condition, then, otherwise, op.origin()));
  }

  /// The condition is planned before the loop and again at the end of its body, so that every queue
  /// runs the body equally often.
  private void loop(Op.While op, Section section) {
    String test = "while" + sections;
    block(op.condition(), section);
    hold(test, op.test(), section, op.origin());
    Section body = new Section(sections++, Section.Kind.LOOP, 1, Optional.of(section));
    block(op.body(), body);
    block(op.condition(), body);
    hold(test, op.test(), body, op.origin());
    section.nodes().add(new Node.Repeat(Expr.reg(test), body, op.origin()));
  }

  /// Puts a scalar into a register of every queue that reads it.
  private void hold(String register, Term term, Section section, Origin origin) {
    section.nodes().add(new Node.Assign(register, control(term, section, origin), origin));
  }

  /// A scalar integer or truth value for the control processors: computed by them, or by the vector
  /// processor and read from memory.
  private Expr control(Term term, Section section, Origin origin) {
    if (isKnownToControl(term)) {
      return scalars.of(term, origin);
    }
    String register = "d" + fetches++;
    Buf buf = materialised(term, section, origin);
    section.nodes().add(new Node.Fetch(register, buf, origin));
    return Expr.reg(register);
  }

  private boolean isKnownToControl(Term term) {
    boolean isFree = term.values().allMatch(v -> !buffers.containsKey(v) && defs.isVirtual(v));
    return isFree && scalars.computes(term);
  }

  // ---- cells

  private void var(Op.Var op, Section section) {
    Value cell = op.cell();
    if (Defs.isControl(cell.type())) {
      Expr init = control(op.init().orElseThrow(), section, op.origin());
      section.nodes().add(new Node.Assign(Scalars.register(cell), init, op.origin()));
      return;
    }
    boolean accumulator = inPlace.accumulates(cell);
    Buf buf =
        buffer(
            (accumulator ? "acc" : "var") + cell.id(),
            accumulator ? Space.ACC : Space.TSRAM,
            cell,
            section,
            op);
    cells.put(cell, buf);
    op.init().ifPresent(init -> evaluate(init, buf, section, op.origin()));
  }

  private void get(Op.Get op, Section section) {
    Value result = op.result();
    if (Defs.isControl(result.type())) {
      Expr now = Expr.reg(Scalars.register(op.cell()));
      section.nodes().add(new Node.Assign(Scalars.register(result), now, op.origin()));
      scalars.hold(result, Scalars.register(result));
      return;
    }
    Buf cell = cell(op.cell());
    if (!op.snapshot()) {
      buffers.put(result, cell);
      return;
    }
    Buf copy = buffer("t" + result.id(), Space.TSRAM, result, section, op);
    step(
        Queue.TVP,
        () -> new Instr.Map(copy.region(false), new Lane.In(cell.region(false)), op.origin()),
        List.of(Touch.read(cell), Touch.write(copy)),
        op.origin(),
        section);
    buffers.put(result, copy);
  }

  private Buf cell(Value value) {
    return Check.present(cells.get(value), "Planner", value);
  }

  private void set(Op.Set op, Section section) {
    if (Defs.isControl(op.cell().type())) {
      Expr value = control(op.value(), section, op.origin());
      section.nodes().add(new Node.Assign(Scalars.register(op.cell()), value, op.origin()));
    } else if (!inPlace.isDone(op)) {
      evaluate(op.value(), cell(op.cell()), section, op.origin());
    }
  }

  // ---- vector processor

  /// Computes `term` into `out`, through another buffer when `out` is read at other places than it
  /// is written.
  void evaluate(Term given, Buf out, Section section, Origin origin) {
    Term term = prepared(given, section, origin);
    Lanes probe = lanes(term.type(), origin);
    probe.lane(term);
    if (probe.misaligned().contains(out)) {
      Buf other = buffer(out.name + "_next", Space.TSRAM, term, section, origin);
      evaluate(term, other, section, origin);
      step(
          Queue.TVP,
          () -> new Instr.Map(out.region(false), new Lane.In(other.region(false)), origin),
          List.of(Touch.read(other), Touch.write(out)),
          origin,
          section);
      return;
    }
    Map<Value, Buf> now = Map.copyOf(buffers);
    step(
        Queue.TVP,
        () ->
            new Instr.Map(
                out.region(false),
                outer(lanes(now, term.type(), origin).lane(term), out, origin),
                origin),
        touches(probe.read(), out),
        origin,
        section);
  }

  /// A float buffer's own type converts; a conversion to it at the top says nothing more.
  private Lane outer(Lane lane, Buf out, Origin origin) {
    return lane instanceof Lane.Cast c
            && c.isPlain()
            && c.type() == out.dtype
            && out.dtype.isFloat()
            && maia.npl.Lanes.kind(c.x(), this::dtype, origin) == maia.npl.Lanes.Kind.FLOAT
        ? c.x()
        : lane;
  }

  private DType dtype(String buffer) {
    return all.stream().filter(b -> b.name.equals(buffer)).findFirst().orElseThrow().dtype;
  }

  /// `term` with stochastic roundings in places of their own: they draw by the position in their
  /// tile, which only an instruction over that tile knows.
  Term prepared(Term term, Section section, Origin origin) {
    return prepared(term, term.type().shape(), section, origin);
  }

  private Term prepared(Term term, List<Integer> box, Section section, Origin origin) {
    if (term instanceof Term.Cast(_, Rounding.Stochastic _, _, _)
        && !term.type().shape().equals(box)) {
      Value value = new Value(synthetic--, term.type());
      Buf buf = plain("t", term.type(), section, origin);
      evaluate(term, buf, section, origin);
      buffers.put(value, buf);
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
    return lanes(buffers, result, origin);
  }

  Lanes lanes(Map<Value, Buf> known, Type result, Origin origin) {
    return new Lanes(defs, scalars, known, result, origin);
  }

  static List<Touch> touches(Collection<Buf> read, Buf... written) {
    List<Touch> touches = new ArrayList<>();
    read.forEach(buf -> touches.add(Touch.read(buf)));
    for (Buf buf : written) {
      touches.add(Touch.write(buf));
    }
    return touches;
  }

  private void reduce(Op.Reduce op, Section section) {
    Type in = op.x().type();
    Term x = prepared(op.x(), section, op.origin());
    Lanes probe = lanes(in, op.origin());
    probe.lane(x);
    Buf out = buffer("t" + op.result().id(), Space.TSRAM, op.result(), section, op);
    buffers.put(op.result(), out);
    int axis = in.rank() == 1 ? 1 : op.axis();
    boolean column = in.rank() == 2 && axis == 1;
    Map<Value, Buf> now = Map.copyOf(buffers);
    step(
        Queue.TVP,
        () ->
            new Instr.Reduce(
                out.region(column),
                op.op(),
                lanes(now, in, op.origin()).lane(x),
                Lanes.box(in.shape()),
                axis,
                op.origin()),
        touches(probe.read(), out),
        op.origin(),
        section);
  }

  private void quantize(Op.Quantize op, Section section) {
    Buf in = materialised(op.x(), section, op.origin());
    Buf elements = buffer("q" + op.elements().id(), Space.TSRAM, op.elements(), section, op);
    Buf scales = buffer("q" + op.scales().id(), Space.TSRAM, op.scales(), section, op);
    buffers.put(op.elements(), elements);
    buffers.put(op.scales(), scales);
    step(
        Queue.TVP,
        () ->
            new Instr.Quantize(
                elements.region(false),
                scales.region(false),
                in.region(false),
                op.format(),
                op.rule(),
                op.origin()),
        touches(List.of(in), elements, scales),
        op.origin(),
        section);
  }

  /// A buffer that holds the term as it is.
  Buf materialised(Term term, Section section, Origin origin) {
    if (term instanceof Term.Ref(var value) && buffers.containsKey(value)) {
      return buffers.get(value);
    }
    Buf buf = buffer("t", Space.TSRAM, term, section, origin);
    evaluate(term, buf, section, origin);
    return buf;
  }

  // ---- DMA

  /// The channel of a load: 0, except that the loads of a loop that stores nothing share all
  /// channels, each taking the one with the fewest bytes so far. Elsewhere the stores have a
  /// channel to themselves, so that no load waits behind one.
  Queue loadQueue(Section section, Buf buf) {
    if (section.kind() != Section.Kind.LOOP || !section.isStoreFree()) {
      return dma(0);
    }
    return dma(section.lightestChannel(machine.tileDma().channels(), buf.slotBytes()));
  }

  Queue dma(int channel) {
    return new Queue(Engine.TILE_DMA, Math.min(channel, machine.tileDma().channels() - 1));
  }

  private void load(Op.Load op, Section section) {
    Optional<Place.Window> found =
        windows.find(op.array(), op.indices(), op.mask(), op.result().type().shape(), op.origin());
    if (found.isEmpty()) {
      if (!stretchedLoad(op, section)) {
        lookups.load(op, section);
      }
      return;
    }
    Place.Window window = found.get();
    Buf out =
        buffer(
            op.array(), Space.TSRAM, Term.of(op.result()), Buf.Role.LOADED, section, op.origin());
    buffers.put(op.result(), out);
    if (panels.isStaged(op) && panels.isPushed(op)) {
      pushedLoad(op, window, out, section);
      return;
    }
    if (panels.isStaged(op)) {
      stagedLoad(op, window, out, section);
      return;
    }
    List<Touch> touches = new ArrayList<>(List.of(Touch.write(out)));
    Optional.ofNullable(arrays.get(op.array())).map(Touch::read).ifPresent(touches::add);
    OptionalInt cut = Halves.dimOf(window, out.box);
    if (panels.isCut(op) && section.isStoreFree() && cut.isPresent()) {
      Halves halves = new Halves(cut.getAsInt());
      for (int half : List.of(0, 1)) {
        touches.set(0, new Touch(out, true, half + 1));
        step(
            dma(half),
            () -> {
              Place.Region whole = out.region(false);
              return new Instr.Copy(
                  halves.window(window, whole, half),
                  halves.region(whole, half),
                  op.other(),
                  op.origin());
            },
            touches,
            op.origin(),
            section);
      }
      return;
    }
    step(
        loadQueue(section, out),
        () -> new Instr.Copy(window, out.region(false), op.other(), op.origin()),
        touches,
        op.origin(),
        section);
  }

  /// Loads once what an access repeats along some dimension, and stretches it on chip; false when
  /// the rest is no window either.
  private boolean stretchedLoad(Op.Load op, Section section) {
    Type type = op.result().type();
    List<Integer> small = windows.small(op.indices(), op.mask(), type.shape(), op.origin());
    if (small.equals(type.shape())) {
      return false;
    }
    Optional<Place.Window> window =
        windows.find(op.array(), op.indices(), op.mask(), small, op.origin());
    if (window.isEmpty()) {
      return false;
    }
    Value value = new Value(synthetic--, type.shaped(small));
    Buf part = plain(op.array(), value.type(), Buf.Role.LOADED, section, op.origin());
    buffers.put(value, part);
    List<Touch> touches = new ArrayList<>(List.of(Touch.write(part)));
    Optional.ofNullable(arrays.get(op.array())).map(Touch::read).ifPresent(touches::add);
    step(
        loadQueue(section, part),
        () -> new Instr.Copy(window.get(), part.region(false), op.other(), op.origin()),
        touches,
        op.origin(),
        section);
    Buf out = plain("t" + op.result().id(), type, section, op.origin());
    evaluate(new Term.Broadcast(type.shape(), Term.of(value)), out, section, op.origin());
    buffers.put(op.result(), out);
    return true;
  }

  /// The cluster loads into tile memory; the tensor unit waits for its part, and says at the end of
  /// the block that it is through with it.
  private void pushedLoad(Op.Load op, Place.Window window, Buf out, Section section) {
    Share share = panels.share(op, section, Queue.TTU);
    if (share.panels().isEmpty()) {
      section.nodes().add(new Node.Token(Queue.TTU, share, true, op.origin()));
    }
    panels.panel(share, out.name, out, window, op);
    out.pushed = share;
  }

  private void released(Section body) {
    for (Share share : panels.shares()) {
      if (share.isPushed() && share.home == body) {
        Origin origin = share.panels().getFirst().origin();
        body.nodes().add(new Node.Token(Queue.TTU, share, false, origin));
      }
    }
  }

  /// The cluster loads; the tile waits for its part, takes it and says so.
  private void stagedLoad(Op.Load op, Place.Window window, Buf out, Section section) {
    Queue queue = panels.fitsOneChannel(op) ? dma(0) : loadQueue(section, out);
    Share share = panels.share(op, section, queue);
    boolean isFirst = share.panels().isEmpty();
    Share.Panel panel =
        panels.panel(share, unique(op.array().replace('.', '_') + "_panel"), out, window, op);
    if (isFirst) {
      section.nodes().add(new Node.Token(queue, share, true, op.origin()));
    } else {
      section.nodes().removeLast(); // the signal comes after the last copy
    }
    step(
        queue,
        () -> share.take(panel, out.region(false)),
        List.of(Touch.write(out)),
        op.origin(),
        section);
    section.nodes().add(new Node.Token(queue, share, false, op.origin()));
  }

  private void store(Op.Store op, Section section) {
    Optional<Place.Window> found =
        windows.find(op.array(), op.indices(), op.mask(), op.value().type().shape(), op.origin());
    if (found.isEmpty()) {
      lookups.store(op, section);
      return;
    }
    Place.Window window = found.get();
    Buf from = stored(op, section);
    List<Touch> touches = new ArrayList<>(List.of(Touch.read(from)));
    Optional.ofNullable(arrays.get(op.array())).map(Touch::write).ifPresent(touches::add);
    step(
        dma(1),
        () -> new Instr.Copy(from.region(false), window, 0f, op.origin()),
        touches,
        op.origin(),
        section);
  }

  Buf stored(Op.Store op, Section section) {
    if (op.value() instanceof Term.Ref(var value) && buffers.containsKey(value)) {
      return buffers.get(value);
    }
    Buf buf =
        buffer(op.array() + "_out", Space.TSRAM, op.value(), Buf.Role.STORED, section, op.origin());
    evaluate(op.value(), buf, section, op.origin());
    return buf;
  }

  // ---- tensor unit

  /// An operand of the tensor unit.
  private record Operand(Buf buf, boolean transposed) {
    Place.Region region() {
      return buf.region(transposed);
    }
  }

  private void dot(Op.Dot op, Section section) {
    checkTypes(op);
    Operand a = operand(op.a(), section, op.origin());
    Operand b = operand(op.b(), section, op.origin());
    Optional<Operand> aScale = op.scales().map(s -> operand(s.a(), section, op.origin()));
    Optional<Operand> bScale = op.scales().map(s -> operand(s.b(), section, op.origin()));
    Buf acc = accumulator(op, section);
    Expr clear = clear(op, acc, section);
    Set<Buf> read = new LinkedHashSet<>(List.of(a.buf(), b.buf()));
    aScale.map(Operand::buf).ifPresent(read::add);
    bScale.map(Operand::buf).ifPresent(read::add);
    Supplier<Instr> instr =
        () -> {
          Expr batch = Expr.reg("batch" + op.result().id());
          UnaryOperator<Place.Region> part = r -> matrix(r, batch);
          Instr one = product(op, acc, a, b, aScale, bScale, clear, part);
          return op.result().type().rank() == 2 ? one : batches(op, one);
        };
    Queue queue = onVectors(op) ? Queue.TVP : Queue.TTU;
    step(queue, instr, touches(read, acc), op.origin(), section);
  }

  /// The matrix `batch` of a box of matrices; a box of two dimensions is one.
  private static Place.Region matrix(Place.Region r, Expr batch) {
    if (r.extent().size() == 2) {
      return r;
    }
    List<Expr> start = new ArrayList<>(r.start());
    List<Integer> extent = new ArrayList<>(r.extent());
    if (extent.getFirst() > 1) {
      start.set(0, batch);
      extent.set(0, 1);
    }
    return new Place.Region(r.buffer(), r.home(), r.slot(), start, extent, r.transposed());
  }

  private static Instr batches(Op.Dot op, Instr one) {
    String name = "batch" + op.result().id();
    Expr count = Expr.of(op.result().type().shape().getFirst());
    return new Instr.Repeat(name, Expr.ZERO, count, Expr.ONE, List.of(one), op.origin());
  }

  private static Instr product(
      Op.Dot op,
      Buf acc,
      Operand a,
      Operand b,
      Optional<Operand> aScale,
      Optional<Operand> bScale,
      Expr clear,
      UnaryOperator<Place.Region> part) {
    Place.Region sums = part.apply(acc.region(false));
    Place.Region left = part.apply(a.region());
    Place.Region right = part.apply(b.region());
    if (op.scales().isEmpty()) {
      return new Instr.Mma(sums, left, right, clear, op.origin());
    }
    return new Instr.MmaScaled(
        sums,
        left,
        part.apply(aScale.orElseThrow().region()),
        right,
        part.apply(bScale.orElseThrow().region()),
        op.scales().orElseThrow().block(),
        clear,
        op.origin());
  }

  private void checkTypes(Op.Dot op) {
    DType a = op.a().type().dtype();
    DType b = op.b().type().dtype();
    if (!onVectors(op) && machine.ttu().depth(a, b).isEmpty()) {
      throw new KernelException(
          Mistake.WRONG_UNIT,
          "dot: the tensor unit of %s does not take %s x %s; convert both to a type it takes, such as BF16"
              .formatted(machine.name(), a.label(), b.label()),
          op.origin());
    }
  }

  /// The vector processor multiplies fp32.
  private static boolean onVectors(Op.Dot op) {
    return op.scales().isEmpty()
        && op.a().type().dtype() == DType.F32
        && op.b().type().dtype() == DType.F32;
  }

  private Operand operand(Term term, Section section, Origin origin) {
    if (term instanceof Term.Transpose(Term.Ref(var value)) && buffers.containsKey(value)) {
      return new Operand(buffers.get(value), true);
    }
    return new Operand(materialised(term, section, origin), false);
  }

  private Buf accumulator(Op.Dot op, Section section) {
    Optional<Value> cell = inPlace.cell(op.result());
    if (cell.isPresent()) {
      return cell(cell.get());
    }
    Buf acc = buffer("acc" + op.result().id(), Space.ACC, op.result(), section, op);
    buffers.put(op.result(), acc);
    return acc;
  }

  private Expr clear(Op.Dot op, Buf acc, Section section) {
    if (op.clear().isPresent()) {
      return scalars.of(op.clear().get(), op.origin());
    }
    if (defs.constant(op.acc()).filter(c -> Float.floatToRawIntBits(c) == 0).isPresent()) {
      return Expr.ONE;
    }
    boolean already = op.acc() instanceof Term.Ref(var value) && acc.equals(buffers.get(value));
    if (!already) {
      evaluate(op.acc(), acc, section, op.origin());
    }
    return Expr.ZERO;
  }

  // ---- buffers and steps

  private Buf buffer(String name, Space space, Value value, Section section, Op op) {
    return buffer(name, space, Term.of(value), section, op.origin());
  }

  private Buf buffer(String name, Space space, Term tile, Section section, Origin origin) {
    Buf.Role role = space == Space.ACC ? Buf.Role.ACCUMULATOR : Buf.Role.OTHER;
    return buffer(name, space, tile, role, section, origin);
  }

  private Buf buffer(
      String wish, Space space, Term tile, Buf.Role role, Section section, Origin origin) {
    Type type = tile.type();
    String base = wish.replace('.', '_');
    base = func.params().stream().anyMatch(p -> p.name().equals(wish)) ? base + "_tile" : base;
    String name = unique(base);
    List<Integer> box = Lanes.box(type.shape());
    Buf buf =
        new Buf(name, space, type.dtype(), box, limits.of(tile, box.size()), role, section, origin);
    all.add(buf);
    return buf;
  }

  /// A buffer for a tile of `type` that is computed whole.
  Buf plain(String wish, Type type, Section section, Origin origin) {
    return plain(wish, type, Buf.Role.OTHER, section, origin);
  }

  Buf plain(String wish, Type type, Buf.Role role, Section section, Origin origin) {
    String base = wish.replace('.', '_');
    boolean isParam = func.params().stream().anyMatch(p -> p.name().equals(wish));
    String name = unique(isParam ? base + "_tile" : base);
    List<Integer> box = Lanes.box(type.shape());
    Buf buf = new Buf(name, Space.TSRAM, type.dtype(), box, List.of(), role, section, origin);
    all.add(buf);
    return buf;
  }

  /// Makes `buf` the place of `value`.
  void place(Value value, Buf buf) {
    buffers.put(value, buf);
  }

  /// What is known of values now, for expressions that are built when slots are known.
  Map<Value, Buf> known() {
    return Map.copyOf(buffers);
  }

  Windows windows() {
    return windows;
  }

  /// The stand-ins of arrays that are read and written.
  Map<String, Buf> arrays() {
    return arrays;
  }

  private String unique(String base) {
    String name = base;
    for (int i = 1; !names.add(name); i++) {
      name = base + "_" + i;
    }
    return name;
  }

  void step(
      Queue queue, Supplier<Instr> instr, List<Touch> touches, Origin origin, Section section) {
    section.nodes().add(new Node.Step(queue, instr, touches, origin));
  }
}
