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
        case Op.While _, Op.Fold _, Op.Sort _, Op.Histogram _, Op.Gather _ -> throw notBuilt(op);
        case Op.Concat _, Op.Atomic _, Op.Print _, Op.Assert _ -> throw notBuilt(op);
        case Op.Assume _ -> throw notBuilt(op);
      }
    }
  }

  private static KernelException notBuilt(Op op) {
    return new KernelException(
        Mistake.NOT_COMPILED,
        "%s is not compiled; run the kernel in the interpreter instead".formatted(op.label()),
        op.origin());
  }

  // ---- scalars and structure

  private void map(Op.Map op, Section section) {
    if (!defs.isVirtual(op.result())) {
      Buf out = buffer("t" + op.result().id(), Space.TSRAM, op.result(), section, op);
      buffers.put(op.result(), out);
      evaluate(op.term(), out, section, op.origin());
    } else if (Defs.isControl(op.result().type())
        && defs.uses(op.result()) > 1
        && !op.term().operands().isEmpty()) {
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
    Expr from = scalars.of(op.from(), op.origin());
    Expr to = scalars.of(op.to(), op.origin());
    Expr step = scalars.of(op.step(), op.origin());
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
    Expr condition = scalars.of(op.condition(), op.origin());
    Section then = new Section(sections++, Section.Kind.BRANCH, 1, Optional.of(section));
    Section otherwise = new Section(sections++, Section.Kind.BRANCH, 1, Optional.of(section));
    block(op.then(), then);
    block(op.otherwise(), otherwise);
    section.nodes().add(new Node.Cond(condition, then, otherwise, op.origin()));
  }

  // ---- cells

  private void var(Op.Var op, Section section) {
    Value cell = op.cell();
    if (Defs.isControl(cell.type())) {
      Expr init = scalars.of(op.init().orElseThrow(), op.origin());
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
      Expr value = scalars.of(op.value(), op.origin());
      section.nodes().add(new Node.Assign(Scalars.register(op.cell()), value, op.origin()));
    } else if (!inPlace.isDone(op)) {
      evaluate(op.value(), cell(op.cell()), section, op.origin());
    }
  }

  // ---- vector processor

  /// Computes `term` into `out`, through another buffer when `out` is read at other places than it
  /// is written.
  private void evaluate(Term term, Buf out, Section section, Origin origin) {
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

  /// The buffer's own type converts floats; a conversion of one to it at the top says nothing more.
  private Lane outer(Lane lane, Buf out, Origin origin) {
    return lane instanceof Lane.Cast c
            && c.isPlain()
            && c.type() == out.dtype
            && maia.npl.Lanes.kind(c.x(), this::dtype, origin) == maia.npl.Lanes.Kind.FLOAT
        ? c.x()
        : lane;
  }

  private DType dtype(String buffer) {
    return all.stream().filter(b -> b.name.equals(buffer)).findFirst().orElseThrow().dtype;
  }

  private Lanes lanes(Type result, Origin origin) {
    return lanes(buffers, result, origin);
  }

  private Lanes lanes(Map<Value, Buf> known, Type result, Origin origin) {
    return new Lanes(defs, scalars, known, result, origin);
  }

  private static List<Touch> touches(Collection<Buf> read, Buf... written) {
    List<Touch> touches = new ArrayList<>();
    read.forEach(buf -> touches.add(Touch.read(buf)));
    for (Buf buf : written) {
      touches.add(Touch.write(buf));
    }
    return touches;
  }

  private void reduce(Op.Reduce op, Section section) {
    Type in = op.x().type();
    if (in.rank() > 2) {
      throw new KernelException(
          Mistake.NOT_COMPILED,
          "reducing %s is not built; reduce tiles of one or two dimensions".formatted(in),
          op.origin());
    }
    Lanes probe = lanes(in, op.origin());
    probe.lane(op.x());
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
                lanes(now, in, op.origin()).lane(op.x()),
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
  private Buf materialised(Term term, Section section, Origin origin) {
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
  private Queue loadQueue(Section section, Buf buf) {
    if (section.kind() != Section.Kind.LOOP || !section.isStoreFree()) {
      return dma(0);
    }
    return dma(section.lightestChannel(machine.tileDma().channels(), buf.slotBytes()));
  }

  private Queue dma(int channel) {
    return new Queue(Engine.TILE_DMA, Math.min(channel, machine.tileDma().channels() - 1));
  }

  private void load(Op.Load op, Section section) {
    Place.Window window =
        windows.window(
            "load", op.array(), op.indices(), op.mask(), op.result().type().shape(), op.origin());
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
    Place.Window window =
        windows.window(
            "store", op.array(), op.indices(), op.mask(), op.value().type().shape(), op.origin());
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

  private Buf stored(Op.Store op, Section section) {
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
        op.scales().isEmpty()
            ? () -> new Instr.Mma(acc.region(false), a.region(), b.region(), clear, op.origin())
            : () ->
                new Instr.MmaScaled(
                    acc.region(false),
                    a.region(),
                    aScale.orElseThrow().region(),
                    b.region(),
                    bScale.orElseThrow().region(),
                    op.scales().orElseThrow().block(),
                    clear,
                    op.origin());
    step(Queue.TTU, instr, touches(read, acc), op.origin(), section);
  }

  private void checkTypes(Op.Dot op) {
    Type acc = op.acc().type();
    if (acc.rank() != 2 || acc.dtype() != DType.F32) {
      throw new KernelException(
          Mistake.NOT_COMPILED,
          "dot into %s is not compiled; run the kernel in the interpreter instead".formatted(acc),
          op.origin());
    }
    DType a = op.a().type().dtype();
    DType b = op.b().type().dtype();
    if (machine.ttu().depth(a, b).isEmpty()) {
      throw new KernelException(
          Mistake.WRONG_UNIT,
          "dot: the tensor unit of %s does not take %s x %s%s"
              .formatted(
                  machine.name(),
                  a.label(),
                  b.label(),
                  a == DType.F32 || b == DType.F32
                      ? "; f32 products on the vector unit are not built, convert both with .to(BF16)"
                      : "; convert both to a type it takes, such as BF16"),
          op.origin());
    }
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

  private String unique(String base) {
    String name = base;
    for (int i = 1; !names.add(name); i++) {
      name = base + "_" + i;
    }
    return name;
  }

  private void step(
      Queue queue, Supplier<Instr> instr, List<Touch> touches, Origin origin, Section section) {
    section.nodes().add(new Node.Step(queue, instr, touches, origin));
  }
}
