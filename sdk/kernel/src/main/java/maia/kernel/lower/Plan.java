package maia.kernel.lower;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import maia.base.Check;
import maia.base.Origin;
import maia.kernel.ir.Defs;
import maia.kernel.ir.Func;
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
import maia.npl.Program.Access;
import maia.npl.Space;
import maia.numerics.DType;

/// The plan of a function while it is being made: which values lie in which buffers, and the steps
/// of its blocks. The planners of the kinds of statements share one.
final class Plan {
  final Func func;
  final Machine machine;
  final Defs defs;
  final InPlace inPlace;
  final Scalars scalars;
  final Windows windows;
  final Section root = new Section(0, Section.Kind.PROGRAMS, 2, Optional.empty());
  private final Limits limits;
  private final Map<Value, Buf> buffers = new HashMap<>();
  private final Map<Value, Buf> cells = new HashMap<>();
  private final Map<String, Buf> arrays = new LinkedHashMap<>();
  private final List<Buf> all = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private int sections = 1;
  private int synthetic = Integer.MAX_VALUE;

  /// Whether results may leave in strips.
  final boolean inStrips;

  Plan(Func func, Machine machine, boolean inStrips) {
    this.inStrips = inStrips;
    this.func = func;
    this.machine = machine;
    limits = new Limits(func, root);
    defs = new Defs(func);
    inPlace = new InPlace(func.body(), defs);
    scalars = new Scalars(defs);
    windows = new Windows(new Index(defs, scalars));
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

  /// Every buffer, in order of creation; arrays that are read and written stand at the end.
  List<Buf> buffers() {
    List<Buf> list = new ArrayList<>(all);
    list.addAll(arrays.values());
    return list;
  }

  /// A block inside `parent`.
  Section section(Section.Kind kind, int stages, Section parent, boolean isStoreFree) {
    return new Section(sections++, kind, stages, Optional.of(parent), isStoreFree);
  }

  /// How many blocks there are; a number of the next one's own.
  int sections() {
    return sections;
  }

  // ---- where values lie

  /// The buffer that holds `value`, if one does.
  Optional<Buf> holder(Value value) {
    return Optional.ofNullable(buffers.get(value));
  }

  /// Makes `buf` the place of `value`.
  void place(Value value, Buf buf) {
    buffers.put(value, buf);
  }

  /// The buffer of a cell.
  Buf cell(Value value) {
    return Check.present(cells.get(value), "Plan", value);
  }

  void placeCell(Value cell, Buf buf) {
    cells.put(cell, buf);
  }

  /// What is known of values now, for expressions that are built when slots are known.
  Map<Value, Buf> known() {
    return Map.copyOf(buffers);
  }

  /// A value that no operation of the function defines.
  Value synthetic(Type type) {
    return new Value(synthetic--, type);
  }

  /// The stand-ins of arrays that are read and written.
  Map<String, Buf> arrays() {
    return arrays;
  }

  /// Adds what an access does to an array that is read and written.
  void touchArray(String array, boolean isWrite, List<Touch> touches) {
    Optional.ofNullable(arrays.get(array))
        .map(buf -> isWrite ? Touch.write(buf) : Touch.read(buf))
        .ifPresent(touches::add);
  }

  // ---- buffers

  Buf buffer(String name, Space space, Value value, Section section, Op op) {
    return buffer(name, space, Term.of(value), section, op.origin());
  }

  Buf buffer(String name, Space space, Term tile, Section section, Origin origin) {
    Buf.Role role = space == Space.ACC ? Buf.Role.ACCUMULATOR : Buf.Role.OTHER;
    return buffer(name, space, tile, role, section, origin);
  }

  Buf buffer(String wish, Space space, Term tile, Buf.Role role, Section section, Origin origin) {
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

  /// The run-time sizes of a box for `tile`, which has two dimensions.
  List<Optional<Expr>> limits(Term tile) {
    return limits.of(tile, 2);
  }

  /// A buffer for `rows` rows of a tile of `type`, to be stored.
  Buf strip(
      String wish,
      Type type,
      int rows,
      List<Optional<Expr>> limits,
      Section section,
      Origin origin) {
    List<Integer> box = List.of(rows, type.shape().getLast());
    String name = unique(wish.replace('.', '_'));
    Buf buf =
        new Buf(name, Space.TSRAM, type.dtype(), box, limits, Buf.Role.STORED, section, origin);
    all.add(buf);
    return buf;
  }

  String unique(String base) {
    String name = base;
    for (int i = 1; !names.add(name); i++) {
      name = base + "_" + i;
    }
    return name;
  }

  DType dtype(String buffer) {
    return all.stream().filter(b -> b.name.equals(buffer)).findFirst().orElseThrow().dtype;
  }

  // ---- steps

  static List<Touch> touches(Collection<Buf> read, Buf... written) {
    List<Touch> touches = new ArrayList<>();
    read.forEach(buf -> touches.add(Touch.read(buf)));
    for (Buf buf : written) {
      touches.add(Touch.write(buf));
    }
    return touches;
  }

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

  void step(
      Queue queue, Supplier<Instr> instr, List<Touch> touches, Origin origin, Section section) {
    section.nodes().add(new Node.Step(queue, instr, touches, origin));
  }
}
